"""JumpReLU dictionaries (Rajamanoharan et al. 2024, eq. 4): what BatchTopK becomes once its thresholds are fitted."""

import torch

from clearspan.features.dictionaries.base import FEATURES, WIDTH, Dictionary


class JumpReluDictionary(Dictionary):
    """σ(x) = x where x > threshold, else 0."""

    architecture = "jumprelu"
    shapes = {  # noqa: RUF012 (declared in the base class)
        "W_enc": (WIDTH, FEATURES),
        "b_enc": (FEATURES,),
        "threshold": (FEATURES,),
        "W_dec": (FEATURES, WIDTH),
        "b_dec": (WIDTH,),
    }

    @property
    def thresholds(self) -> torch.Tensor:
        """See `Dictionary.thresholds`; never below 0, where activations would be negative."""
        return self.parameters["threshold"].float().clamp(min=0)

    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        return torch.where(before > self.thresholds, before, 0.0)
