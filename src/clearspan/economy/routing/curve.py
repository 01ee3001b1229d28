"""Quality against cost, from the cheapest tier to the best: the curve of a router, and how far it lies above chance.

Performance gap recovered, its average APGR and the call-performance threshold CPT are those of I. Ong et al.,
RouteLLM: Learning to Route LLMs with Preference Data, 2024, section 3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.measure.estimate import Array, Estimate, estimate

RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Recovered:
    """How much of the gap between two tiers a router recovers.

    Attributes:
        apgr: the gap recovered, on average over all shares of questions that are sent to the better tier; chance has
            .5, and so has a router that knows nothing.
        cpt50, cpt80: share of questions that must be sent to the better tier until half, or 80 %, of the gap is
            recovered; NaN where it never is.
    """

    apgr: Estimate
    cpt50: Estimate
    cpt80: Estimate


def recovered(need: Array, gain: Array, groups: Sequence[str], seed: int = 0) -> Recovered:
    """The figures of a router, with intervals over groups that are drawn again, with replacement.

    Args:
        need: how much each question needs the better tier, any scale, (n,); ties are taken in an order of chance.
        gain: quality of the better tier's answer less that of the other's, (n,).
        groups: n names of what is drawn together.
    """
    order = np.lexsort((np.random.default_rng(seed).random(len(need)), -need))
    names, group = np.unique(np.asarray(groups)[order], return_inverse=True)
    ranked = gain[order]
    random = np.random.default_rng(seed)
    draws = np.empty((RESAMPLES, 3))
    for row in range(RESAMPLES):
        times = np.bincount(random.integers(0, len(names), len(names)), minlength=len(names))
        draws[row] = _figures(ranked, times[group].astype(np.float64))
    values = _figures(ranked, np.ones(len(ranked)))
    how = f"{len(names)} groups drawn again {RESAMPLES:,} times"
    return Recovered(
        *(estimate(value, draws[:, place], "", how) for place, value in enumerate(map(float, values)))
    )


def curve(need: Array, gain: Array, points: int = 101) -> tuple[Array, Array]:
    """Share of questions sent to the better tier, and share of the gap recovered by then, both (points,)."""
    order = np.argsort(-need, kind="stable")
    shares, gap = _path(gain[order], np.ones(len(gain)))
    at = np.linspace(0, 1, points)
    return at, np.interp(at, shares, gap)


def _path(ranked: Array, times: Array) -> tuple[Array, Array]:
    counted = np.concatenate([[0.0], np.cumsum(times)])
    gained = np.concatenate([[0.0], np.cumsum(ranked * times)])
    if gained[-1] == 0:
        return counted / counted[-1], np.full(len(gained), np.nan)
    return counted / counted[-1], gained / gained[-1]


def _figures(ranked: Array, times: Array) -> Array:
    shares, gap = _path(ranked, times)
    found = [float(np.trapezoid(gap, shares))]
    for wanted in (0.5, 0.8):
        reached = gap >= wanted
        found.append(float(shares[int(np.argmax(reached))]) if reached.any() else np.nan)
    return np.array(found)
