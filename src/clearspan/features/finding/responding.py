"""How much more active features are on texts about a thing than on others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.finding.texts import Meaning
from clearspan.models.serving.engine import LanguageModel

_TOKENS = 128
"""Of each text no more are read: what a text is about shows by then."""


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """What every feature of a dictionary does on both sides.

    Attributes:
        lead: shape `(features,)`: mean over the texts of the highest activation, as a share of the feature's maximum,
            on those that are like it less that on those that are not; in [-1, 1].
        mean: shape `(features,)`: mean activation over all tokens of the texts that are like it.
        elsewhere: of the same shape, over those of the texts that are not.
    """

    lead: NDArray[np.float32]
    mean: NDArray[np.float32]
    elsewhere: NDArray[np.float32]


def responses(model: LanguageModel, annotated: AnnotatedDictionary, meaning: Meaning) -> Responses:
    """Read both sides with a dictionary.

    Raises:
        NotFound: the dictionary has no evidence, so that nobody knows how much is much.
        BadInput: the dictionary is of another model.
    """
    maxima = torch.tensor(annotated.evidence.maxima)
    here, mean = _peaks(model, annotated, meaning.like)
    there, elsewhere = _peaks(model, annotated, meaning.unlike)
    unit = torch.where(maxima > 0, maxima, torch.inf)
    lead = (here / unit).clamp(max=1).mean(0) - (there / unit).clamp(max=1).mean(0)
    return Responses(lead.numpy(), mean.numpy(), elsewhere.numpy())


def _peaks(
    model: LanguageModel, annotated: AnnotatedDictionary, texts: Sequence[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Highest activation in each text, shape `(texts, features)`, and the mean over all tokens."""
    site = annotated.card.parsed_name.site
    peaks = torch.zeros(len(texts), len(annotated))
    total, tokens = torch.zeros(len(annotated)), 0
    for read in model.stream_activations(texts, [site], longest=_TOKENS):
        kept = (~read.sinks[site]) & (read.positions < _TOKENS)
        active = annotated.dictionary.encode(read.values[site][kept].float().cpu())
        numbers = read.texts[kept].cpu()[:, None].expand_as(active)
        peaks.scatter_reduce_(0, numbers, active, "amax")
        total += active.sum(0)
        tokens += len(active)
    return peaks, total / max(tokens, 1)
