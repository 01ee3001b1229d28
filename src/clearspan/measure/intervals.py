"""Intervals of what is counted: shares, means, medians and their differences, when people come in sessions.

One reader who clicks everything is one reader, however many clicks it makes: whatever is counted in sessions is
varied by session.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearspan.measure.estimate import Estimate

Array = NDArray[np.float64]

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_RESAMPLES = 2_000
_FEWEST = 5
"""Sessions under which resampling them says nothing."""


def wilson(successes: float, trials: float, z: float = _Z) -> tuple[float, float]:
    """The score interval of a share; both ends are in [0, 1], and no share of nothing is all of [0, 1].

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if trials <= 0:
        return 0.0, 1.0
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def share(successes: ArrayLike, trials: ArrayLike) -> Estimate:
    """The share of trials that succeed, from the successes and trials of each session, both (sessions,).

    Wilson's interval on the number of independent trials that would vary as much as these sessions do; with few
    sessions, Student's quantile takes the normal one's place.

    Source: E. L. Korn and B. I. Graubard, Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data, Survey Methodology 24 (1998).
    """
    hits, tried = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    hits, tried = hits[tried > 0], tried[tried > 0]
    total, sessions = float(tried.sum()), len(tried)
    if sessions == 0:
        return Estimate(math.nan, how="nothing to count yet")
    found = float(hits.sum()) / total
    how = f"{hits.sum():.0f} of {total:.0f}, in {sessions} visit{'s' * (sessions != 1)}"
    low, high = wilson(found * (effective := _effective_trials(hits, tried, found)), effective)
    return Estimate(found, "", low, high, how)


def difference_of_shares(first: Estimate, second: Estimate) -> Estimate:
    """The first share minus the second, from the intervals of both.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions: comparison of
    eleven methods, Statistics in Medicine 17 (1998), method 10.
    """
    gap = first.value - second.value
    ends = (first.low, first.high, second.low, second.high)
    if not math.isfinite(gap) or any(end is None for end in ends):
        return Estimate(gap, how="no interval: one of the two has nothing to count yet")
    low, high, other_low, other_high = (float(end) for end in ends if end is not None)
    below = math.hypot(first.value - low, other_high - second.value)
    above = math.hypot(high - first.value, second.value - other_low)
    return Estimate(gap, "", gap - below, gap + above, f"{first.how}, against {second.how}")


def mean(values: ArrayLike, unit: str = "", seed: int = 0) -> Estimate:
    """The mean of one value a session, with a studentised bootstrap interval over sessions.

    Source: B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 12.
    """
    each = np.asarray(values, dtype=np.float64)
    if len(each) == 0:
        return Estimate(math.nan, unit, how="nothing to count yet")
    how = f"{len(each)} visit{'s' * (len(each) != 1)}"
    return _with_interval(float(each.mean()), [each], [1.0], unit, how, seed)


def difference_of_means(first: ArrayLike, second: ArrayLike, unit: str = "", seed: int = 0) -> Estimate:
    """The mean of the first sessions minus that of the second, each resampled by itself; see `mean`."""
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if len(one) == 0 or len(other) == 0:
        return Estimate(math.nan, unit, how="no comparison: one of the two has no visits yet")
    how = f"{len(one)} visits against {len(other)}"
    return _with_interval(float(one.mean() - other.mean()), [one, other], [1.0, -1.0], unit, how, seed)


def median(values: ArrayLike, unit: str = "") -> Estimate:
    """The median of one value a session; the interval is made of two of the values and assumes nothing of them.

    Under six values no two of them hold the median with 95 % confidence, and there is no interval.
    """
    each = np.sort(np.asarray(values, dtype=np.float64))
    count = len(each)
    if count == 0:
        return Estimate(math.nan, unit, how="nothing to count yet")
    how = f"{count} visit{'s' * (count != 1)}"
    # The median lies outside the pair as often as so many throws of a coin come up heads that seldom.
    below = int(np.searchsorted(_coin(count), (1 - CONFIDENCE) / 2, side="right"))
    if below < 1:
        return Estimate(float(np.median(each)), unit, how=f"{how}: too few for an interval")
    return Estimate(float(np.median(each)), unit, float(each[below - 1]), float(each[count - below]), how)


def _effective_trials(hits: Array, tried: Array, found: float) -> float:
    total, sessions = float(tried.sum()), len(tried)
    if sessions == 1 or found in (0.0, 1.0):
        # Nothing varies that could be measured, so no two trials of a session count as independent.
        return float(sessions)
    between = sessions / (sessions - 1) * float(((hits - found * tried) ** 2).sum()) / total**2
    independent = found * (1 - found) / between if between > 0 else total
    quantile = _student(sessions - 1)
    return min(total, independent) * (_Z / quantile) ** 2


def _with_interval(
    value: float, samples: Sequence[Array], signs: Sequence[float], unit: str, how: str, seed: int
) -> Estimate:
    spread = float(_standard_error([_moments(sample) for sample in samples]))
    too_few = min(len(sample) for sample in samples) < _FEWEST
    if too_few or spread == 0:
        reason = "too few for an interval" if too_few else "all alike, so no interval"
        return Estimate(value, unit, how=f"{how}: {reason}")
    random = np.random.default_rng(seed)
    drawn = [_resampled(sample, random) for sample in samples]
    moved = np.sum([sign * means for sign, (means, _, _) in zip(signs, drawn, strict=True)], axis=0) - value
    spreads = _standard_error(drawn)
    studentised = moved[spreads > 0] / spreads[spreads > 0]
    low, high = np.quantile(studentised, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    ends = (value - max(0.0, float(high)) * spread, value - min(0.0, float(low)) * spread)
    return Estimate(value, unit, *ends, how)


def _moments(sample: Array) -> tuple[Array, Array, int]:
    return np.asarray(sample.mean()), np.asarray(sample.var(ddof=1) if len(sample) > 1 else 0.0), len(sample)


def _resampled(sample: Array, random: np.random.Generator) -> tuple[Array, Array, int]:
    """Mean and variance of each resample, both (resamples,): equal values are drawn together, by their number."""
    values, counts = np.unique(sample, return_counts=True)
    size = len(sample)
    weights = random.multinomial(size, counts / size, size=_RESAMPLES) / size
    means = weights @ values
    variances = np.maximum(weights @ values**2 - means**2, 0) * size / (size - 1)
    return means, variances, size


def _standard_error(moments: Sequence[tuple[Array, Array, int]]) -> Array:
    return np.sqrt(np.sum([variance / size for _, variance, size in moments], axis=0))


def _student(freedom: int) -> float:
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    return float(special.stdtrit(freedom, (1 + CONFIDENCE) / 2))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _coin(throws: int) -> Array:
    """Probabilities of at most 0, 1, … heads, (throws,)."""
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    return np.asarray(special.bdtr(np.arange(throws, dtype=np.float64), throws, 0.5))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
