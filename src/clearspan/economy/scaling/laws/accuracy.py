"""From loss to accuracy on tasks: the second of two steps."""

import math
from dataclasses import dataclass

import numpy as np

from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, positive, short


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
                f"An accuracy between {short(self.low, 6)} and {short(self.low + self.span, 6)} is not possible.",
                do="Choose low and low + span between 0 and 1.",
            )

    def accuracy(self, loss: float | Array) -> Array:
        """Accuracy in [low, low + span]."""
        return self.low + self.span * self._logistic(loss)

    def _logistic(self, loss: float | Array) -> Array:
        return 0.5 * (1 - np.tanh(0.5 * self.k * (np.asarray(loss, np.float64) - self.L_0)))


class AccuracyProblem:
    """Accuracy on one task in the unknowns (low, reach³, ln k, L_0), where span = reach·(1 − low).

    Reach is the share of the way from guessing to full accuracy at which the sigmoid levels off. It ends at 1, so no
    curve that is tried passes full accuracy, and the curve that fits is one that may be returned. It is cubed because
    what models leave open is drawn evenly from the unknowns, and a task that is learned nearly wholly is likelier
    than one that stays at the level of guessing.
    """

    names = ("low", "span", "k", "L_0")

    def __init__(self, loss: Array, accuracy: Array) -> None:
        if np.any(accuracy > 1):
            raise BadInput(
                f"An accuracy of {short(float(accuracy.max()), 6)} is more than 1.",
                do="Give shares, not percentages.",
            )
        self._loss = loss
        self.target: Array = accuracy
        self.lower = np.array([0.0, 1e-6, math.log(0.05), 0.01])
        self.upper = np.array([0.99, 1.0, math.log(50.0), 20.0])

    def predict(self, theta: Array) -> tuple[Array, Array]:
        """Accuracy (starts, n) and its derivatives (starts, n, 4) at unknowns (starts, 4)."""
        low, reach, steep = theta[:, :1], np.cbrt(theta[:, 1:2]), np.exp(theta[:, 2:3])
        distance = self._loss - theta[:, 3:4]
        reached = 0.5 * (1 - np.tanh(0.5 * steep * distance))
        span = reach * (1 - low)
        slope = span * reached * (1 - reached) * steep
        by_cube = (1 - low) * reached / (3 * reach**2)
        jacobian = np.stack([1 - reach * reached, by_cube, -slope * distance, slope], -1)
        return low + span * reached, jacobian

    def starts(self) -> Array:
        middle, lowest = float(np.median(self._loss)), min(0.98, float(self.target.min()))
        grid = [
            (lowest, reach**3, math.log(k), at)
            for reach in (0.3, 0.6, 0.95)
            for k in (1.0, 3.0, 8.0)
            for at in (0.8 * middle, middle)
        ]
        return np.array(grid)

    def values(self, theta: Array) -> Array:
        """(low, span, k, L_0) for unknowns (starts, 4)."""
        span = np.cbrt(theta[:, 1]) * (1 - theta[:, 0])
        return np.stack([theta[:, 0], span, np.exp(theta[:, 2]), theta[:, 3]], 1)
