"""Whether a probability means what it says, and what is risked at which share of questions answered."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from clearspan.checks.answers.asking import AnsweredQuestion
from clearspan.checks.answers.verdicts import first_is_right, verdict
from clearspan.measure.bars import Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.risk import RiskCoverage, risk_coverage

_BINS = 10
_CHANCE_DRAWS = 200
_DRAWN_FROM = 20
"""Questions from which a curve is drawn."""

_MOST_CURVES = 6
_COVERAGES = (0.2, 0.5, 1.0)


def calibration_error(probability: ArrayLike, right: ArrayLike) -> float:
    """The expected calibration error over ten bins of equal width, in [0, 1]; NaN of nothing.

    Args:
        probability: (answers,), that each is right.
        right: (answers,), 1 where it is.

    Source: M. P. Naeini, G. F. Cooper and M. Hauskrecht, Obtaining well calibrated probabilities using Bayesian
    binning, AAAI 2015.
    """
    said, true = np.asarray(probability, np.float64), np.asarray(right, np.float64)
    if len(said) == 0:
        return float("nan")
    bins = np.minimum((said * _BINS).astype(np.int64), _BINS - 1)
    return float(np.abs(np.bincount(bins, said - true, _BINS)).sum() / len(said))


def error_by_chance(probability: ArrayLike, seed: int = 0) -> float:
    """The calibration error that so few answers show on average though each probability is true."""
    said = np.asarray(probability, np.float64)
    drawn = np.random.default_rng(seed).random((_CHANCE_DRAWS, len(said))) < said
    return float(np.mean([calibration_error(said, right) for right in drawn])) if len(said) else float("nan")


def shown_error(answered: Sequence[AnsweredQuestion]) -> float:
    """Calibration error of the score of the surest sentence shown; where none is, there is nothing to be sure of."""
    given = [one for one in answered if one.together.claims]
    scores = [max(claim.score for claim in one.together.claims) for one in given]
    right = [verdict(one.question, one.together) == "right" for one in given]
    return calibration_error(scores, right)


def calibration_table(answered: Sequence[AnsweredQuestion]) -> Table:
    """Of the first sentence, shown or not, by kind: risk at some coverages, area, and calibration error."""
    rows: list[tuple[str | float, ...]] = []
    for name, own in _by_kind(answered):
        curve = _curve(own)
        said, right = _pairs(own)
        errors = (calibration_error(said, right), error_by_chance(said))
        rows.append((name, len(own), *curve.at(_COVERAGES), curve.area, *errors))
    columns = ("", "questions", *(f"risk at {one:.0%}" for one in _COVERAGES), "area", "ECE", "ECE by chance")
    return Table(
        "Is the first sentence right, and does its probability say so? All documents of a set as one library",
        columns,
        rows,
        "Surest first; wrong is a first sentence that is not marked, and any where there is no answer. Yes/no and "
        "calculated answers without marked evidence are left out. ECE by chance: what so few questions would show if "
        "every probability were true.",
    )


def risk_chart(answered: Sequence[AnsweredQuestion]) -> Chart:
    """Risk against coverage, a curve a kind, and where the settings stop."""
    drawn = [(name, own) for name, own in _by_kind(answered) if len(own) >= _DRAWN_FROM]
    drawn.sort(key=lambda pair: -len(pair[1]))
    series: list[Series] = []
    for name, own in drawn[:_MOST_CURVES]:
        curve = _curve(own)
        points = range(min(_DRAWN_FROM, len(own)) // 2, len(own))
        across, risks = ([float(values[i]) for i in points] for values in (curve.coverage, curve.risk))
        series.append(Series(f"{name} ({curve.area:.2f})", across, risks))
    verdicts = [verdict(one.question, one.together) for one in answered]
    wrong = sum(one in ("something else", "should be silent") for one in verdicts)
    given = wrong + verdicts.count("right")
    marks = (Mark(given / len(verdicts), wrong / given, "overviews as set"),) if given else ()
    return Chart(
        name="answers-risk-coverage",
        title="Risk against coverage, by kind of question",
        x="share of questions answered, surest first",
        y="share whose first sentence is wrong",
        series=tuple(series),
        marks=marks,
        x_log=False,
        caption="Held-out questions, all documents of a set as one library; in brackets the area under each curve.",
    )


def _by_kind(answered: Sequence[AnsweredQuestion]) -> list[tuple[str, list[AnsweredQuestion]]]:
    told = [one for one in answered if first_is_right(one.question, one.together) is not None]
    kinds = sorted({one.question.kind for one in told})
    each = [(kind, [one for one in told if one.question.kind == kind]) for kind in kinds]
    return [("all", told), *each] if told else []


def _pairs(answered: Sequence[AnsweredQuestion]) -> tuple[list[float], list[bool]]:
    said = [one.together.probability for one in answered]
    return said, [bool(first_is_right(one.question, one.together)) for one in answered]


def _curve(answered: Sequence[AnsweredQuestion]) -> RiskCoverage:
    said, right = _pairs(answered)
    return risk_coverage(said, [not each for each in right])
