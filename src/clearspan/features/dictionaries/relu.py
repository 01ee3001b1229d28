"""ReLU dictionaries (Bricken et al. 2023), which SAELens calls 'standard'."""

import torch

from clearspan.features.dictionaries.base import FEATURES, WIDTH, Dictionary


class ReluDictionary(Dictionary):
    """σ(x) = max(x, 0)."""

    architecture = "relu"
    shapes = {  # noqa: RUF012 (declared in the base class)
        "W_enc": (WIDTH, FEATURES),
        "b_enc": (FEATURES,),
        "W_dec": (FEATURES, WIDTH),
        "b_dec": (WIDTH,),
    }

    @property
    def thresholds(self) -> torch.Tensor:
        """See `Dictionary.thresholds`: 0 for all."""
        return torch.zeros(self.size)

    def _encoder_bias(self) -> torch.Tensor:
        return self.parameters["b_enc"]

    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        return before.relu_()
