"""What a training came to, for its architecture to make a dictionary of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.training.scale import Scale
from clearspan.features.training.steps.step import Tensors

_Made = TypeVar("_Made", bound=Dictionary)


@dataclass(frozen=True, slots=True)
class TrainedWeights:
    """Weights, on the processor.

    Attributes:
        card: of the dictionary, but for its architecture.
        raw: as they were trained, on the scale of the training; see `step.Objective`.
        scale: that scale.
        parameters: `W_enc`, `b_enc`, `W_dec` and `b_dec` for activations as they are, rounded to how they are stored.
        fitted_threshold: one for all features that lets as many be active as the training was told.
    """

    card: Card
    raw: Tensors
    scale: Scale
    parameters: Tensors
    fitted_threshold: Callable[[], float]

    def made(self, kind: type[_Made], parameters: Tensors) -> _Made:
        """A dictionary of these parameters."""
        return kind(self.card.model_copy(update={"architecture": kind.architecture}), parameters)
