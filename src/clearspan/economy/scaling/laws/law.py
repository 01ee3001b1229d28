"""What planning needs of a law that gives loss from size and data."""

from typing import Protocol, runtime_checkable

from clearspan.measure.estimate import Array

FLOPS_PER_TRAINING_TOKEN = 6.0
"""FLOP per parameter and training token: 2 forward, 4 backward (Kaplan et al. 2020, section 2.1)."""

FLOPS_PER_SERVED_TOKEN = 2.0
"""FLOP per parameter and served token: the forward pass (Kaplan et al. 2020, section 2.1)."""


@runtime_checkable
class LossLaw(Protocol):
    """Loss in nats per token from parameters and training tokens, decreasing in both."""

    @property
    def floor(self) -> float:
        """The loss that no model and no data get below, in nats per token."""
        ...

    def loss(self, parameters: float | Array, tokens: float | Array) -> Array:
        """Predicted loss in nats per token."""
        ...

    def tokens_for(self, loss: float, parameters: float) -> float:
        """Training tokens with which a model of this size reaches a loss; infinity where it never does."""
        ...

    def optimal(self, flops: float) -> tuple[float, float]:
        """Parameters and tokens of lowest loss under `6·N·D = flops`."""
        ...

    def optimal_tokens(self, parameters: float) -> float:
        """Tokens at which a model of this size is the compute-optimal one."""
        ...

    def optimal_for_loss(self, loss: float) -> tuple[float, float]:
        """Parameters and tokens that reach a loss with the least training compute."""
        ...

    def smallest_for(self, loss: float) -> float:
        """Parameters below which no amount of data reaches this loss."""
        ...
