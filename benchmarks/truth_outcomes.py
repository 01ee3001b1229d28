"""What becomes of an answer where sources disagree, and where there is none: RAMDocs, SelfAware, FalseQA.

Conflict: each RAMDocs question is asked of a library that holds its documents and nothing else, through the whole
journey without the language model. Abstention: calibrated probabilities from models that saw nothing of a question's
cluster (see `clearspan.overview.answering.answerability.train`).
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clearspan.answer import Finished, journey
from clearspan.checks.outcomes import curve_chart, curve_table
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.measure.charts import as_csv
from clearspan.measure.risk import risk_coverage
from clearspan.measure.svg import as_svg
from clearspan.overview.answering.answerability import train
from clearspan.overview.answering.answerability.model import FAULTS, Fault
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parent.parent
STUDIED = 125
"""RAMDocs questions that were looked at while conflicts were written; the others were asked once, at the end."""

RESAMPLES = 1_000
NAMES: dict[Fault, str] = {"unknowable": "SelfAware dev", "false_premise": "FalseQA train"}
Flags = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one RAMDocs question.

    Attributes:
        all_right: every right answer stands in the overview.
        stated: a planted wrong answer stands in it as a fact, not as a side of a conflict.
        shown: a planted wrong answer stands in it at all.
        top_right, top_stated: the same of answering with the passage that search puts first.
    """

    all_right: bool
    stated: bool
    shown: bool
    conflict: bool
    silent: bool
    planted: bool
    readings: bool
    top_right: bool
    top_stated: bool


def measure(data: Path, settings: Settings) -> list[Report]:
    """Both reports; prints nothing."""
    return [measure_conflict(data, settings), measure_abstention(data)[0]]


def measure_conflict(data: Path, settings: Settings) -> Report:
    """RAMDocs: right answers shown, and planted wrong ones not stated as fact."""
    path = data / "evals/ramdocs_dev/ramdocs_first_half.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
    with tempfile.TemporaryDirectory() as home:
        apart = Settings(
            home=Path(home), weights=settings.models_dir, generate=False, threads=settings.threads
        )
        with Workspace.open(apart) as workspace:
            asked = [ask(workspace, f"ramdocs-{number}", row) for number, row in enumerate(rows)]
    halves = {
        f"the first {STUDIED}, studied": asked[:STUDIED],
        f"the other {len(asked) - STUDIED}": asked[STUDIED:],
        "all": asked,
    }
    table = Table(
        "All right answers appear and no planted wrong one is stated as fact, % of questions",
        ("questions", "Clearspan", "the top passage", "difference"),
        [
            (
                name,
                percent(map(ours, group)),
                percent(map(top, group)),
                gap(map(ours, group), map(top, group)),
            )
            for name, group in halves.items()
        ],
    )
    kinds: tuple[tuple[str, Callable[[Asked], bool]], ...] = (
        ("all right answers appear", lambda one: one.all_right),
        ("a planted wrong answer is stated as fact", lambda one: one.stated),
        ("a planted wrong answer appears at all, as a side or as fact", lambda one: one.shown),
        (
            "all right answers appear and no planted wrong one does",
            lambda one: one.all_right and not one.shown,
        ),
        ("a conflict is shown", lambda one: one.conflict),
        (
            "a conflict or readings are shown though nothing wrong was planted and one answer is right",
            false_alarm,
        ),
        ("no answer", lambda one: one.silent),
    )
    parts = Table(
        "Its parts, % of questions",
        ("", *halves),
        [(name, *(percent(map(kind, group)) for group in halves.values())) for name, kind in kinds],
    )
    bars = [
        Bar(f"right answers shown and no wrong one as fact, {name}, %", share(ours, group), share(top, group))
        for name, group in list(halves.items())[1:]
    ]
    return Report(
        section="Truth: sources that disagree",
        command="python benchmarks/truth.py --only outcomes --write",
        tables=(table, parts),
        bars=tuple(bars),
        notes=(
            "RAMDocs dev: 250 questions with one to ten documents each, plain text without title, date or publisher; "
            "some hold a planted wrong answer, often an altered copy of a right document. The file is sorted: of the "
            "first 125 questions, which were studied, 25 have two right answers, of the others all; so the halves are "
            "not alike, and each is to be read beside its own baseline. The bound is what answering with the whole top "
            "passage reaches, about a hundred words against a sentence or two. An answer appears where its words stand "
            "in a sentence that is shown; it is stated as fact where that sentence is not marked as disputed. "
            "Intervals are 95 %, by bootstrap over questions. Most of what is missed is silence: the sentence that "
            "answers does not name what is asked for, or the thing that it is asked of.",
        ),
    )


