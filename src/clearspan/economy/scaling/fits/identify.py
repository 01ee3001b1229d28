"""What the data behind a fit can determine, and what they cannot, in plain sentences."""

import numpy as np

from clearspan.economy.scaling.fits.fit import Fit
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.gadre import Gadre
from clearspan.economy.scaling.laws.kaplan import Kaplan
from clearspan.measure.estimate import Array, short

_TIGHT = 0.98


def undetermined(fit: Fit) -> list[str]:
    """Sentences on what the runs leave open; empty without resamples.

    They name the constant held most loosely, the pair that can be traded against each other, minima that
    the runs do not choose between, and how the advice on size and data widens beyond the largest run.
    """
    if len(fit.draws) < 20:
        return []
    sentences = [_loosest(fit)]
    sentences += _traded(fit)
    sentences += _rival_minima(fit)
    sentences += _advice(fit)
    return sentences


def _loosest(fit: Fit) -> str:
    low, high = np.percentile(fit.draws, [2.5, 97.5], axis=0)
    factor = high / np.maximum(low, 1e-12)
    worst, best = int(np.argmax(factor)), int(np.argmin(factor))
    loose = (
        f"{fit.names[worst]} is held most loosely: anything from {short(float(low[worst]))} to "
        f"{short(float(high[worst]))} (95 %) fits almost as well, a factor of {short(float(factor[worst]), 2)}"
    )
    if worst == best:
        return loose + "."
    return f"{loose}; {fit.names[best]} is held best, within a factor of {short(float(factor[best]), 2)}."


def _traded(fit: Fit) -> list[str]:
    correlation = np.abs(fit.correlation) - np.eye(len(fit.names))
    pairs = [
        (fit.names[i], fit.names[j])
        for i in range(len(fit.names))
        for j in range(i)
        if correlation[i, j] > _TIGHT
    ]
    if not pairs:
        return []
    named = ", nor ".join(f"{b} from {a}" for a, b in pairs)
    return [
        f"The runs cannot tell {named} (correlation above {_TIGHT}): one is meaningful only together with the "
        "other, so constants of different fits must never be mixed."
    ]


def _rival_minima(fit: Fit) -> list[str]:
    if len(fit.minima) < 2:
        return []
    first, second = fit.minima[:2]
    there = ", ".join(
        f"{name} = {short(value)}" for name, value in zip(fit.names, second.values, strict=True)
    )
    return [
        f"A second minimum, only {(second.objective / first.objective - 1):.2%} higher, lies at {there}: "
        "the runs hardly choose between the two."
    ]


def _advice(fit: Fit) -> list[str]:
    laws = [law for law in fit.laws_drawn if isinstance(law, Chinchilla | Gadre | Kaplan)]
    if not laws:
        return []
    inside = float(np.exp(np.log(fit.runs.flops).mean()))
    spreads: list[float] = []
    ranges: list[str] = []
    for flops in (inside, 100 * float(fit.runs.flops.max())):
        ratios: Array = np.array([_ratio(law.optimal(flops)) for law in laws])
        low, high = np.percentile(ratios, [2.5, 97.5])
        spreads.append(float(high / low))
        ranges.append(f"{short(low)} to {short(high)} at {short(flops)} FLOP")
    widens = (
        f"the interval widens from a factor of {short(spreads[0], 2)} to {short(spreads[1], 2)}."
        if spreads[1] > 1.05 * spreads[0]
        else "the interval is as narrow there because the law has one exponent, not because the runs say so."
    )
    return [
        f"Compute-optimal tokens per parameter: {ranges[0]}, in the middle of the runs, and {ranges[1]}, a "
        f"hundred times beyond the largest; {widens}"
    ]


def _ratio(optimum: tuple[float, float]) -> float:
    return optimum[1] / optimum[0]
