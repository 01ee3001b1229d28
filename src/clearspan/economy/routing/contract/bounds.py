"""Tests that a mean is below a bound, valid for any distribution of bounded values.

The test is a bet: one starts with 1 and stakes a share of what one has on each value being below the bound. Where the
mean is not below it, no way of betting that looks only at the past makes one rich: capital reaches 1/p with a
probability of p at most (Ville's inequality). Of the bounds that are valid here it is the tightest that was measured
(`benchmarks/routing.py` has Hoeffding's and Bentkus' beside it), since it learns the variance while it bets.
"""

import math
from typing import Any

import numpy as np

from clearspan.measure.estimate import Array

_TRUNCATED = 0.75
"""Of the largest stake that can not lose everything; Waudby-Smith and Ramdas 2024 take 1/2 or 3/4."""


def betting_p(values: Array, bound: Array | float, level: float) -> Array:
    """p-values of 'the mean is at least the bound' for columns of n values in [0, 1].

    Source: I. Waudby-Smith and A. Ramdas, Estimating means of bounded random variables by betting, J. R. Statist.
    Soc. B 86 (2024): the capital process of theorem 3, one-sided, with the predictable stakes of equation (26)
    for a fixed number of values.

    Args:
        values: independent draws in an order that does not depend on them, (n, columns).
        bound: in (0, 1), one for all or (columns,).
        level: that the test is to be good at; it sets the stakes, not whether p is valid.

    Returns:
        (columns,): valid at every level, each by itself.
    """
    count = len(values)
    if count == 0:
        return np.ones((values.shape[1],), np.float64)
    number = np.arange(1, count + 1)[:, None]
    mean = (0.5 + np.cumsum(values, 0)) / (number + 1)
    variance = (0.25 + np.cumsum((values - mean) ** 2, 0)) / (number + 1)
    before = np.vstack([np.full((1, values.shape[1]), 0.25), variance[:-1]])
    stake = np.minimum(
        np.sqrt(2 * math.log(1 / level) / (before * count)), _TRUNCATED / (1 - np.asarray(bound))
    )
    capital = np.cumsum(np.log1p(stake * (bound - values)), 0)
    richest: Array = np.maximum(capital.max(0), 0.0)
    return np.exp(-richest)


def hoeffding_bentkus_p(values: Array, bound: float) -> Array:
    """The same p-values by the Hoeffding-Bentkus inequality, which knows the mean of the values alone.

    Source: S. Bates et al., Distribution-free, risk-controlling prediction sets, J. ACM 68 (2021), section 3.1.

    Args:
        values: (n, columns), in [0, 1].
        bound: in (0, 1).
    """
    from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

    binomial: Any = stats.binom
    count, mean = len(values), np.minimum(values.mean(0), bound)
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = np.where(mean > 0, mean * np.log(mean / bound), 0.0)
        divergence += np.where(mean < 1, (1 - mean) * np.log((1 - mean) / (1 - bound)), 0.0)
    bentkus = math.e * np.asarray(binomial.cdf(np.ceil(count * values.mean(0)), count, bound), np.float64)
    return np.minimum(np.minimum(np.exp(-count * divergence), bentkus), 1.0)


def pairs_needed(values: Array, bound: float, level: float) -> float:
    """About how many values like these a bet needs until it has shown that their mean is below the bound.

    The capital of the best constant stake grows at its mean logarithm a value (J. L. Kelly, Bell System Technical
    Journal 35, 1956); infinite where the mean is not below the bound.
    """
    stakes = np.linspace(0.02, 1.0, 50) * _TRUNCATED / (1 - bound)
    growth = max(float(np.log1p(stake * (bound - values)).mean()) for stake in stakes)
    return math.log(1 / level) / growth if growth > 0 and float(values.mean()) < bound else math.inf
