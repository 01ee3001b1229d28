"""Many Huber regressions at once: damped Newton steps on a batch of starts or of resampled data sets."""

from typing import Protocol

import numpy as np

from clearspan.measure.estimate import Array

HUBER_DELTA = 1e-3
"""Residual in log loss at which the Huber loss turns linear (Hoffmann et al. 2022, section 3.3)."""


class Problem(Protocol):
    """A regression in unknowns that are nearly independent of each other.

    Attributes:
        names: the law's constants, in the order of `values`.
        target: what is predicted, (n,).
        lower: lower bounds of the unknowns.
        upper: upper bounds of the unknowns.
    """

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def target(self) -> Array: ...
    @property
    def lower(self) -> Array: ...
    @property
    def upper(self) -> Array: ...

    def predict(self, theta: Array) -> tuple[Array, Array]:
        """Predictions (batch, n) and their derivatives (batch, n, unknowns)."""
        ...

    def starts(self) -> Array:
        """Where the search begins, (starts, unknowns)."""
        ...

    def values(self, theta: Array) -> Array:
        """The law's constants, (batch, constants)."""
        ...


def huber(residuals: Array, delta: float) -> Array:
    """½·r² up to `delta` and delta·(|r| − ½·delta) beyond, for each residual."""
    size = np.abs(residuals)
    return np.where(size <= delta, 0.5 * residuals**2, delta * (size - 0.5 * delta))


def minimise(problem: Problem, theta: Array, weights: Array, delta: float) -> tuple[Array, Array]:
    """Minimise Σ weight·huber(prediction − target) from every start, all starts in one batch.

    Levenberg's damped steps with Huber's reweighting first, which cannot diverge; then the same with the
    true curvature, in which residuals beyond `delta` count little, which converges in a few steps.

    Args:
        problem: what is fitted.
        theta: starts, (batch, unknowns).
        weights: weight of each run, (batch, n) or (n,); multiplicities when resampling.
        delta: where the Huber loss turns linear.

    Returns:
        Unknowns (batch, unknowns) and objectives (batch,).
    """
    weights = np.broadcast_to(weights, (len(theta), len(problem.target)))
    theta, _ = _descend(problem, theta, weights, delta, steps=40, outside=1.0)
    return _descend(problem, theta, weights, delta, steps=60, outside=0.2)


def _descend(
    problem: Problem, start: Array, weights: Array, delta: float, steps: int, outside: float
) -> tuple[Array, Array]:
    theta: Array = np.clip(start, problem.lower, problem.upper)
    damping = np.full(len(theta), 1e-2)
    identity = np.eye(theta.shape[1])
    prediction, jacobian = problem.predict(theta)
    residuals = prediction - problem.target
    objective: Array = (weights * huber(residuals, delta)).sum(1)
    for _ in range(steps):
        size = np.maximum(np.abs(residuals), 1e-300)
        curvature = weights * np.where(size <= delta, 1.0, outside * delta / size)
        transposed = jacobian.transpose(0, 2, 1)
        hessian: Array = transposed @ (jacobian * curvature[..., None])
        slope: Array = transposed @ (weights * np.clip(residuals, -delta, delta))[..., None]
        scale: Array = np.einsum("sii->si", hessian) * damping[:, None] + 1e-14
        move = np.linalg.solve(hessian + scale[:, :, None] * identity, -slope)[..., 0].astype(np.float64)
        moved: Array = np.clip(theta + move, problem.lower, problem.upper)
        new_prediction, new_jacobian = problem.predict(moved)
        new_residuals = new_prediction - problem.target
        new_objective: Array = (weights * huber(new_residuals, delta)).sum(1)
        better = new_objective < objective
        theta: Array = np.where(better[:, None], moved, theta)
        residuals = np.where(better[:, None], new_residuals, residuals)
        jacobian = np.where(better[:, None, None], new_jacobian, jacobian)
        gain = np.where(better, (objective - new_objective) / np.maximum(objective, 1e-300), 0.0)
        objective = np.where(better, new_objective, objective)
        damping = np.clip(np.where(better, damping / 4, damping * 5), 1e-9, 1e9)
        if np.all((gain < 1e-12) & (~better | (gain > 0)) & (damping > 1e6)):
            break
    return theta, objective