def ask(workspace: Workspace, name: str, row: dict[str, list[str]]) -> Asked:
    """Build the library of one question and ask it."""
    library = workspace.library(name)
    for number, document in enumerate(row["documents"], 1):
        library.add_bytes(f"page-{number}.txt", document["text"].encode())
    question = row["question"]
    receipt = next(
        step.receipt
        for step in journey(workspace, question, library=name, keep=False)
        if isinstance(step, Finished)
    )
    hits = library.search(question, limit=1).hits
    top = hits[0].passage.text if hits else ""
    text = shown(receipt)
    facts = " ".join(claim.text for claim in receipt.overview.claims if claim.support == "supported")
    right, wrong = row["gold_answers"], row["wrong_answers"]
    conflict = receipt.overview.conflict
    return Asked(
        all_right=all(has(text, each) for each in right),
        stated=any(has(facts, each) for each in wrong),
        shown=any(has(text, each) for each in wrong),
        conflict=conflict is not None and conflict.cause != "readings",
        silent=receipt.overview.abstention is not None,
        planted=bool(wrong) or len(right) > 1,
        readings=conflict is not None and conflict.cause == "readings",
        top_right=all(has(top, each) for each in right),
        top_stated=any(has(top, each) for each in wrong),
    )


def ours(one: Asked) -> bool:
    return one.all_right and not one.stated


def top(one: Asked) -> bool:
    return one.top_right and not one.top_stated


def share(kind: Callable[[Asked], bool], group: Sequence[Asked]) -> float:
    return 100 * float(np.mean([kind(one) for one in group]))


def false_alarm(one: Asked) -> bool:
    return not one.planted and (one.conflict or one.readings)


def shown(receipt: Receipt) -> str:
    return " ".join(claim.text for claim in receipt.overview.claims)


def has(text: str, answer: str) -> bool:
    """Whether an answer's words stand in a text, in their order; case, commas and marks do not matter."""
    return re.search(rf"(?<!\w){re.escape(plain(answer))}(?!\w)", plain(text)) is not None


def plain(text: str) -> str:
    joined = re.sub(r"(?<=\d),(?=\d)", "", text.casefold())
    return " ".join(re.sub(r"[^\w\s.]", " ", joined).split())


def measure_abstention(data: Path) -> tuple[Report, dict[str, tuple[Flags, Flags]]]:
    """SelfAware and FalseQA: F1 of abstaining, area under risk-coverage, calibration; and held-out probabilities."""
    embed = train.embedder().embed
    figures: list[tuple[str | float, ...]] = []
    costs: list[tuple[str | float, ...]] = []
    held: dict[str, tuple[Flags, Flags]] = {}
    bars: list[Bar] = []
    for fault in FAULTS:
        questions = train.read(fault, data)
        probability = train.held_out(questions, embed(questions.texts), with_vectors=True)[questions.own]
        faulty = questions.faulty[questions.own].astype(float)
        held[NAMES[fault]] = (probability, faulty)
        figures += figures_of(NAMES[fault], probability, faulty)
        costs += costs_of(NAMES[fault], probability, faulty)
        area = risk_coverage(1 - probability, faulty).area
        bars += [
            Bar(f"{NAMES[fault]}: F1 of abstaining", f1(probability >= 0.5, faulty), 0.0),
            Bar(f"{NAMES[fault]}: area under risk-coverage", area, float(faulty.mean()), "<="),
        ]
    curves = {name: risk_coverage(1 - probability, faulty) for name, (probability, faulty) in held.items()}
    made = Report(
        section="Truth: questions without an answer",
        command="python benchmarks/truth.py --only outcomes --write",
        tables=(
            Table(
                "Abstaining where nobody can answer, cross-validated by cluster of subject",
                ("questions", "", "F1", "area under risk-coverage", "AUC", "calibration error"),
                figures,
            ),
            curve_table("Risk at the share of questions answered, those that read best first", curves),
            Table(
                "What costs decide: a wrong answer costs the first figure, silence costs 1",
                ("questions", "wrong", "answers from", "answered, %", "cost a question", "always answering"),
                costs,
            ),
        ),
        bars=tuple(bars),
        notes=(
            "A question that cannot be answered counts as answered wrongly when it is answered. Always answering has "
            "F1 0 (it never abstains) and the share of such questions for an area; these are the bounds. Folds are "
            "clusters of questions, and FalseQA's twins share one. The answerable questions of SelfAware come from "
            "quizzes and the others do not, so that part of the figure is that of telling quizzes from musings; true-"
            "premise questions of FalseQA are in the training set as answerable ones against that, and are not "
            "counted. Whether a premise is false is mostly knowledge of the world, which 384 dimensions and word runs"
            " do not have: that figure is low.",
        ),
    )
    return made, held


