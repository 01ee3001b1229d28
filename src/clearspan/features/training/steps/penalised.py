"""Architectures that pay for what is active: JumpReLU and Gated, differentiated by PyTorch.

The weight of the penalty decides how many features are active, and nobody knows it beforehand. Unless it is given, it
is raised while more than k are active and lowered while fewer are.
"""

import math
from abc import abstractmethod

import torch

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.parallel import Processes
from clearspan.features.training.steps.step import Objective, StepMetrics, Tensors

_PACE = 0.02
"""Largest change of the logarithm of the penalty's weight in one step."""


class PenalisedObjective(Objective):
    """A reconstruction, and a penalty on what is active.

    Attributes:
        state: `weight`, of the penalty; part of a checkpoint.
    """

    def __init__(self, config: TrainingConfig, parameters: Tensors, processes: Processes) -> None:
        super().__init__(config, parameters)
        self._processes = processes
        device = parameters["encoder"].device
        self.state["weight"] = torch.tensor([config.sparsity or 1.0], dtype=torch.float64, device=device)

    @abstractmethod
    def losses(
        self, batch: torch.Tensor, parameters: Tensors
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of a batch, each summed over it.

        Returns:
            What is left of the batch, shape `(n, width)`; losses beside its square; the penalty; activations, shape
            `(n, features)`.
        """

    def updated(self) -> None:
        """See `Objective.updated`: nothing is kept of the parameters."""

    def step(self, batch: torch.Tensor, dead: torch.Tensor) -> StepMetrics:
        """See `Objective.step`; the penalty leaves no feature dead that it could use, so that none is revived."""
        del dead
        total = int(self._processes.sum(torch.tensor(len(batch))))
        leaves = {name: tensor.detach().requires_grad_() for name, tensor in self.parameters.items()}
        errors, beside, penalty, active = self.losses(batch, leaves)
        squares = errors.square().sum()
        loss = (squares + beside + float(self.state["weight"]) * penalty) / total
        found = torch.autograd.grad(loss, list(leaves.values()))
        for gradient, slope in zip(self.gradients.values(), found, strict=True):
            gradient.copy_(slope)
            self._processes.sum(gradient)
        fired = self._processes.sum((active > 0).sum(0))
        error = float(self._processes.sum(squares.detach().double())) / total
        chosen = active.detach()[active > 0]
        lowest = float(chosen.min()) if chosen.numel() else 0.0
        metrics = StepMetrics(error, float(fired.sum()) / total, fired, self._processes.least(lowest))
        if not self.config.sparsity:
            self._steer(metrics.active)
        return metrics

    def _steer(self, active: float) -> None:
        excess = math.log(max(active, 1e-3) / self.config.k)
        self.state["weight"] *= math.exp(max(-_PACE, min(_PACE, 0.1 * excess)))
