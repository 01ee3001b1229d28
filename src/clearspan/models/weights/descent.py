"""Training weights by gradient descent: steps that go on from the last checkpoint to the same weights."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from clearspan.models.weights.checkpoint import Checkpoint

_Batch = TypeVar("_Batch")

_LONGEST_GRADIENT = 1.0
"""Norm to which the gradient of a step is cut."""


@dataclass(frozen=True, slots=True)
class DescentProgress:
    """Where a training stands: after `step` of `steps`; `seconds` and `done` are those of this run."""

    step: int
    steps: int
    loss: float
    seconds: float
    done: int

    @property
    def seconds_left(self) -> float:
        """What the remaining steps will take at this run's pace."""
        return self.seconds / self.done * (self.steps - self.step)


@dataclass(frozen=True, slots=True)
class Descent:
    """How weights are moved, and where the state of it is kept.

    Attributes:
        trained: the weights that are moved, by name.
        optimizer: Adam or AdamW of them, which has not made a step.
        rate: learning rate of a step, from its number.
        fingerprint: of the recipe and the data; another training does not go on from this one's checkpoints.
        folder: of its checkpoints.
        per_checkpoint: steps from one to the next.
    """

    trained: Mapping[str, nn.Parameter]
    optimizer: torch.optim.Adam
    rate: Callable[[int], float]
    fingerprint: dict[str, object]
    folder: Path
    per_checkpoint: int

    def run(
        self,
        batches: Iterable[_Batch],
        steps: int,
        gradient: Callable[[int, _Batch], float],
        progress: Callable[[DescentProgress], None],
    ) -> None:
        """Make all steps that are not made yet.

        Args:
            batches: of all steps, the same ones each time, those that are made among them.
            gradient: adds the gradient of a step's loss to the weights, and gives the loss.
            progress: told after each step.

        Raises:
            BadInput: the folder holds another training.
            StorageError: a checkpoint could not be written.
        """
        moments = _moments(self.optimizer, self.trained)
        done = self._restored(moments)
        weights = list(self.trained.values())
        began = time.monotonic()
        for step, batch in enumerate(batches):
            if step < done:
                continue
            for group in self.optimizer.param_groups:
                group["lr"] = self.rate(step)
            loss = gradient(step, batch)
            nn.utils.clip_grad_norm_(weights, _LONGEST_GRADIENT)
            self.optimizer.step()  # pyright: ignore[reportUnknownMemberType]
            self.optimizer.zero_grad()
            progress(DescentProgress(step + 1, steps, loss, time.monotonic() - began, step + 1 - done))
            if (step + 1) % self.per_checkpoint == 0 or step + 1 == steps:
                state = {"parameters": {n: one.data for n, one in self.trained.items()}, "moments": moments}
                Checkpoint.of(self.fingerprint, step + 1, state).write(self.folder)

    def _restored(self, moments: dict[str, Tensor]) -> int:
        """Steps that were made before; weights and moments are then as they were after them."""
        kept = Checkpoint.read(self.folder, self.fingerprint)
        if kept is None:
            return 0
        kept.restore("parameters", {name: one.data for name, one in self.trained.items()})
        kept.restore("moments", moments)
        for one in self.trained.values():
            self.optimizer.state[one]["step"].fill_(kept.step)
        return kept.step


def _moments(optimizer: torch.optim.Adam, trained: Mapping[str, nn.Parameter]) -> dict[str, Tensor]:
    """The optimizer's moments by name, made before the first step so that a checkpoint can fill them."""
    found: dict[str, Tensor] = {}
    for name, one in trained.items():
        state = optimizer.state[one]
        state["step"] = torch.tensor(0.0)
        state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(one), torch.zeros_like(one)
        found[f"{name}.first"], found[f"{name}.second"] = state["exp_avg"], state["exp_avg_sq"]
    return found