def figures_of(name: str, probability: Flags, faulty: Flags) -> list[tuple[str | float, ...]]:
    sure = 1 - probability
    clusters: list[tuple[str, Callable[[NDArray[np.int64]], float]]] = [
        ("f1", lambda rows: f1(probability[rows] >= 0.5, faulty[rows])),
        ("area", lambda rows: risk_coverage(sure[rows], faulty[rows]).area),
        ("auc", lambda rows: auc(probability[rows], faulty[rows])),
    ]
    cells = [interval(kind, len(faulty)) for _, kind in clusters]
    always = float(faulty.mean())
    everything = np.ones(len(faulty), bool)
    return [
        (name, "Clearspan", *cells, calibration_error(probability, faulty)),
        (name, "always answering", 0.0, always, 0.5, float("nan")),
        (name, "never answering", f1(everything, faulty), always, 0.5, float("nan")),
    ]


def costs_of(name: str, probability: Flags, faulty: Flags) -> list[tuple[str | float, ...]]:
    """What the settings do: the dearer a wrong answer, the more is left unanswered."""
    rows: list[tuple[str | float, ...]] = []
    for wrong in (1.25, 2.0, 4.0, 10.0):
        threshold = Settings(cost_of_wrong=wrong, cost_of_abstaining=1.0).answer_threshold
        answered = 1 - probability >= threshold
        cost = float(np.mean(np.where(answered, wrong * faulty, 1.0)))
        share = 100 * float(answered.mean())
        rows.append((name, wrong, threshold, share, cost, wrong * float(faulty.mean())))
    return rows


def f1(abstained: NDArray[np.bool_], faulty: Flags) -> float:
    hits = float((abstained * faulty).sum())
    return 2 * hits / max(1.0, float(abstained.sum() + faulty.sum()))


def auc(probability: Flags, faulty: Flags) -> float:
    """Probability that a faulty question has the higher one; ties count half."""
    order = np.argsort(probability, kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    positive = faulty.sum()
    return float(
        (ranks[faulty == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(faulty) - positive))
    )


def calibration_error(probability: Flags, faulty: Flags) -> float:
    """Mean distance of probability and frequency over ten bins, weighted by their questions."""
    bins = np.minimum((probability * 10).astype(int), 9)
    inside = [bins == each for each in range(10)]
    gaps = [abs(float(probability[i].mean() - faulty[i].mean())) * float(i.mean()) for i in inside if i.any()]
    return float(sum(gaps))


def interval(kind: Callable[[NDArray[np.int64]], float], size: int) -> str:
    generator = np.random.default_rng(0)
    drawn = [kind(generator.integers(size, size=size)) for _ in range(RESAMPLES // 4)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{kind(np.arange(size)):.3f} ({low:.3f} to {high:.3f})"


def percent(flags: "map[bool]") -> str:
    values = np.array(list(flags), float)
    return spread(values)


def gap(one: "map[bool]", two: "map[bool]") -> str:
    return spread(np.array(list(one), float) - np.array(list(two), float))


def spread(values: Flags) -> str:
    drawn = values[np.random.default_rng(0).integers(len(values), size=(RESAMPLES, len(values)))].mean(1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{100 * values.mean():.1f} ({100 * low:.1f} to {100 * high:.1f})"


def draw(held: dict[str, tuple[Flags, Flags]], folder: Path) -> None:
    """The risk-coverage curves as SVG and CSV."""
    curves = {name: risk_coverage(1 - probability, faulty) for name, (probability, faulty) in held.items()}
    caption = "Held-out probabilities, cross-validated by cluster of subject; dashed: always answering."
    chart = curve_chart(
        "risk-coverage", "Risk against coverage: questions without an answer", curves, caption
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{chart.name}.svg").write_text(as_svg(chart), "utf-8")
    (folder / f"{chart.name}.csv").write_text(as_csv(chart), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY / "../shared"))
    )
    parser.add_argument("--charts", type=Path, help="folder for the risk-coverage curves as SVG and CSV")
    parser.add_argument("--part", choices=("conflict", "abstention"), action="append")
    parser.add_argument("--json", action="store_true", help="end with the bars as one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace these sections of docs/measurements.md")
    given = parser.parse_args()
    if not (given.data / "evals/ramdocs_dev").is_dir():
        print(
            f"Not measured: {given.data / 'evals'} is expected to hold ramdocs_dev, selfaware_dev and falseqa_train.",
            file=sys.stderr,
        )
        return 2
    write = REPOSITORY / "docs/measurements.md" if given.write else None
    parts = given.part or ("abstention", "conflict")
    status = 0
    if "abstention" in parts:
        made, held = measure_abstention(given.data)
        status = max(status, report(made, as_json=given.json, write=write))
        if given.charts:
            draw(held, given.charts)
    if "conflict" in parts:
        made = measure_conflict(given.data, Settings())
        status = max(status, report(made, as_json=given.json, write=write))
    return status


if __name__ == "__main__":
    sys.exit(main())
