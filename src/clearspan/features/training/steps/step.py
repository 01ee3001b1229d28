"""What every architecture offers to the training loop: parameters, and the gradients of its loss on a batch.

All of it is on the normalised scale (see `scale`). The loss is the squared error summed over the coordinates and
averaged over the batch, and what an architecture adds to it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch

from clearspan.features.training.config import TrainingConfig

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class StepMetrics:
    """What one step found in its whole batch.

    Attributes:
        error: squared error of an activation, summed over its coordinates and averaged over the batch.
        active: features active at a position, on average.
        fired: shape `(features,)`, int64: at how many positions each was active.
        lowest: smallest positive activation; 0 where nothing was active.
        revival: the loss of the dead features, before its weight.
    """

    error: float
    active: float
    fired: torch.Tensor
    lowest: float
    revival: float = 0.0


class Objective(ABC):
    """One architecture in training.

    Attributes:
        parameters: float32, at least `encoder` and `decoder` of shape `(features, width)`, whose row i is feature i,
            `encoder_bias` of shape `(features,)` and `decoder_bias` of shape `(width,)`.
        gradients: of the same names and shapes; a step overwrites them.
        state: what else a checkpoint must hold; a step changes it in place.
    """

    def __init__(self, config: TrainingConfig, parameters: Tensors) -> None:
        self.config = config
        self.parameters = parameters
        self.gradients = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}
        self.state: Tensors = {}

    @abstractmethod
    def step(self, batch: torch.Tensor, dead: torch.Tensor) -> StepMetrics:
        """Compute the gradients of the loss.

        Args:
            batch: this process's share of the batch, shape `(n, width)`, float32, normalised.
            dead: shape `(features,)`, bool: features to revive.
        """

    @abstractmethod
    def updated(self) -> None:
        """Take note that the parameters were changed in place."""
