"""What abstaining costs and saves: risk against coverage, with the place where the settings stop."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearspan.economy.scaling.plans.plan import Plan
from clearspan.measure.bars import Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.intervals import wilson
from clearspan.measure.risk import RiskCoverage, risk_coverage

_POINTS = 60
_FIRST = 20
"""Questions from which the curve is drawn: of fewer, its interval is all that would be seen."""

_WORDS = {"unknowable": "unknowable", "false_premise": "built on a false premise"}


def chart(name: str, title: str, curve: RiskCoverage, answered: int, threshold: float) -> Chart:
    """The curve with its interval, the baselines, and the place where the settings stop.

    Args:
        answered: how many questions the settings answer.
        threshold: probability from which they do.
    """
    count, base = len(curve.coverage), float(curve.risk[-1])
    first = min(_FIRST, count) - 1
    shown = np.unique(np.linspace(first, count - 1, min(_POINTS, count)).astype(int))
    ends = [wilson(curve.risk[i] * (i + 1), i + 1) for i in shown.tolist()]
    across = [float(curve.coverage[i]) for i in shown.tolist()]
    risks = [float(curve.risk[i]) for i in shown.tolist()]
    oracle = [max(0.0, 1 - (1 - base) / x) for x in across]
    marks = (
        (Mark(answered / count, float(curve.risk[answered - 1]), f"as set: from {threshold:.2f}"),)
        if answered
        else ()
    )
    return Chart(
        name=name,
        title=title,
        x="share of questions answered",
        y="share of those that should not have been",
        series=(
            Series("surest first", across, risks, [low for low, _ in ends], [high for _, high in ends]),
            Series("in any order", [across[0], 1.0], [base, base], style="dashed"),
            Series("oracle", across, oracle, style="dashed"),
        ),
        marks=marks,
        x_log=False,
        caption=f"{count:,} questions; area under the curve {curve.area:.3f}, of any order {base:.3f}. "
        "The band is Wilson's 95 % interval of each share.",
    )


def measured(held_out: Mapping[str, tuple[ArrayLike, ArrayLike]], threshold: float) -> Plan:
    """What abstaining costs and saves, on questions that the models had not seen.

    Args:
        held_out: for each fault, the probability of it that was predicted for each question, and whether it has it.
        threshold: confidence from which the settings answer.
    """
    charts: list[Chart] = []
    rows: list[tuple[str | float, ...]] = []
    for fault, (probability, faulty) in held_out.items():
        sure: NDArray[np.float64] = 1 - np.asarray(probability, dtype=np.float64)
        curve, answered = risk_coverage(sure, faulty), int((sure >= threshold).sum())
        title = f"Questions that are {_WORDS.get(fault, fault)}"
        charts.append(chart(fault.replace("_", "-"), title, curve, answered, threshold))
        at = (answered / len(curve.coverage), float(curve.risk[answered - 1]) if answered else 0.0)
        rows.append((_WORDS.get(fault, fault), len(curve.coverage), float(curve.risk[-1]), *at, curve.area))
    columns = (
        "questions that are",
        "questions",
        "wrong if all are answered",
        "answered as set",
        "wrong of those",
        "area",
    )
    return Plan(
        title="What abstaining costs and saves",
        summary=(
            "The surer an answer must be before it is given, the fewer are given and the fewer of them are wrong. "
            f"As it is set here, an answer is given from a probability of {threshold:.2f}: from there on, silence "
            "would cost more.",
        ),
        tables=(Table("At the threshold of these settings", columns, rows),),
        charts=tuple(charts),
        notes=(
            "Read from the question alone, before anything is searched, by the models that ship with Clearspan. Each "
            "question's probability comes from models that had not seen its subject (five folds of clusters). The "
            "journey weighs it with what the library supports, so its own silences are fewer and better founded.",
            "The settings cost_of_wrong and cost_of_abstaining move the threshold.",
        ),
    )
