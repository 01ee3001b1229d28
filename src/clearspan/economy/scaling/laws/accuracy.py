"""From loss to accuracy on tasks: the second of two steps."""

import math
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.laws.minimise import minimise
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, positive

_DELTA = 0.01
"""Difference in accuracy at which the Huber loss of a task fit turns linear."""


@dataclass(frozen=True, slots=True)
class ErrorOfLoss:
    """Average top-1 error: Err(L) = epsilon − k·exp(−gamma·L).

    Source: Gadre et al. 2024, arXiv 2403.08540, equation 5, for the average over 17 tasks; a single task is
    predicted far less well.

    Attributes:
        epsilon: error of a model that knows nothing, in [0, 1].
        k: how much error a loss of zero would take away; a pure number.
        gamma: per nat.
    """

    epsilon: float
    k: float
    gamma: float

    def __post_init__(self) -> None:
        for name in ("epsilon", "k", "gamma"):
            positive(f"The error law's {name}", getattr(self, name))

    def error(self, loss: float | Array) -> Array:
        """Average error in [0, 1]; clipped at 0, below which the law was not measured."""
        return np.maximum(self.epsilon - self.k * np.exp(-self.gamma * np.asarray(loss, np.float64)), 0.0)

    def accuracy(self, loss: float | Array) -> Array:
        """1 − error."""
        return 1 - self.error(loss)


@dataclass(frozen=True, slots=True)
class SigmoidOfLoss:
    """Accuracy on one task: Acc(L) = low + span / (1 + exp(k·(L − L_0))).

    Source: Bhagia et al. 2024, arXiv 2412.04403, section 3, with the task's own loss as L.

    Attributes:
        low: accuracy of guessing, in [0, 1].
        span: what a perfect model adds to it, in (0, 1].
        k: steepness, per nat.
        L_0: loss at which half of the span is reached, nats.
    """

    low: float
    span: float
    k: float
    L_0: float

    def __post_init__(self) -> None:
        for name in ("span", "k", "L_0"):
            positive(f"The accuracy law's {name}", getattr(self, name))
        if not 0 <= self.low <= self.low + self.span <= 1 + 1e-9:
            raise BadInput(
                f"An accuracy between {self.low:g} and {self.low + self.span:g} is not possible.",
                do="Choose low and low + span between 0 and 1.",
            )

    def accuracy(self, loss: float | Array) -> Array:
        """Accuracy in [low, low + span]."""
        return self.low + self.span * self._logistic(loss)

    def _logistic(self, loss: float | Array) -> Array:
        return 0.5 * (1 - np.tanh(0.5 * self.k * (np.asarray(loss, np.float64) - self.L_0)))


@dataclass(frozen=True, slots=True)
class TaskFit:
    """Accuracy on a task, fitted to models of known loss and accuracy.

    Attributes:
        name: of the task.
        law: the sigmoid.
        draws: sigmoids of resampled models.
        models: how many were fitted.
        error: mean absolute error on them.
    """

    name: str
    law: SigmoidOfLoss
    draws: tuple[SigmoidOfLoss, ...]
    models: int
    error: float


def fit_accuracy(name: str, loss: Array, accuracy: Array, resamples: int = 200, seed: int = 0) -> TaskFit:
    """Fit the second step, from loss to accuracy, and resample it.

    Raises:
        BadInput: fewer than six models, or accuracies above 1.
    """
    if len(loss) < 6:
        raise BadInput(f"{len(loss)} models are too few to fit accuracy to loss.", do="Give at least six.")
    problem = AccuracyProblem(loss, accuracy)
    theta, objective = minimise(problem, problem.starts(), np.ones(len(loss)), _DELTA)
    best = theta[int(objective.argmin())][None]
    weights = np.random.default_rng(seed).multinomial(len(loss), np.full(len(loss), 1 / len(loss)), resamples)
    drawn, _ = minimise(problem, np.repeat(best, resamples, 0), weights.astype(np.float64), _DELTA)
    laws = [SigmoidOfLoss(*(float(v) for v in row)) for row in problem.values(np.concatenate([best, drawn]))]
    error = float(np.abs(laws[0].accuracy(loss) - accuracy).mean())
    return TaskFit(name, laws[0], tuple(laws[1:]), len(loss), error)


class AccuracyProblem:
    """Accuracy on one task in the unknowns (low, ln span, ln k, L_0)."""

    names = ("low", "span", "k", "L_0")

    def __init__(self, loss: Array, accuracy: Array) -> None:
        if np.any(accuracy > 1):
            raise BadInput(
                f"An accuracy of {float(accuracy.max()):g} is more than 1.",
                do="Give shares, not percentages.",
            )
        self._loss = loss
        self.target: Array = accuracy
        self.lower = np.array([0.0, math.log(0.01), math.log(0.05), 0.01])
        self.upper = np.array([0.99, 0.0, math.log(50.0), 20.0])

    def predict(self, theta: Array) -> tuple[Array, Array]:
        """Accuracy (starts, n) and its derivatives (starts, n, 4) at unknowns (starts, 4)."""
        low, span, steep = theta[:, :1], np.exp(theta[:, 1:2]), np.exp(theta[:, 2:3])
        distance = self._loss - theta[:, 3:4]
        reached = 0.5 * (1 - np.tanh(0.5 * steep * distance))
        slope = span * reached * (1 - reached) * steep
        jacobian = np.stack(
            [np.ones_like(reached), span * reached, -slope * distance, np.broadcast_to(slope, reached.shape)],
            -1,
        )
        return low + span * reached, jacobian

    def starts(self) -> Array:
        middle, lowest = float(np.median(self._loss)), float(self.target.min())
        spans = [max(0.02, min(0.99 - lowest, x)) for x in (0.2, 0.5, 0.8)]
        grid = [
            (lowest, math.log(span), math.log(k), at)
            for span in spans
            for k in (1.0, 3.0, 8.0)
            for at in (0.8 * middle, middle)
        ]
        return np.array(grid)

    def values(self, theta: Array) -> Array:
        """(low, span, k, L_0) for unknowns (starts, 4); the span ends at an accuracy of 1."""
        span = np.minimum(np.exp(theta[:, 1]), 1 - theta[:, 0])
        return np.stack([theta[:, 0], span, np.exp(theta[:, 2]), theta[:, 3]], 1)
