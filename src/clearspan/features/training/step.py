"""What every architecture offers to the training loop: parameters, and the gradients of its loss on a batch.

All of it is on the normalised scale (see `scale`). The loss is the squared error summed over the coordinates and
averaged over the batch, and what an architecture adds to it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch.nn import functional

from clearspan.features.training.config import TrainingConfig

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Figures:
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
    def step(self, batch: torch.Tensor, dead: torch.Tensor) -> Figures:
        """Compute the gradients of the loss.

        Args:
            batch: this process's share of the batch, shape `(n, width)`, float32, normalised.
            dead: shape `(features,)`, bool: features to revive.
        """

    @abstractmethod
    def updated(self) -> None:
        """Take note that the parameters were changed in place."""


_FIRST_ENCODER = 0.2
"""Length of the encoder's rows to begin with. At 1, the sum of k random rows overshoots, and hundreds of steps go into
taking it back: at a learning rate of 0.004, unexplained variance 0.23 after 296,000 tokens, 0.19 with 0.1 or 0.3."""


def first_parameters(config: TrainingConfig, width: int, device: torch.device) -> Tensors:
    """Parameters to begin with: random decoder rows of norm 1, the encoder their transpose, shorter.

    Rows start in all directions alike; drawn on the processor, so that a seed means the same on every device.
    """
    generator = torch.Generator().manual_seed(config.seed)
    drawn = torch.randn(config.features, width, generator=generator)
    decoder = functional.normalize(drawn, dim=1)
    return {
        "encoder": (_FIRST_ENCODER * decoder).to(device),
        "encoder_bias": torch.zeros(config.features, device=device),
        "decoder": decoder.to(device),
        "decoder_bias": torch.zeros(width, device=device),
    }
