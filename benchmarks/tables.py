"""Questions about tables: how often the answer is right on documents not seen in training, and how long it takes.

Four public sets, folds grouped by document; the whole document is given, the table is found in it. A look-up stands in
the table, arithmetic is worked out, by the word of the sets. Beside it, in the same run: the cell of the row and the
column that share most words with the question.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clearspan.language.words import index_terms
from clearspan.measure.bars import Bar, Cell, Report, Table, report
from clearspan.measure.intervals import share
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, read_questions
from clearspan.overview.answering.tables.answer import EMBEDDER, answer_from_tables
from clearspan.overview.answering.tables.derivations import OPERATIONS
from clearspan.overview.answering.tables.predictors import PREDICTORS
from clearspan.overview.answering.tables.table import tables_of
from clearspan.overview.answering.tables.training.examples import (
    SETS,
    TableExample,
    about_tables,
    examples_of,
)
from clearspan.overview.answering.tables.training.train import FOLDS, JudgedAnswer, groups, held_out
from clearspan.overview.answering.tables.values import cell_value
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLE = {"wikitables": 700, "tatqa": 500, "aitqa": 200, "fetaqa": 400}
"""Questions of each set, drawn with a seed, so that a run takes minutes."""

SEED = 7
ROWS = (45, 55)
TIMED = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY / "../shared"))
    )
    parser.add_argument("--json", action="store_true", help="end with the bars as one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace this section of docs/measurements.md")
    given = parser.parse_args()
    folder = given.data / "evals" / "questions"
    if not folder.is_dir():
        print(
            f"Not measured: {folder} is missing. It is expected to hold a folder for each of {', '.join(SETS)}, each "
            "with dev.jsonl.zst; name the folder above evals with --data.",
            file=sys.stderr,
        )
        return 2
    embedder = Embedder.load(EMBEDDER, Settings())
    questions = sample(folder)
    read = list(examples_of(questions, embedder, told))
    timing = measure_speed(folder, embedder)
    result = as_report(read, held_out(read), timing)
    return report(
        result, as_json=given.json, write=REPOSITORY / "docs/measurements.md" if given.write else None
    )


def sample(folder: Path) -> list[LabelledQuestion]:
    """Some questions of each set."""
    chosen: list[LabelledQuestion] = []
    for name, most in SAMPLE.items():
        own = about_tables(read_questions(folder, [name]))
        random.Random(SEED).shuffle(own)
        chosen += own[:most]
    return chosen


def told(number: int) -> None:
    print(f"\rRead: {number:,} of {sum(SAMPLE.values()):,} questions", end="", file=sys.stderr)


def as_report(
    read: Sequence[TableExample], judged: Sequence[JudgedAnswer], timing: "tuple[Table, float] | None"
) -> Report:
    """The figures of a run: by set and kind, by probability, and the time of a question."""
    baseline = {one.question.id: by_words(one) for one in read}
    lines: list[Sequence[Cell]] = []
    figures: dict[str, float] = {}
    for name, own in groups(judged).items():
        right, low, high = shared(own, [one.right for one in own])
        figures[name] = right
        sure = [one for one in own if one.probability >= 0.5]
        lines.append(
            (
                name if "," in name else f"all {name}",
                len(own),
                right,
                f"{low:.3f} to {high:.3f}",
                float(np.mean([one.reachable for one in own])),
                float(np.mean([baseline[one.question.id] for one in own])),
                len(sure) / len(own),
                float(np.mean([one.right for one in sure])) if sure else None,
            )
        )
    columns = (
        "set and kind",
        "questions",
        "right",
        "95 % interval",
        "some derivation is right",
        "by shared words (baseline)",
        "answered",
        "right of these",
    )
    title = f"The most probable answer on held-out documents ({FOLDS} folds), whole document given"
    tables = [Table(title, columns, lines, NOTE), calibration(judged)]
    bars = [
        Bar("table look-ups right", figures["look-ups"], 0.60),
        Bar("table arithmetic right", figures["arithmetic"], 0.45),
    ]
    if timing is not None:
        tables.append(timing[0])
        bars.append(Bar("processor time of a question about a 50-row table, p50, ms", timing[1], 50, "<="))
    return Report(
        section="Tables",
        command="python benchmarks/tables.py --write",
        tables=tuple(tables),
        bars=tuple(bars),
        notes=(
            "Of FeTaQA, whose answers are sentences, an answer is right where every cell that it shows stands in a row "
            "that people marked and in their sentence. Numbers are held against the answer without the scale that the "
            "table tells.",
            f"Parsers are trained on two thirds of these {len(read):,} questions, a quarter of what the sets hold: "
            "every figure is that of little data. A first fit, with weights that decayed too fast, was right for 0.460 "
            "of the look-ups and 0.270 of the arithmetic on the same folds; no other was tried.",
        ),
    )


NOTE = (
    "'Answered' is what is at least one half probable; intervals resample documents, not questions. A derivation is "
    "what is done with which rows and columns; where none is right, nothing that is learned could be."
)


def shared(own: Sequence[JudgedAnswer], right: Sequence[bool]) -> tuple[float, float, float]:
    """The share of right answers, and its interval over documents."""
    titles = sorted({one.question.pages[0].title for one in own})
    place = {title: number for number, title in enumerate(titles)}
    hits, tried = np.zeros(len(titles)), np.zeros(len(titles))
    for one, hit in zip(own, right, strict=True):
        tried[place[one.question.pages[0].title]] += 1
        hits[place[one.question.pages[0].title]] += hit
    found = share(hits, tried)
    return found.value, found.low, found.high


def by_words(example: TableExample) -> bool:
    """The baseline: the look-up whose row and column have most of the question's words."""
    covered, operation = PREDICTORS.index("covered"), OPERATIONS.index("look up")
    best, right, first = -1.0, False, 0
    for each in example.predictors:
        looked_up = np.flatnonzero(each.places[:, 0] == operation)
        if len(looked_up):
            shares = each.table(looked_up)[:, covered]
            place = int(np.argmax(shares))
            if shares[place] > best:
                best, right = float(shares[place]), bool(example.right[first + looked_up[place]])
        first += len(each.places)
    return right


