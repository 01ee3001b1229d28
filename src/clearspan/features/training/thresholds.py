"""From the largest of a batch to a threshold for each feature, so that a position is decided about by itself.

BatchTopK keeps activations above a limit that moves a little with every batch. At inference one limit takes its
place (Bussmann et al. 2024, section 3.1, average the smallest activation that each batch kept). Fitting it to finished
weights instead, on many activations at once, gives the wanted number of active features exactly.
"""

import itertools
from collections.abc import Iterable

import torch

from clearspan.errors import BadInput, Refused
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.harvest.source import ActivationSource
from clearspan.features.training.steps.selection import PATTERNS, cut, histogram, value_of

_ROWS, _TOKENS = 2048, 65_536


def sample_of(source: ActivationSource) -> Iterable[torch.Tensor]:
    """Batches of a source to fit to: 65,536 activations, or as many as there are."""
    rows = min(_ROWS, source.rows)
    return itertools.islice(source.batches(rows), max(1, _TOKENS // rows))


def with_threshold(dictionary: Dictionary, source: ActivationSource) -> JumpReluDictionary:
    """A TopK dictionary as a JumpReLU one with as many features active at a position.

    Raises:
        BadInput: the source is of another model or site.
        Refused: the dictionary is not a TopK dictionary.
    """
    name = dictionary.card.parsed_name
    if not isinstance(dictionary, TopKDictionary):
        raise Refused(
            f"{name} needs no thresholds.",
            why=f"It is a {dictionary.architecture} dictionary, whose features have their own.",
            do="Use it as it is.",
        )
    source.card.require(name.model, name.site)
    threshold = fitted_threshold(sample_of(source), dictionary.encoder, dictionary.bias, dictionary.k)
    trained_as = dictionary.card.trained_as or dictionary.architecture
    card = dictionary.card.model_copy(
        update={"architecture": JumpReluDictionary.architecture, "measures": {}, "trained_as": trained_as}
    )
    limits = torch.full((dictionary.size,), threshold)
    return JumpReluDictionary(card, dictionary.parameters | {"threshold": limits}, centred=dictionary.centred)


def fitted_threshold(
    batches: Iterable[torch.Tensor], encoder: torch.Tensor, bias: torch.Tensor, active: float
) -> float:
    """The limit above which `active` features a position are, on average over the batches; at least 0.

    Args:
        batches: hidden states of shape `(n, width)`.
        encoder: shape `(features, width)`, float32.
        bias: shape `(features,)`, with everything folded in that is taken off the hidden states.

    Raises:
        BadInput: there are no batches.
    """
    counts = torch.zeros(PATTERNS, dtype=torch.int64)
    positions = 0
    for batch in batches:
        before = torch.addmm(bias, batch.float(), encoder.T)
        counts += histogram(before[before > 0])
        positions += len(batch)
    if not positions:
        raise BadInput(
            "No threshold can be fitted without activations.", do="Give a source with at least one batch."
        )
    wanted = round(active * positions)
    pattern = cut(counts, wanted)
    above = int(counts[pattern + 1 :].sum())
    inside = max(1, int(counts[pattern]))
    share = min(1.0, max(0.0, (wanted - above) / inside))
    # A pattern stands for the numbers that round to it: half a step to either side.
    low, middle, high = (value_of(at) for at in (pattern - 1, pattern, pattern + 1))
    lower, upper = (low + middle) / 2, (middle + high) / 2
    return upper - share * (upper - lower)
