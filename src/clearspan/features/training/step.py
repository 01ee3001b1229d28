"""What every architecture offers to the training loop: parameters, and the gradients of its loss on a batch.

All of it is on the normalised scale (see `scale`). The loss is the squared error summed over the coordinates and
averaged over the batch, and what an architecture adds to it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from statistics import NormalDist

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


def first_threshold(config: TrainingConfig) -> float:
    """What k of the products with random rows of norm 1 exceed, on average.

    A coordinate's square averages 1, so that such products are standard normal, whatever the activations are.
    """
    return NormalDist().inv_cdf(1 - min(config.k / config.features, 0.5))


def first_length(config: TrainingConfig, width: int) -> float:
    """Length of the encoder's rows at which the first reconstruction errs least.

    With rows of norm 1 the k largest products z reconstruct x as (S / width) · x and noise of squared norm S, where
    S = Σ z² = k · (1 + t · φ(t) / p) for the share p of standard normal numbers above the threshold t. The best factor
    is 1 / (1 + S / width); at 1 the sum overshoots, and hundreds of steps go into taking it back.
    """
    share = min(config.k / config.features, 0.5)
    threshold = first_threshold(config)
    squares = share * config.features * (1 + threshold * NormalDist().pdf(threshold) / share)
    return 1 / (1 + squares / width)


def first_parameters(config: TrainingConfig, width: int, device: torch.device) -> Tensors:
    """Parameters to begin with: random decoder rows of norm 1, the encoder their transpose at its `first_length`.

    Rows start in all directions alike; drawn on the processor, so that a seed means the same on every device.
    """
    generator = torch.Generator().manual_seed(config.seed)
    drawn = torch.randn(config.features, width, generator=generator)
    decoder = functional.normalize(drawn, dim=1)
    return {
        "encoder": (first_length(config, width) * decoder).to(device),
        "encoder_bias": torch.zeros(config.features, device=device),
        "decoder": decoder.to(device),
        "decoder_bias": torch.zeros(width, device=device),
    }
