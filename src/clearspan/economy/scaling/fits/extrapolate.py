"""How well a law fitted to small runs predicts the large ones, which is what it is for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.fits.fit import Family, family_named
from clearspan.economy.scaling.laws.minimise import HUBER_DELTA, minimise
from clearspan.economy.scaling.laws.muennighoff import DataConstrained
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, positive, short

DELTAS = (3e-4, 1e-3, 3e-3, 1e-2)


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """A law fitted below a compute budget against the runs above it.

    Attributes:
        above: the budget, FLOP.
        fitted: runs below it.
        predicted: runs above it.
        delta: where the Huber loss turned linear.
        values: the law's constants from the runs below.
        errors: predicted / measured − 1 of each run above, (predicted,).
    """

    above: float
    fitted: int
    predicted: int
    delta: float
    values: tuple[float, ...]
    errors: Array

    @property
    def mean_error(self) -> float:
        """Mean of |predicted / measured − 1|."""
        return float(np.abs(self.errors).mean())

    @property
    def bias(self) -> float:
        """Mean of predicted / measured − 1; positive where the law is too pessimistic."""
        return float(self.errors.mean())


def extrapolate(
    runs: Runs, law: str = "chinchilla", *, above: float | None = None, delta: float = HUBER_DELTA
) -> Extrapolation:
    """Fit below a compute budget, predict above it.

    Args:
        runs: training runs.
        law: a name in `fit.FAMILIES`.
        above: the budget, FLOP; the compute that a quarter of the runs exceed if None.
        delta: where the Huber loss turns linear.

    Raises:
        BadInput: too few runs on either side.
    """
    family = family_named(law)
    flops = runs.flops
    budget = float(np.quantile(flops, 0.75)) if above is None else positive("The compute budget", above)
    small, large = runs.where(flops <= budget), runs.where(flops > budget)
    if len(small) < family.fewest or not len(large):
        raise BadInput(
            f"{len(small)} runs lie below {short(budget)} FLOP and {len(large)} above.",
            do=f"Choose a budget with at least {family.fewest} runs below it and one above.",
        )
    values = _fitted(family, small, delta)
    predicted = _predicted(family, values, large)
    return Extrapolation(
        budget, len(small), len(large), delta, tuple(values.tolist()), predicted / large.loss - 1
    )


def chosen_delta(runs: Runs, law: str = "chinchilla", deltas: Sequence[float] = DELTAS) -> float:
    """The Huber threshold that extrapolates best within these runs.

    Each threshold is fitted below the median and the lower and upper third of compute and judged by the mean
    error above; give only the runs that may be seen, and the choice stays blind to the rest.
    """
    budgets = [float(np.quantile(runs.flops, q)) for q in (0.5, 0.65, 0.8)]
    scores = [
        float(np.mean([extrapolate(runs, law, above=budget, delta=delta).mean_error for budget in budgets]))
        for delta in deltas
    ]
    return deltas[int(np.argmin(scores))]


def _fitted(family: Family, runs: Runs, delta: float) -> Array:
    problem = family.problem(runs)
    theta, objective = minimise(problem, problem.starts(), np.ones(len(runs)), delta)
    best = int(objective.argmin())
    return problem.values(theta[best : best + 1])[0]


def _predicted(family: Family, values: Array, runs: Runs) -> Array:
    law = family.law(values)
    if isinstance(law, DataConstrained):
        return law.loss(runs.parameters, runs.tokens, runs.unique_tokens)
    return law.loss(runs.parameters, runs.tokens)
