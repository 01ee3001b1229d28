"""Architectures that keep the largest activations: BatchTopK, TopK and Matryoshka differ in a `Selection` alone."""

from typing import Protocol

import torch

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.parallel import Processes
from clearspan.features.training.steps.dense import Passed
from clearspan.features.training.steps.revival import revive
from clearspan.features.training.steps.step import Objective, StepMetrics, Tensors


class DictionaryPass(Protocol):
    """Forward and backward through a dictionary, dense or sparse."""

    def updated(self, parameters: Tensors) -> None:
        """Take note that the parameters were changed in place."""
        ...

    def run(self, batch: torch.Tensor, total: int, gradients: Tensors) -> Passed:
        """See `dense.DensePass.run`."""
        ...


class LargestObjective(Objective):
    """The squared error of what is kept, and the revival of the dead.

    Args:
        forward: what computes the gradients.
    """

    def __init__(
        self, config: TrainingConfig, parameters: Tensors, forward: DictionaryPass, processes: Processes
    ) -> None:
        super().__init__(config, parameters)
        self._forward = forward
        self._processes = processes
        self.updated()

    def updated(self) -> None:
        """See `Objective.updated`."""
        self._forward.updated(self.parameters)

    def step(self, batch: torch.Tensor, dead: torch.Tensor) -> StepMetrics:
        """See `Objective.step`."""
        total = int(self._processes.sum(torch.tensor(len(batch))))
        passed = self._forward.run(batch, total, self.gradients)
        revival = self._revive(batch, passed.errors, dead, total) if self.config.revival else 0.0
        for tensor in self.gradients.values():
            self._processes.sum(tensor)
        fired = self._processes.sum(passed.fired)
        sums = self._processes.sum(
            torch.tensor([float(passed.errors.square().sum()), revival], dtype=torch.float64)
        )
        return StepMetrics(
            float(sums[0]) / total,
            float(fired.sum()) / total,
            fired,
            self._processes.least(passed.lowest),
            float(sums[1]) / total,
        )

    def _revive(self, batch: torch.Tensor, errors: torch.Tensor, dead: torch.Tensor, total: int) -> float:
        """Add the gradients of the dead features' loss, and return it, summed over this process's share."""
        rows = dead.nonzero().flatten()
        if not len(rows):
            return 0.0
        most = self.config.revived
        weights = self.parameters
        found = revive(
            batch.bfloat16(),
            errors.bfloat16(),
            weights["encoder"][rows].bfloat16(),
            weights["encoder_bias"][rows].bfloat16(),
            weights["decoder"][rows].bfloat16(),
            most,
        )
        # Few dead features must not be pulled as hard as many: each would be pulled at every position.
        weight = self.config.revival * min(1.0, len(rows) / most) / total
        for name, gradient in (
            ("encoder", found.encoder),
            ("encoder_bias", found.encoder_bias),
            ("decoder", found.decoder),
        ):
            self.gradients[name].index_add_(0, rows, gradient.float(), alpha=weight)
        return found.loss
