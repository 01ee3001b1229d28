"""What was active under each token of a reply, for the Studio, and in a sentence, for its receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch

from clearspan.features.annotated import AnnotatedDictionary
from clearspan.models.inside.dials import Dial
from clearspan.models.serving.engine import LanguageModel, Message

DENSE = 0.1
"""A feature that is active at more than this share of all tokens says nothing about one of them."""


@dataclass(frozen=True, slots=True)
class ActiveFeature:
    """A feature at one token.

    Attributes:
        share: its activation in multiples of its maximum over the evidence.
    """

    index: int
    activation: float
    share: float


@dataclass(frozen=True, slots=True)
class TokenFeatures:
    """A token of a reply with the features that were active there, the strongest share of its maximum first."""

    text: str
    features: tuple[ActiveFeature, ...]


def features_by_token(
    model: LanguageModel,
    annotated: AnnotatedDictionary,
    messages: str | Sequence[Message],
    reply: str,
    *,
    dials: Sequence[Dial] = (),
    most: int = 6,
) -> list[TokenFeatures]:
    """Read a reply once, with the dials that it was written under, and say what was active at each token.

    A token that ends inside a character is not in the list. Attention sinks have no features.

    Raises:
        NotFound: the dictionary has no evidence, so that nobody knows how much is much.
        BadInput: the dictionary is of another model, or the reply is empty.
    """
    site = annotated.card.parsed_name.site
    found = model.read_reply(messages, reply, [site], dials=dials)
    shares, activations = shares_of(annotated, found.values[site])
    shares[found.sinks[site]] = 0
    return [
        TokenFeatures(text, _best(shares[place], activations[place], most))
        for place, text in enumerate(found.texts)
        if text
    ]


@dataclass(frozen=True, slots=True)
class LabelledFeature:
    """A labelled feature of a text.

    Attributes:
        name: MODEL/SITE/SIZE#NUMBER.
        activation: the highest in the text.
        share: the same in multiples of its maximum over the evidence.
    """

    name: str
    label: str
    activation: float
    share: float


def strongest(
    model: LanguageModel, annotated: AnnotatedDictionary, text: str, most: int = 5
) -> list[LabelledFeature]:
    """The labelled features that are most active anywhere in a text, by share of their maximum.

    Raises:
        NotFound: the dictionary has no evidence.
        BadInput: the dictionary is of another model, or the text is empty.
    """
    site = annotated.card.parsed_name.site
    (read,) = model.activations([text], [site])
    shares, activations = shares_of(annotated, read.values[site])
    shares[read.sinks[site]] = 0
    labels = {index: label.text for index, label in annotated.labels.all().items() if index < len(annotated)}
    labelled = torch.zeros(shares.shape[1], dtype=torch.bool)
    labelled[list(labels)] = True
    top, places = shares.max(dim=0)
    highest = activations.gather(0, places[None])[0]
    return [
        LabelledFeature(annotated.feature(one.index).name, labels[one.index], one.activation, one.share)
        for one in _best(torch.where(labelled, top, 0.0), highest, most)
    ]


def shares_of(annotated: AnnotatedDictionary, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Activations in multiples of their maxima, 0 for features that are active nearly everywhere, and as they are.

    Args:
        hidden: shape `(n, width)`.

    Returns:
        Two tensors of shape `(n, features)`.

    Raises:
        NotFound: the dictionary has no evidence.
    """
    evidence = annotated.evidence
    maxima = torch.from_numpy(evidence.maxima.copy())  # pyright: ignore[reportUnknownMemberType]
    dense = torch.from_numpy(evidence.densities > DENSE)  # pyright: ignore[reportUnknownMemberType]
    activations = annotated.dictionary.encode(hidden)
    known = (maxima > 0) & ~dense
    return torch.where(known, activations / maxima.clamp(min=1e-9), 0.0), activations


def _best(shares: torch.Tensor, activations: torch.Tensor, most: int) -> tuple[ActiveFeature, ...]:
    """The highest of some shares, both of shape `(features,)`."""
    best = cast("list[int]", cast("Any", shares.topk(min(most, len(shares))).indices).tolist())
    return tuple(
        ActiveFeature(index, float(activations[index]), float(shares[index]))
        for index in best
        if float(shares[index]) > 0
    )
