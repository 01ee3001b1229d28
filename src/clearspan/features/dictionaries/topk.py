"""TopK dictionaries (Gao et al. 2024, "Scaling and evaluating sparse autoencoders", section 2.3)."""

from collections.abc import Mapping

import torch

from clearspan.errors import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import FEATURES, WIDTH, Dictionary


class TopKDictionary(Dictionary):
    """σ(x) keeps the k largest of a position, as far as they are above 0.

    Args:
        k: how many features may be active at one position.
    """

    architecture = "topk"
    shapes = {  # noqa: RUF012 (declared in the base class)
        "W_enc": (WIDTH, FEATURES),
        "b_enc": (FEATURES,),
        "W_dec": (FEATURES, WIDTH),
        "b_dec": (WIDTH,),
    }

    def __init__(
        self, card: Card, parameters: Mapping[str, torch.Tensor], *, k: int, centred: bool = False
    ) -> None:
        super().__init__(card, parameters, centred=centred)
        if not 0 < k <= self.size:
            raise BadInput(
                f"{card.name}: {k} features cannot be active at once.",
                why=f"It has {self.size:,}.",
                do="Check the k of its configuration.",
            )
        self.k = k

    @property
    def thresholds(self) -> torch.Tensor:
        """See `Dictionary.thresholds`."""
        raise Refused(
            f"A feature of {self.card.name} cannot be dialled by itself.",
            why=f"It is a TopK dictionary: whether a feature is active depends on the {self.size - 1:,} others.",
            do="Fit thresholds to it: 'clearspan features thresholds'.",
        )

    def _encoder_bias(self) -> torch.Tensor:
        return self.parameters["b_enc"]

    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        values, places = before.topk(self.k, dim=-1, sorted=False)
        return torch.zeros_like(before).scatter_(-1, places, values.relu_())
