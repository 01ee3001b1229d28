"""Where a training takes its activations from: shards on disk, or a model that reads as the training goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch

from clearspan.errors import BadInput
from clearspan.features.card import CorpusShare
from clearspan.models.inside.sites import Site


@dataclass(frozen=True, slots=True, eq=False)
class SourceCard:
    """What a source holds.

    Attributes:
        model: reference of the model that was read.
        site: where it was read.
        width: numbers an activation.
        mean: float32, shape `(width,)`: the mean activation.
        mean_square: mean squared norm of the activations, about zero; `mean_square - |mean|²` is their variance.
        corpora: what was read, with the tokens that each gave.
        seed: of the order of the text.
        context: tokens that the model saw at once at most.
        holdout: share of the documents that were kept back.
    """

    model: str
    site: Site
    width: int
    mean: torch.Tensor
    mean_square: float
    corpora: tuple[CorpusShare, ...]
    seed: int
    context: int
    holdout: float

    def require(self, model: str, site: Site | str) -> None:
        """Raise unless these are activations of that model at that site.

        Raises:
            BadInput: they are not.
        """
        if self.model != model or self.site != Site.parse(site):
            raise BadInput(
                f"These are activations of {self.model} at {self.site}, not of {model} at {site}.",
                do="Harvest that model at that site, or name the ones that these belong to.",
            )


class ActivationSource(Protocol):
    """Shuffled activations of one site, the same in every run: batch `n` is always the same rows."""

    @property
    def card(self) -> SourceCard:
        """What it holds."""
        ...

    @property
    def rows(self) -> int:
        """Activations that `batches` goes through in all; the last incomplete batch is left out."""
        ...

    def batches(self, batch_size: int, start_batch: int = 0) -> Iterator[torch.Tensor]:
        """Batches from number `start_batch` on: bfloat16 in the processor's memory, shape `(batch_size, width)`.

        Raises:
            BadInput: the source has fewer rows than one batch, or what it holds is damaged.
        """
        ...
