"""TopK dictionaries (Gao et al. 2024, "Scaling and evaluating sparse autoencoders", section 2.3)."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

import torch

from clearspan.errors import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary

_BY_NORM = "rescale_acts_by_decoder_norm"


class TopKDictionary(Dictionary):
    """σ(x) keeps the k largest of a position, as far as they are above 0.

    Args:
        k: how many features may be active at one position.
        by_decoder_norm: whether activations are compared, and counted, by the length of what they add to a hidden
            state: `W_enc` and `b_enc` then stand times the length of each decoder row, and `W_dec` divided by it.
    """

    architecture = "topk"

    def __init__(
        self,
        card: Card,
        parameters: Mapping[str, torch.Tensor],
        *,
        k: int,
        centred: bool = False,
        by_decoder_norm: bool = False,
    ) -> None:
        super().__init__(card, parameters, centred=centred)
        self.by_decoder_norm = by_decoder_norm
        if not 0 < k <= self.size:
            raise BadInput(
                f"{card.name}: {k} features cannot be active at once.",
                why=f"It has {self.size:,}.",
                do="Check the k of its configuration.",
            )
        self.k = k

    @classmethod
    def made(
        cls,
        card: Card,
        parameters: Mapping[str, torch.Tensor],
        settings: Mapping[str, Any],
        *,
        centred: bool = False,
    ) -> Self:
        """See `Dictionary.made`."""
        k, by_norm = settings.get("k"), settings.get(_BY_NORM, False)
        if not isinstance(k, int) or isinstance(k, bool) or not isinstance(by_norm, bool):
            raise BadInput(
                f"{card.name}: k is {k!r:.20}, {_BY_NORM} is {by_norm!r:.20}.",
                do="They must be a whole number, and true or false.",
            )
        return cls(card, parameters, k=k, centred=centred, by_decoder_norm=by_norm)

    @property
    def settings(self) -> dict[str, Any]:
        """See `Dictionary.settings`."""
        return {"k": self.k, _BY_NORM: self.by_decoder_norm}

    @cached_property
    def encoder(self) -> torch.Tensor:
        """See `Dictionary.encoder`."""
        return (self.parameters["W_enc"].float() * self._lengths).T.contiguous()

    @cached_property
    def decoder(self) -> torch.Tensor:
        """See `Dictionary.decoder`."""
        return self.parameters["W_dec"].float() / self._lengths[:, None]

    @cached_property
    def _lengths(self) -> torch.Tensor:
        if not self.by_decoder_norm:
            return torch.ones(self.size)
        lengths = self.parameters["W_dec"].float().square().sum(dim=1).sqrt()
        # A row of zeros has no length to divide by, and adds nothing either way.
        return torch.where(lengths > 0, lengths, 1.0)

    @property
    def thresholds(self) -> torch.Tensor:
        """See `Dictionary.thresholds`."""
        raise Refused(
            f"A feature of {self.card.name} cannot be dialled by itself.",
            why=f"It is a TopK dictionary: whether a feature is active depends on the {self.size - 1:,} others.",
            do="Fit thresholds to it: 'clearspan features thresholds'.",
        )

    def _encoder_bias(self) -> torch.Tensor:
        return self.parameters["b_enc"].float() * self._lengths

    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        values, places = before.topk(self.k, dim=-1, sorted=False)
        return torch.zeros_like(before).scatter_(-1, places, values.relu_())