def calibration(judged: Sequence[JudgedAnswer]) -> Table:
    """How often a probability comes true, on documents that neither the parser nor the calibration has seen."""
    said = np.array([one.probability for one in judged])
    right = np.array([one.right for one in judged])
    bins = np.minimum((said * 5).astype(int), 4)
    lines: list[Sequence[Cell]] = []
    error = 0.0
    for number in range(5):
        own = bins == number
        if own.any():
            error += abs(float((said[own] - right[own]).sum())) / len(said)
            lines.append(
                (
                    f"{number / 5:g} to {(number + 1) / 5:g}",
                    int(own.sum()),
                    float(said[own].mean()),
                    float(right[own].mean()),
                )
            )
    note = f"Expected calibration error over these five: {error:.3f}."
    return Table("Probabilities, held out", ("probability", "questions", "mean", "right"), lines, note)


def measure_speed(folder: Path, embedder: Embedder) -> tuple[Table, float]:
    """Milliseconds of a question about tables of about fifty rows, with nothing remembered of the table."""
    fitting = [
        (one, table)
        for one in about_tables(read_questions(folder, ["wikitables"]))
        for table in tables_of(one.pages[0].text, "", one.pages[0].title)[:1]
        if ROWS[0] <= len(table.rows) <= ROWS[1]
    ][:TIMED]
    for one, _ in fitting[:3]:
        answer_from_tables(one.question, tables_of(one.pages[0].text), embedder)
    wall: list[float] = []
    processor: list[float] = []
    for one, _ in fitting:
        for remembered in (tables_of, cell_value, index_terms):
            remembered.cache_clear()
        begun, used = time.perf_counter(), time.thread_time()
        answer_from_tables(one.question, tables_of(one.pages[0].text, "", one.pages[0].title), embedder)
        wall.append((time.perf_counter() - begun) * 1e3)
        processor.append((time.thread_time() - used) * 1e3)
    rows = [
        (name, *(float(value) for value in np.percentile(values, [50, 95])))
        for name, values in (("processor time", processor), ("time by the clock", wall))
    ]
    note = f"{len(fitting)} questions; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} while it was measured."
    title = (
        f"Milliseconds of a question about a table of {ROWS[0]} to {ROWS[1]} rows, read for the first time"
    )
    return Table(title, ("", "p50", "p95"), rows, note), float(rows[0][1])


if __name__ == "__main__":
    sys.exit(main())
