"""`clearspan check answers` and `benchmarks/answers.py`: one run from data to report."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clearspan.checks.answers import DEFAULT_SAMPLE
from clearspan.checks.answers.asking import Asking, ask_all
from clearspan.checks.answers.calibration import risk_chart
from clearspan.checks.answers.reporting import as_report
from clearspan.checks.answers.sample import held_out, sampled
from clearspan.checks.answers.showing import as_text, before_table, keep, read_kept
from clearspan.errors import NotFound
from clearspan.measure.bars import Report
from clearspan.measure.charts import as_csv
from clearspan.measure.svg import as_svg
from clearspan.settings import Settings


@dataclass(frozen=True, slots=True)
class AnswersRun:
    """What is measured, and what is left behind.

    Attributes:
        data: folder above `evals/questions`.
        sets: names of the sets; all of them when empty.
        sample: questions of a set at most.
        generate: whether the local model may join quotes.
        show: outputs that are printed.
        charts: folder for the risk-coverage curves as SVG and CSV.
        keep: file for the verdicts, for a later run to be held against.
        before: verdicts of the release before.
    """

    data: Path
    sets: Sequence[str] = ()
    sample: int = DEFAULT_SAMPLE
    generate: bool = False
    show: int = 0
    charts: Path | None = None
    keep: Path | None = None
    before: Path | None = None


def measure(run: AnswersRun, settings: Settings, command: str) -> Report:
    """Ask, print the outputs that are wanted, write the files that are named; the report is for the caller to print.

    Raises:
        NotFound: the questions, a set of them or the verdicts of before are not there.
        BadInput: one of these files is damaged.
    """
    folder = questions_folder(run.data)
    before = read_kept(run.before) if run.before else None
    questions = held_out(folder, run.sets)
    answered = ask_all(
        sampled(questions, run.sample),
        questions,
        Asking(settings, run.generate, _tell if sys.stderr.isatty() else None),
    )
    if run.show:
        print(as_text(answered, run.show), end="\n\n")
    if run.keep:
        keep(answered, run.keep)
    if run.charts:
        chart = risk_chart(answered)
        run.charts.mkdir(parents=True, exist_ok=True)
        (run.charts / f"{chart.name}.svg").write_text(as_svg(chart), "utf-8")
        (run.charts / f"{chart.name}.csv").write_text(as_csv(chart), "utf-8")
    made = as_report(answered, command, run.generate)
    made = replace(made, notes=(*made.notes, f"Reading: {settings.reading}."))
    return replace(made, tables=(*made.tables, before_table(answered, before))) if before else made


def questions_folder(data: Path) -> Path:
    """Where the sets of questions are.

    Raises:
        NotFound: they are not there; says what is expected.
    """
    folder = data / "evals" / "questions"
    if not folder.is_dir():
        raise NotFound(
            f"Not measured: {folder} is missing.",
            why="It is expected to hold a folder for each set of questions with documents, and in it dev.jsonl.zst: a "
            "line of JSON a question, with question, answers, answerable, kind, documents and evidence. Nothing of "
            "these sets ships with Clearspan.",
            do="Name the folder above evals with --data, or in CLEARSPAN_DATA.",
        )
    return folder


def _tell(name: str, done: int, total: int) -> None:
    print(f"\rAsked {done} of {total} ({name})".ljust(60), end="" if done < total else "\n", file=sys.stderr)
