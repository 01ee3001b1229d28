"""From loss to accuracy on a task: the second of two steps, fitted to models of known loss and accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.fits.posterior import posterior
from clearspan.economy.scaling.laws.accuracy import AccuracyProblem, SigmoidOfLoss
from clearspan.economy.scaling.laws.minimise import minimise
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, short

_FEWEST = 6

_DELTA = 0.01
"""Difference in accuracy at which the Huber loss of a task fit turns linear."""

_FINEST = 1e-3
"""How finely an accuracy is known at best: a thousand questions more or less are what a task has."""


COVERAGE = (
    "In simulations such a 95 % interval held the accuracy of a further, larger model 93 to 97 times in 100."
)
"""Measured by `accuracy` in `benchmarks/planner.py`."""


@dataclass(frozen=True, slots=True)
class TaskFit:
    """Accuracy on a task, fitted to models of known loss and accuracy.

    Attributes:
        name: of the task.
        law: the sigmoid.
        draws: sigmoids that the models leave open.
        scatter: of each draw, the standard deviation of a model's accuracy about it.
        models: how many were fitted.
        error: mean absolute error on them.
        ideal: the lowest loss, at which full accuracy was taken for granted; None if it was not.
    """

    name: str
    law: SigmoidOfLoss
    draws: tuple[SigmoidOfLoss, ...]
    scatter: tuple[float, ...]
    models: int
    error: float
    ideal: float | None = None

    def accuracies(self, losses: Sequence[float], seed: int = 0) -> Array:
        """Accuracies that one further model may have, one for each loss that it may have, (losses,).

        The sigmoids were drawn from the accuracies given the losses, and the losses from runs whose accuracy
        nobody looked at; so the two are independent even where the same models gave both, and pairing them is
        drawing from both steps jointly. The model's own scatter about the curve is added, cut at 0 and 1.
        """
        generator = np.random.default_rng(seed)
        chosen = generator.permutation(len(losses)) % len(self.draws)
        curve = [float(self.draws[int(i)].accuracy(loss)) for i, loss in zip(chosen, losses, strict=True)]
        scatter = np.array(self.scatter)[chosen] * generator.standard_normal(len(losses))
        return np.clip(np.array(curve) + scatter, 0.0, 1.0)


def fit_accuracy(
    name: str,
    loss: Array,
    accuracy: Array,
    draws: int = 1000,
    seed: int = 0,
    ideal: float | None = None,
) -> TaskFit:
    """Fit the second step, from loss to accuracy, under the constraint that nothing passes full accuracy.

    Args:
        name: of the task.
        loss: of n models, nats, (n,).
        accuracy: of the same models, in [0, 1], (n,).
        draws: sigmoids that are drawn from what the models leave open.
        seed: of the drawing.
        ideal: the lowest loss there is; full accuracy is taken for granted there, as one more model. Zero is
            right for a task's own loss, and wrong for a task whose labels are in doubt.

    Raises:
        BadInput: fewer than six models, accuracies above 1, or an ideal loss above those of the models.
    """
    if len(loss) < _FEWEST:
        raise BadInput(f"{len(loss)} models are too few to fit accuracy to loss.", do="Give at least six.")
    if ideal is not None and not 0 <= ideal < float(loss.min()):
        raise BadInput(
            f"The lowest loss there is cannot be {short(ideal, 6)}: a model has {short(float(loss.min()), 6)}.",
            do="Give a loss of zero or more, below that of every model.",
        )
    at = loss if ideal is None else np.append(loss, ideal)
    problem = AccuracyProblem(at, accuracy if ideal is None else np.append(accuracy, 1.0))
    theta, objective = minimise(problem, problem.starts(), np.ones(len(at)), _DELTA)
    best = theta[int(objective.argmin())]
    drawn = posterior(problem, theta, draws, _FINEST, seed)
    rows = problem.values(np.concatenate([best[None], drawn.theta]))
    laws = [SigmoidOfLoss(*(float(v) for v in row)) for row in rows]
    error = float(np.abs(laws[0].accuracy(loss) - accuracy).mean())
    scatter = tuple(float(s) for s in drawn.scatter)
    return TaskFit(name, laws[0], tuple(laws[1:]), scatter, len(loss), error, ideal)
