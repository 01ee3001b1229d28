"""What becomes of an answer: faults told apart, and how much is risked at which share of questions answered."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from clearspan.checks import samples
from clearspan.checks.planted_faults import plant_faults
from clearspan.faults import Fault
from clearspan.library.library import Library
from clearspan.measure.bars import Bar, Report, Table
from clearspan.measure.charts import Chart, Series
from clearspan.measure.intervals import wilson
from clearspan.measure.risk import RiskCoverage, risk_coverage
from clearspan.overview.diagnosis.diagnostician import Diagnostician
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

FAULTS: tuple[Fault, ...] = get_args(Fault)
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)
_NONE = "none"


def measure(workspace: Workspace) -> Report:
    """Diagnose planted faults, then the sample answers against what is known to be right; leaves nothing behind."""
    confusion = diagnose_planted(workspace)
    right = sum(count for (planted, said), count in confusion.items() if planted == said)
    total = sum(confusion.values())
    outcomes = samples.run(workspace, samples.load_questions(), generate=False)
    curve = sample_curve(outcomes)
    return Report(
        section="Truth: faults told apart",
        command="clearspan check truth --only outcomes",
        tables=(
            confusion_table(confusion),
            rates_table(workspace, outcomes),
            curve_table(
                "Samples: risk at the share of questions answered, surest first", {"the journey": curve}
            ),
        ),
        bars=(
            Bar(f"planted faults diagnosed rightly, of {total}, %", 100 * right / total, 90),
            Bar("hallucinations and misread sources taken for each other", _exchanged(confusion), 0, "=="),
        ),
        notes=(
            "Planted faults are receipts over an invented library in which one sentence was made wrong in one way; the "
            "diagnosis sees the receipt, the library and the right answer, not the way. The sentences are simple: the "
            "figure says that the six are kept apart, not how often real faults are named rightly. On the samples a "
            "fault is looked for in each sentence of an answer that is not right; gold is its first right string.",
        ),
    )


def diagnose_planted(workspace: Workspace) -> Counter[tuple[str, str]]:
    """(planted, diagnosed) → how many; in a home folder of its own."""
    settings = workspace.settings
    with tempfile.TemporaryDirectory() as home:
        apart = Settings(home=Path(home), weights=settings.models_dir, embedder=settings.embedder)
        with Library.open("planted-faults", apart, workspace.embedder) as library:
            planted = plant_faults(library)
            doctor = Diagnostician(library, workspace.embedder, settings.support_threshold)
            found = [(one.fault, doctor.diagnose(one.receipt, one.gold)) for one in planted]
    return Counter((fault, said[0].fault if said else _NONE) for fault, said in found)


def confusion_table(confusion: Counter[tuple[str, str]]) -> Table:
    """Planted faults down, diagnosed across."""
    columns = (*FAULTS, _NONE)
    rows = [(planted, *(confusion[planted, said] for said in columns)) for planted in FAULTS]
    return Table(
        "Planted faults (down) and what they were diagnosed as (across)", ("planted", *columns), rows
    )


def rates_table(workspace: Workspace, outcomes: Sequence[samples.SampleOutcome]) -> Table:
    """How often each fault occurs among sample answers; a wrong reference and a hallucination in rows of their own."""
    doctor = Diagnostician(
        workspace.library("samples"), workspace.embedder, workspace.settings.support_threshold
    )
    counted: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.verdict in ("answered right", "abstained right"):
            continue
        gold = outcome.question.expect.all_of[0][0] if outcome.question.expect.all_of else ""
        counted.update({one.fault for one in doctor.diagnose(outcome.receipt, gold)})
    shown = sum(1 for outcome in outcomes for _ in outcome.receipt.overview.claims)
    refused: Counter[str] = Counter(
        one.fault for outcome in outcomes for one in outcome.receipt.diagnoses if one.claim is None
    )
    asked = len(outcomes)
    rows = [
        (
            fault,
            counted[fault],
            100 * counted[fault] / asked,
            _interval(counted[fault], asked),
            refused[fault],
        )
        for fault in FAULTS
    ]
    columns = (
        "fault",
        "answers",
        "% of questions",
        "95 % interval",
        "sentences refused before they were shown",
    )
    return Table(f"Samples: faults of {asked} answers ({shown} sentences), each counted apart", columns, rows)


def sample_curve(outcomes: Sequence[samples.SampleOutcome]) -> RiskCoverage:
    """Risk and coverage on the samples: the score of the best sentence; silence is surest of nothing."""
    judged = [outcome for outcome in outcomes if outcome.receipt.overview.claims]
    sure = [max(claim.score for claim in outcome.receipt.overview.claims) for outcome in judged]
    return risk_coverage(sure, [outcome.verdict != "answered right" for outcome in judged])


def curve_table(title: str, curves: dict[str, RiskCoverage]) -> Table:
    """Risk at some coverages, and the area."""
    rows = [(name, *curve.at(COVERAGES), curve.area) for name, curve in curves.items()]
    return Table(title, ("", *(f"{each:.0%}" for each in COVERAGES), "area"), rows)


def curve_chart(name: str, title: str, curves: dict[str, RiskCoverage], caption: str) -> Chart:
    """Risk against coverage as a chart; every curve beside the risk of always answering."""
    series: list[Series] = []
    for label, curve in curves.items():
        step = max(1, len(curve.coverage) // 200)
        first = max(0, min(19, len(curve.coverage) - 1))
        series.append(
            Series(
                label, tuple(curve.coverage[first::step].tolist()), tuple(curve.risk[first::step].tolist())
            )
        )
        always = float(curve.risk[-1])
        series.append(Series(f"{label}: always answering", (0.02, 1.0), (always, always), style="dashed"))
    return Chart(
        name=name,
        title=title,
        x="share of questions answered",
        y="share of answers that are wrong",
        series=tuple(series),
        x_log=False,
        caption=caption,
    )


def _exchanged(confusion: Counter[tuple[str, str]]) -> int:
    return confusion["hallucination", "misread_source"] + confusion["misread_source", "hallucination"]


def _interval(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{100 * low:.1f} to {100 * high:.1f}"
