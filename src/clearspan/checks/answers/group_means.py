"""Means over questions that share documents, with intervals that vary the documents together."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from clearspan.checks.answers.asking import AnsweredQuestion
from clearspan.checks.answers.sample import group_of
from clearspan.measure.estimate import Estimate, estimate
from clearspan.measure.intervals import share

_RESAMPLES = 1_000
_FEWEST = 5
"""Groups under which resampling them says nothing."""


def of_questions(
    answered: Sequence[AnsweredQuestion], value: Callable[[AnsweredQuestion], float], seed: int = 0
) -> Estimate:
    """The mean of a value in [0, 1] over questions, of 100, with its 95 % interval by groups of shared documents.

    Shares have Wilson's interval on the number of groups that they are worth, other means a percentile bootstrap.
    """
    groups = [f"{one.question.origin} {group_of(one.question)}" for one in answered]
    values = np.asarray([value(one) for one in answered], np.float64)
    places = np.unique(groups, return_inverse=True)[1] if groups else np.empty(0, np.int64)
    sums, counts = np.bincount(places, values), np.bincount(places)
    if ((values == 0) | (values == 1)).all():
        found = share(sums, counts)
        low, high = (None if end is None else 100 * end for end in (found.low, found.high))
        return Estimate(100 * found.value, "%", low, high, found.how)
    mean = 100 * float(values.mean())
    if len(counts) < _FEWEST:
        return Estimate(mean, "%", how="too few groups for an interval")
    chances = np.full(len(counts), 1 / len(counts))
    drawn = np.random.default_rng(seed).multinomial(len(counts), chances, size=_RESAMPLES)
    return estimate(mean, 100 * (drawn @ sums) / (drawn @ counts), "%", "bootstrap over groups of documents")


def cell(found: Estimate) -> str:
    """A figure for a table: '63 [52 to 73]'; a dash where nothing was counted."""
    if not np.isfinite(found.value):
        return "–"
    if found.low is None or found.high is None:
        return f"{found.value:.0f}"
    return f"{found.value:.0f} [{found.low:.0f} to {found.high:.0f}]"


def sliced(answered: Sequence[AnsweredQuestion]) -> Iterator[tuple[str, list[AnsweredQuestion]]]:
    """All questions, then those of each kind, then those of each set."""
    yield "all", list(answered)
    for kind in sorted({one.question.kind for one in answered}):
        yield f"kind {kind}", [one for one in answered if one.question.kind == kind]
    for name in sorted({one.question.origin for one in answered}):
        yield f"set {name}", [one for one in answered if one.question.origin == name]
