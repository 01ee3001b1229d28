"""The scale that trainings run on, so that their settings carry over from one site to another.

Activations are shifted by their mean and multiplied by one number, so that the squares of a coordinate average 1.
The finished dictionary reads and writes activations as they are.
"""

import math
from dataclasses import dataclass

import torch

from clearspan.errors import BadInput
from clearspan.features.harvest.source import SourceCard


@dataclass(frozen=True, slots=True)
class Scale:
    """x ↦ (x − mean) · factor.

    Attributes:
        mean: shape `(width,)`, float32.
        factor: above 0.
    """

    mean: torch.Tensor
    factor: float

    @classmethod
    def of(cls, card: SourceCard) -> "Scale":
        """The scale of a source.

        Raises:
            BadInput: all its activations are the same, or they are not finite.
        """
        variance = card.mean_square - float(card.mean.double().square().sum())
        if not (variance > 1e-9 * card.mean_square and math.isfinite(card.mean_square)):
            raise BadInput(
                "There is nothing to learn from these activations.",
                why=f"Their variance is {variance:.3g}: they are all the same, or not finite.",
                do="Harvest more varied text, and check the model.",
            )
        return cls(card.mean.float(), math.sqrt(card.width / variance))

    def to(self, device: torch.device) -> "Scale":
        """The same on another device."""
        return Scale(self.mean.to(device), self.factor)

    def normalised(self, batch: torch.Tensor) -> torch.Tensor:
        """Shape `(n, width)`, float32, on the device of the mean."""
        return (batch.to(self.mean.device).float() - self.mean).mul_(self.factor)

    def folded(self, parameters: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Parameters of a dictionary for activations as they are; see `step.Objective` for the names."""
        encoder, decoder = parameters["encoder"], parameters["decoder"]
        return {
            "W_enc": encoder.T.contiguous(),
            "b_enc": parameters["encoder_bias"] / self.factor - encoder @ self.mean,
            "W_dec": decoder.clone(),
            "b_dec": parameters["decoder_bias"] / self.factor + self.mean,
        }
