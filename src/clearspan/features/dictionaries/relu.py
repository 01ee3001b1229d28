"""ReLU dictionaries (Bricken et al. 2023), which SAELens calls 'standard'."""

import torch

from clearspan.features.dictionaries.base import Dictionary


class ReluDictionary(Dictionary):
    """σ(x) = max(x, 0)."""

    architecture = "relu"

    @property
    def thresholds(self) -> torch.Tensor:
        """See `Dictionary.thresholds`: 0 for all."""
        return torch.zeros(self.size)

    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        return before.relu_()
