"""Several features that mean a thing together, as one direction: where no single one does, what they share may.

Each gives as much of itself as the texts about the thing have of it beyond others, and those are taken of which that
much raises the likelihood of such texts most, to first order. The first alone is a difference of means as far as the
dictionary sees it; the second leaves out what texts about the thing have and what does not make a model write them
(Soo et al. 2025 choose features for a vector by their activations alone; Arad et al. 2025 by what they make it say).
"""

from collections.abc import Sequence

import torch

from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.directions.contrast import Sides
from clearspan.features.directions.named import NamedDirection
from clearspan.features.finding.responding import Responses
from clearspan.features.finding.texts import Meaning
from clearspan.models.serving.engine import LanguageModel

FEATURES = 128
_TOKENS = 96
"""Of each text no more are predicted."""
_TEXTS = 24
"""Of each side no more are: each costs a pass back through the model."""


def combined(
    annotated: AnnotatedDictionary,
    meaning: Meaning,
    model: LanguageModel,
    seen: Responses,
    sides: Sides,
    name: str,
) -> NamedDirection | None:
    """The features that raise the likelihood of texts about a thing most, each weighted by how much those have of it.

    Returns:
        A direction, whose card names the features; None where no feature does both, or where all texts of a side
        are single tokens, in which nothing is predicted.
    """
    predicted = [
        [text for text in texts if model.token_count(text) > 1] for texts in (meaning.like, meaning.unlike)
    ]
    if not all(predicted):
        return None
    extra = torch.tensor((seen.mean - seen.elsewhere) * (annotated.evidence.maxima > 0))
    decoder = annotated.dictionary.decoder.float()
    splicer = model.splicer()
    like, unlike = (splicer.gradient(_spread(texts), sides.site, longest=_TOKENS) for texts in predicted)
    gains = extra.clamp(min=0) * (decoder @ (like - unlike)).clamp(min=0)
    best = gains.topk(min(FEATURES, len(gains)))
    chosen = best.indices[best.values > 0]
    vector = extra[chosen] @ decoder[chosen]
    if not len(chosen) or float(vector @ sides.lead) <= 0:
        return None
    return sides.of_features(name, vector, annotated.card.name, [int(one) for one in chosen])


def _spread(texts: Sequence[str]) -> Sequence[str]:
    """So many texts, from all over the list: neighbours are often alike."""
    return texts[:: -(-len(texts) // _TEXTS)]
