"""Measuring a dictionary on documents that no training saw: its activations, and the model's own predictions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from clearspan.errors import BadInput
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.harvest.chunks import special_tokens
from clearspan.features.harvest.corpora import held_out
from clearspan.features.harvest.shuffled import split_text
from clearspan.features.training.measure import Reconstruction, reconstruction
from clearspan.models.serving.engine import LanguageModel

_PREDICTIONS = 16_384


@dataclass(frozen=True, slots=True)
class Spliced:
    """Cross-entropy of the model's predictions, nats a token, by what stands in the place of the site.

    Attributes:
        clean: its own activations.
        spliced: their reconstruction.
        zero: zeros.
        mean: their mean.
    """

    clean: float
    spliced: float
    zero: float
    mean: float

    @property
    def recovered(self) -> float:
        """Share of what zeros lose that the reconstruction does not."""
        return (self.zero - self.spliced) / (self.zero - self.clean)

    @property
    def recovered_from_mean(self) -> float:
        """The same against the mean, which is harder: it loses less than zeros."""
        return (self.mean - self.spliced) / (self.mean - self.clean)


def held_out_texts(corpora: Iterable[str | Path], share: float) -> list[str]:
    """Parts of the documents that a harvest with this share kept back, in an order that mixes the corpora.

    Raises:
        BadInput: there are none.
        ClearspanError: as `corpora.held_out`.
    """
    documents = sorted(held_out(corpora, share), key=lambda document: document.digest)
    if not documents:
        raise BadInput(
            "No document was kept back to measure on.",
            why=f"The share that is kept back is {share:.1%}.",
            do="Harvest with --holdout, or give more text.",
        )
    # Long books must not fill the measurement: a part of every document, then the second part of each.
    parts = [list(split_text(document.text)) for document in documents]
    return [part[at] for at in range(max(map(len, parts))) for part in parts if at < len(part)]


def held_out_activations(
    model: LanguageModel, dictionary: Dictionary, texts: Sequence[str], *, context: int, tokens: int
) -> Iterator[torch.Tensor]:
    """Hidden states as a harvest keeps them, without sinks and special tokens; `tokens` in all at most.

    Raises:
        BadInput: the model has no such site.
    """
    site = dictionary.card.parsed_name.site
    begins = special_tokens(model)
    left = tokens
    for some in model.stream_activations(texts, [site], context):
        kept = ~some.sinks[site] & (some.positions >= begins)
        hidden = some.values[site][kept][:left].cpu().float()
        yield hidden
        left -= len(hidden)
        if not left:
            return


def measured(
    model: LanguageModel, dictionary: Dictionary, texts: Sequence[str], *, context: int, tokens: int
) -> tuple[Reconstruction, Spliced]:
    """How good a dictionary is on texts.

    Args:
        context: tokens that the model reads at once.
        tokens: activations to reconstruct; predictions are compared on a part of them.

    Raises:
        BadInput: the dictionary is for another model, or the texts hold nothing.
    """
    name = dictionary.card.parsed_name
    if name.model != model.reference:
        raise BadInput(
            f"{name} is a dictionary for {name.model}, not for {model.reference}.",
            do=f"Load {name.model}.",
        )
    hidden = held_out_activations(model, dictionary, texts, context=context, tokens=tokens)
    found = reconstruction(dictionary, hidden)
    mean = found.mean

    clean, spliced, zero, average = model.splicer().cross_entropies(
        texts,
        name.site,
        [
            lambda rows: dictionary.decode(dictionary.encode(rows)),
            torch.zeros_like,
            lambda rows: mean.expand_as(rows),
        ],
        longest=context,
        tokens=min(_PREDICTIONS, tokens),
    )
    return found, Spliced(clean, spliced, zero, average)


def as_measures(found: Reconstruction, spliced: Spliced) -> dict[str, float]:
    """As a card keeps them."""
    return {
        "unexplained_variance": found.unexplained_variance,
        "l0": found.active,
        "alive": found.alive,
        "positions": float(found.positions),
        "cross_entropy": spliced.clean,
        "cross_entropy_spliced": spliced.spliced,
        "cross_entropy_zero": spliced.zero,
        "cross_entropy_mean": spliced.mean,
        "cross_entropy_recovered": spliced.recovered,
        "cross_entropy_recovered_from_mean": spliced.recovered_from_mean,
        **{f"density_{decade}": float(count) for decade, count in found.histogram().items()},
    }
