"""What runs leave open of a law, where they are too few for resampling: draws from its posterior."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.economy.scaling.laws.minimise import Problem
from clearspan.measure.estimate import Array

_WALKERS = 100
_SETTLE = 600
_APART = 15
"""Steps between two draws of a walker, so that they hardly remember each other."""

_STRETCH = 2.0
"""Longest step of a walker, as a multiple of its distance to another (Goodman and Weare 2010)."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws of a regression's unknowns, each with the scatter about it.

    Attributes:
        theta: unknowns, (draws, unknowns).
        scatter: standard deviation of a run about the prediction, (draws,).
    """

    theta: Array
    scatter: Array


def posterior(problem: Problem, minima: Array, draws: int, least: float, seed: int = 0) -> Posterior:
    """Draws of the unknowns and the scatter that are consistent with the target.

    Residuals are taken as normal with an unknown scatter s, whose prior is 1/s and which is integrated out:
    p(θ) ∝ (Σr² + n·least²)^(−n/2), flat in the unknowns between their bounds. Few runs thereby give the wide
    tails of Student's t, and a bound is a wall, not a place where draws pile up. The draws come from an ensemble
    of walkers that step along the lines between each other, so that unknowns which trade against each other
    cost no more steps than others.

    Source: Goodman and Weare 2010, "Ensemble samplers with affine invariance", section 2.

    Args:
        problem: the regression.
        minima: unknowns of its minima, from which the walkers set out, (minima, unknowns).
        draws: how many are wanted.
        least: how finely the target is known at best, in its unit; keeps the scatter of a perfect fit above zero.
        seed: of the walk.
    """
    generator = np.random.default_rng(seed)
    walkers = _around(problem, minima, least, generator)
    height = _log_density(problem, walkers, least)
    rounds = -(-draws // _WALKERS)
    kept: list[Array] = []
    for step in range(_SETTLE + rounds * _APART):
        for half in (slice(0, _WALKERS // 2), slice(_WALKERS // 2, _WALKERS)):
            _move(problem, walkers, height, half, least, generator)
        if step >= _SETTLE and (step - _SETTLE) % _APART == _APART - 1:
            kept.append(walkers.copy())
    theta = np.concatenate(kept)
    theta = theta[generator.permutation(len(theta))[:draws]]
    squares = _squares(problem, theta, least)
    return Posterior(theta, np.sqrt(squares / generator.chisquare(len(problem.target), len(theta))))


def _move(
    problem: Problem,
    walkers: Array,
    height: Array,
    half: slice,
    least: float,
    generator: np.random.Generator,
) -> None:
    """One stretch of half of the walkers, each towards or away from one of the other half; in place."""
    moving = walkers[half]
    others = np.delete(walkers, np.arange(_WALKERS)[half], axis=0)
    count, unknowns = len(moving), moving.shape[1]
    stretch: Array = ((_STRETCH - 1) * generator.uniform(size=count) + 1) ** 2 / _STRETCH
    anchor = others[generator.integers(0, len(others), count)]
    tried: Array = anchor + stretch[:, None] * (moving - anchor)
    tried_height = _log_density(problem, tried, least)
    gain = (unknowns - 1) * np.log(stretch) + tried_height - height[half]
    chance: Array = np.asarray(generator.uniform(size=count), np.float64)
    taken = np.log(chance) < gain
    walkers[half] = np.where(taken[:, None], tried, moving)
    height[half] = np.where(taken, tried_height, height[half])


def _around(problem: Problem, minima: Array, least: float, generator: np.random.Generator) -> Array:
    """Walkers scattered about the minima as the curvature at the lowest allows, all within the bounds."""
    squares = _squares(problem, minima, least)
    best = minima[int(squares.argmin())]
    _, jacobian = problem.predict(best[None])
    width = problem.upper - problem.lower
    variance = squares.min() / len(problem.target)
    curvature: Array = jacobian[0].T @ jacobian[0] / variance + np.diag((10 / width) ** 2)
    spread = generator.multivariate_normal(np.zeros(len(best)), np.linalg.inv(curvature), _WALKERS)
    margin = 1e-3 * width * generator.uniform(size=spread.shape)
    walkers: Array = np.clip(
        np.resize(minima, spread.shape) + spread, problem.lower + margin, problem.upper - margin
    )
    return walkers


def _squares(problem: Problem, theta: Array, least: float) -> Array:
    residuals = problem.predict(theta)[0] - problem.target
    return (residuals**2).sum(1) + len(problem.target) * least**2


def _log_density(problem: Problem, theta: Array, least: float) -> Array:
    inside: NDArray[np.bool_] = np.all((theta >= problem.lower) & (theta <= problem.upper), axis=1)
    held = np.clip(theta, problem.lower, problem.upper)
    density = -0.5 * len(problem.target) * np.log(_squares(problem, held, least))
    return np.where(inside, density, -np.inf)
