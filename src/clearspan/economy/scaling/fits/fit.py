"""Fit a law to training runs: the best of many starts, resampled for intervals."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.fits.posterior import posterior
from clearspan.economy.scaling.laws.chinchilla import Chinchilla, ChinchillaProblem
from clearspan.economy.scaling.laws.gadre import Gadre, GadreProblem
from clearspan.economy.scaling.laws.kaplan import Kaplan, KaplanProblem
from clearspan.economy.scaling.laws.law import LossLaw
from clearspan.economy.scaling.laws.minimise import HUBER_DELTA, Problem, minimise
from clearspan.economy.scaling.laws.muennighoff import DataConstrained, DataConstrainedProblem
from clearspan.economy.scaling.laws.presets import MUENNIGHOFF_BASE
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, Estimate, estimate

RESAMPLES = 500

_FINEST = 1e-4
"""How finely ln(loss) is known at best; four digits are what is written down of a loss."""

_RANGE = (1e15, 1e30)
"""Compute, FLOP, over which a drawn law must give advice to count as one."""

_THINNEST = 0.02
"""Spread across the main direction of ln N and ln D, over that along it, below which a fit is refused."""


@dataclass(frozen=True, slots=True)
class Family:
    """A law that can be fitted.

    Attributes:
        name: as the command line names it.
        problem: the regression for some runs.
        law: the law with given constants, in the order of the problem's names.
        constants: that the runs must fix.
        needs: further columns the runs must have.
    """

    name: str
    problem: Callable[[Runs], Problem]
    law: Callable[[Array], LossLaw | DataConstrained]
    constants: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def fewest(self) -> int:
        """Runs below which it is refused: one for each constant, and one that can show it wrong."""
        return len(self.constants) + 1


@dataclass(frozen=True, slots=True)
class Minimum:
    """A local minimum of the objective: its height and the law's constants there."""

    objective: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A law fitted to runs.

    Attributes:
        family: the law's name.
        names: the law's constants.
        values: their estimates, (constants,).
        objective: sum over runs of the Huber loss of ln(predicted) − ln(measured), at `delta`.
        delta: where the Huber loss turns linear.
        runs: what was fitted.
        residuals: ln(predicted / measured) of each run, (n,).
        draws: estimates from resampled runs, or from the posterior of the fewest runs, (draws, constants).
        drawn_by: how they were drawn, in words.
        minima: the local minima that the starts led to, lowest first; more than one means that the data
            do not choose between them.
    """

    family: str
    names: tuple[str, ...]
    values: Array
    objective: float
    delta: float
    runs: Runs
    residuals: Array
    draws: Array
    drawn_by: str
    minima: tuple[Minimum, ...]

    @property
    def law(self) -> LossLaw | DataConstrained:
        return FAMILIES[self.family].law(self.values)

    @property
    def laws_drawn(self) -> list[LossLaw | DataConstrained]:
        """The law of each resample; resamples that fix no law are left out."""
        make = FAMILIES[self.family].law
        laws: list[LossLaw | DataConstrained] = []
        for values in self.draws:
            try:
                law = make(values)
                if isinstance(law, DataConstrained) or all(math.isfinite(law.optimal(c)[1]) for c in _RANGE):
                    laws.append(law)
            except (BadInput, OverflowError, ZeroDivisionError):
                continue
        return laws

    @property
    def scatter(self) -> float:
        """How far one run lies from the law: standard deviation of ln(loss), from the median of |residual|.

        The median is that of the runs; it grows by √(n/(n − constants)), as the law was fitted to them.
        """
        count = len(self.residuals)
        normal = 1.4826 * float(np.median(np.abs(self.residuals)))
        return normal * math.sqrt(count / (count - len(self.names)))

    @property
    def correlation(self) -> Array:
        """Correlations of the logarithms of the constants over the resamples, (constants, constants)."""
        return np.atleast_2d(np.corrcoef(np.log(np.maximum(self.draws, 1e-12)), rowvar=False))

    @property
    def covariance(self) -> Array:
        """Covariances of the constants over the resamples, (constants, constants)."""
        return np.atleast_2d(np.cov(self.draws, rowvar=False))

    def estimates(self) -> dict[str, Estimate]:
        """Each constant with its 95 % percentile interval."""
        return {
            name: estimate(float(self.values[i]), self.draws[:, i], how=self.drawn_by, unit="")
            for i, name in enumerate(self.names)
        }


def fit(
    runs: Runs,
    law: str = "chinchilla",
    *,
    delta: float = HUBER_DELTA,
    resamples: int = RESAMPLES,
    by: str = "run",
    seed: int = 0,
) -> Fit:
    """Fit a law and resample it.

    Args:
        runs: training runs, more than the law has constants.
        law: a name in `FAMILIES`.
        delta: where the Huber loss turns linear, in log loss.
        resamples: bootstrap data sets; 0 gives no intervals. Of the fewest runs that fix a law, draws from
            their posterior, as resampling understates what those leave open.
        by: resample single runs, or whole groups of runs ("group").
        seed: of the resampling.

    Raises:
        BadInput: too few runs or groups, or an unknown law.
    """
    family = family_named(law)
    if len(runs) < family.fewest:
        raise _too_few(runs, family)
    problem = family.problem(runs)
    _check_design(runs, family)
    theta, objective = minimise(problem, problem.starts(), np.ones(len(runs)), delta)
    best = int(objective.argmin())
    weights = resampling(runs, resamples, by, seed)
    draws, drawn_by = np.empty((0, len(problem.names))), f"{resamples} resamples by {by}"
    if resamples and by == "run" and len(runs) == family.fewest:
        draws = problem.values(posterior(problem, theta[best : best + 1], resamples, _FINEST, seed).theta)
        drawn_by = f"{resamples} draws from what {len(runs)} runs, too few to resample, leave open"
    elif resamples:
        repeated = np.repeat(theta[best : best + 1], resamples, axis=0)
        draws = problem.values(minimise(problem, repeated, weights, delta)[0])
    residuals = problem.predict(theta[best : best + 1])[0][0] - problem.target
    return Fit(
        family=law,
        names=problem.names,
        values=problem.values(theta[best : best + 1])[0],
        objective=float(objective[best]),
        delta=delta,
        runs=runs,
        residuals=residuals,
        draws=draws,
        drawn_by=drawn_by,
        minima=_minima(problem, theta, objective),
    )


def _too_few(runs: Runs, family: Family) -> BadInput:
    """The refusal of runs that do not fix a law; names the laws that are content with them."""
    count, constants = len(runs), family.constants
    content = [f.name for f in FAMILIES.values() if f.fewest <= count and not f.needs]
    other = f", or fit a law that needs no more than {count}: {', '.join(content)}" if content else ""
    return BadInput(
        f"{count} run{'s' if count > 1 else ''} cannot fix the {len(constants)} constants of '{family.name}'.",
        why=f"A run each fixes {', '.join(constants[:-1])} and {constants[-1]}; only one more can show the law wrong.",
        do=f"Give at least {family.fewest} runs{other}; a few dozen over a hundredfold range of compute do well.",
    )


def _check_design(runs: Runs, family: Family) -> None:
    """Raise BadInput where the runs do not vary in what the law is about."""
    if "unique_tokens" in family.needs:
        if np.all(runs.tokens <= runs.unique_tokens * (1 + 1e-6)):
            raise BadInput(
                "No run repeats its data, so nothing can be said about repetition.",
                do="Give runs whose tokens exceed their unique_tokens.",
            )
        return
    spread = np.log(np.stack([runs.parameters, runs.tokens], 1))
    for name, column in (("parameters", spread[:, 0]), ("tokens", spread[:, 1])):
        if float(np.ptp(column)) < 0.05:
            raise BadInput(
                f"All runs have the same {name}, so their effect cannot be told from the irreducible loss.",
                do=f"Give runs that differ in {name}, the more the better.",
            )
    along, across = np.linalg.svd(spread - spread.mean(0), compute_uv=False)
    if across < _THINNEST * along:
        raise BadInput(
            "All runs lie on one line of tokens against parameters, so size and data cannot be told apart.",
            why="Runs at one ratio of tokens to parameters fix the law along that ratio only.",
            do="Add runs at other ratios, a few times more and fewer tokens per parameter.",
        )


def family_named(law: str) -> Family:
    """The family of a name.

    Raises:
        BadInput: there is none.
    """
    if law not in FAMILIES:
        raise BadInput(f"There is no law '{law}' to fit.", do=f"Choose one of: {', '.join(FAMILIES)}.")
    return FAMILIES[law]


def resampling(runs: Runs, resamples: int, by: str, seed: int) -> Array:
    """How often each run occurs in each bootstrap data set, (resamples, n).

    Raises:
        BadInput: `by` is neither "run" nor "group", or there is only one group.
    """
    generator = np.random.default_rng(seed)
    if by == "run":
        return generator.multinomial(len(runs), np.full(len(runs), 1 / len(runs)), resamples).astype(
            np.float64
        )
    if by != "group":
        raise BadInput(f"There is no resampling by '{by}'.", do="Resample by 'run' or by 'group'.")
    names = sorted(set(runs.group))
    if len(names) < 2:
        raise BadInput("All runs are in one group, which cannot be resampled.", do="Resample by run.")
    member = np.array([names.index(group) for group in runs.group])
    counts = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), resamples)
    return counts[:, member].astype(np.float64)


def data_constrained_draws(
    runs: Runs, base: Chinchilla, *, resamples: int = RESAMPLES, largest: float = 1000.0, seed: int = 0
) -> Array:
    """(R_D, R_N) of resampled runs with the search opened far beyond the published range, (resamples, 2).

    Every resample starts from a grid, so that it may settle in another minimum than the published one: this
    is what shows how loosely the two are held.
    """
    problem = DataConstrainedProblem(runs, base, largest)
    weights = resampling(runs, resamples, "run", seed)
    best, lowest = np.zeros((resamples, 2)), np.full(resamples, np.inf)
    for start in np.log([(5.0, 5.0), (15.0, 5.0), (45.0, 2.3), (100.0, 1.7), (200.0, 1.4)]):
        theta, objective = minimise(problem, np.repeat(start[None], resamples, 0), weights, HUBER_DELTA)
        better = objective < lowest
        best = np.where(better[:, None], theta, best)
        lowest = np.where(better, objective, lowest)
    return problem.values(best)


def wide_minimum(runs: Runs, base: Chinchilla, largest: float = 1000.0) -> Minimum:
    """The lowest minimum of the data-constrained fit when the search is opened beyond the published range."""
    problem = DataConstrainedProblem(runs, base, largest)
    theta, objective = minimise(problem, problem.starts(), np.ones(len(runs)), HUBER_DELTA)
    best = int(objective.argmin())
    return Minimum(float(objective[best]), tuple(problem.values(theta[best : best + 1])[0].tolist()))


def _minima(problem: Problem, theta: Array, objective: Array) -> tuple[Minimum, ...]:
    found: list[Minimum] = []
    for i in np.argsort(objective):
        values = problem.values(theta[i : i + 1])[0]
        inside = np.all((theta[i] > problem.lower + 0.02) & (theta[i] < problem.upper - 0.02))
        known = any(np.allclose(np.log(values), np.log(m.values), atol=0.02) for m in found)
        if inside and not known and objective[i] < 1.05 * objective.min():
            found.append(Minimum(float(objective[i]), tuple(float(v) for v in values)))
    return tuple(found[:5])


def _chinchilla(values: Array) -> Chinchilla:
    return Chinchilla(*(float(v) for v in values))


def _kaplan(values: Array) -> Kaplan:
    return Kaplan(*(float(v) for v in values))


def _gadre(values: Array) -> Gadre:
    return Gadre(*(float(v) for v in values))


def _data_constrained(values: Array) -> DataConstrained:
    return DataConstrained(MUENNIGHOFF_BASE, float(values[0]), float(values[1]))


FAMILIES = {
    "chinchilla": Family("chinchilla", ChinchillaProblem, _chinchilla, ChinchillaProblem.names),
    "gadre": Family("gadre", GadreProblem, _gadre, GadreProblem.names),
    "kaplan": Family("kaplan", KaplanProblem, _kaplan, KaplanProblem.names),
    "muennighoff": Family(
        "muennighoff",
        lambda runs: DataConstrainedProblem(runs, MUENNIGHOFF_BASE),
        _data_constrained,
        DataConstrainedProblem.names,
        needs=("unique_tokens",),
    ),
}
