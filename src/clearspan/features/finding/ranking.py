"""A ranked list of the features that mean a thing, with every part of each score; a direction where none does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import torch

from clearspan.errors import BadInput
from clearspan.features.annotated import AnnotatedDictionary, Feature
from clearspan.features.directions.contrast import Sides
from clearspan.features.directions.named import NamedDirection
from clearspan.features.finding.combination import combined
from clearspan.features.finding.lexical import WordMatch, search_words
from clearspan.features.finding.responding import Responses, responses
from clearspan.features.finding.saying import DIRECTION_DOSES, FEATURE_DOSES, SteeringEffect, listen
from clearspan.features.finding.texts import Meaning
from clearspan.models.inside.dials import Dial
from clearspan.models.serving.engine import LanguageModel

ENOUGH = 0.35
"""Score from which a feature is taken to mean the thing by itself."""

_BY_RESPONSE = 40
_BY_WORDS = 20
_LISTENED = 8
_STRONG_PROMOTION = 8.0
"""Standard deviations over the vocabulary from which a token counts as fully promoted."""

_WEIGHTS = {"says": 0.5, "responds": 0.3, "promotes": 0.1, "words": 0.1}


@dataclass(frozen=True, slots=True, repr=False)
class FoundFeature(Feature):
    """A feature with the parts of its score, each in [0, 1].

    Attributes:
        responds: how much more active it is on texts about the thing, in shares of its maximum.
        promotes: how far its decoder row alone raises the logits of the telling words.
        words: how far label, examples and promoted tokens have them.
        said: what it makes the model say; None where it was not tried, because others came before it.
    """

    responds: float
    promotes: float
    words: float
    said: SteeringEffect | None = None

    @property
    def score(self) -> float:
        """What the list is ranked by; what it makes the model say weighs half."""
        says = self.said.score if self.said else 0.0
        return (
            _WEIGHTS["says"] * says
            + _WEIGHTS["responds"] * max(self.responds, 0.0)
            + _WEIGHTS["promotes"] * self.promotes
            + _WEIGHTS["words"] * self.words
        )


@dataclass(frozen=True, slots=True)
class Offered:
    """A direction made from the same texts, to dial where no single feature means the thing."""

    named: NamedDirection
    said: SteeringEffect

    def clamp(self, amount: float) -> Dial:
        """Hold its activation at `amount` times the highest over the texts that are like it."""
        return self.named.direction.clamp(amount)


@dataclass(frozen=True, slots=True)
class Findings(Sequence[FoundFeature]):
    """Features, best first.

    Attributes:
        directions: made from the same texts, the one that makes the model say most first.
    """

    meaning: Meaning
    found: tuple[FoundFeature, ...]
    directions: tuple[Offered, ...]

    @property
    def is_single(self) -> bool:
        """Whether one feature means the thing by itself: its score reaches `ENOUGH`."""
        return bool(self.found) and self.found[0].score >= ENOUGH

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> FoundFeature: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[FoundFeature, ...]: ...
    def __getitem__(self, index: int | slice) -> FoundFeature | tuple[FoundFeature, ...]:
        return self.found[index]

    def __iter__(self) -> Iterator[FoundFeature]:
        return iter(self.found)


def find(
    annotated: AnnotatedDictionary,
    meaning: Meaning,
    model: LanguageModel,
    limit: int = 10,
    listened: int = _LISTENED,
) -> Findings:
    """Features that mean a thing, best first.

    Args:
        meaning: see `texts.described` and `texts.exemplified`.
        model: the dictionary's.
        listened: how many of the best by everything else are dialled.

    Raises:
        NotFound: the dictionary has no evidence.
        BadInput: the model is another one.
    """
    if annotated.card.parsed_name.model != model.reference:
        raise BadInput(
            f"{annotated.card.name} does not fit {model.reference}.",
            why="A feature means nothing in a model that it was not found in.",
            do=f"Load {annotated.card.parsed_name.model}, or name another dictionary.",
        )
    seen = responses(model, annotated, meaning)
    first = candidates(annotated, meaning, model, seen)[: max(limit, listened)]
    tried, rest = first[:listened], first[listened:]
    offered = _directions(annotated, meaning, model, seen)
    said = listen(
        model,
        meaning,
        [one.direction for one in tried] + [one.direction for one in offered],
        [FEATURE_DOSES] * len(tried) + [DIRECTION_DOSES] * len(offered),
    )
    heard = [replace(one, said=what) for one, what in zip(tried, said, strict=False)]
    directions = map(Offered, offered, said[len(tried) :])
    return Findings(
        meaning,
        tuple(sorted([*heard, *rest], key=lambda one: -one.score)[:limit]),
        tuple(sorted(directions, key=lambda one: -one.said.score)),
    )


def candidates(
    annotated: AnnotatedDictionary, meaning: Meaning, model: LanguageModel, seen: Responses
) -> list[FoundFeature]:
    """Features by everything but what they make the model say, best first; none that never was active."""
    matches = _matches(annotated, meaning)
    alive = annotated.evidence.maxima > 0
    by_response = np.argsort(-np.where(alive, seen.lead, -np.inf), kind="stable")[:_BY_RESPONSE].tolist()
    chosen = [index for index in dict.fromkeys([*by_response, *matches]) if alive[index]]
    if not chosen:
        return []
    promoted = _promotions(annotated, meaning, model, chosen)
    most = max((match.score for match in matches.values()), default=0.0) or 1.0
    found = [
        FoundFeature(
            annotated,
            index,
            float(seen.lead[index]),
            promotion,
            matches[index].score / most if index in matches else 0.0,
        )
        for index, promotion in zip(chosen, promoted, strict=True)
    ]
    return sorted(found, key=lambda one: -one.score)


def _matches(annotated: AnnotatedDictionary, meaning: Meaning) -> dict[int, WordMatch]:
    """Features whose label, examples or promoted tokens have the telling words."""
    if not meaning.keywords:
        return {}
    return {one.index: one for one in search_words(annotated, " ".join(meaning.keywords), limit=_BY_WORDS)}


def _promotions(
    annotated: AnnotatedDictionary, meaning: Meaning, model: LanguageModel, chosen: Sequence[int]
) -> list[float]:
    """How far the decoder rows raise the logits of the telling words, against all of the vocabulary; in [0, 1]."""
    if not meaning.keywords:
        return [0.0] * len(chosen)
    unembedding = model.unembedding()
    tokens = [
        unembedding.texts.first(f" {form}") for word in meaning.keywords for form in (word, word.title())
    ]
    weights = unembedding.weights(annotated.dictionary.decoder[list(chosen)])
    spread = weights[:, unembedding.ordinary].std(1)
    raised = weights[:, torch.tensor(tokens)].view(len(chosen), -1, 2).amax(2).mean(1) / spread
    return [float(one) for one in (raised / _STRONG_PROMOTION).clamp(0, 1)]


def _directions(
    annotated: AnnotatedDictionary, meaning: Meaning, model: LanguageModel, seen: Responses
) -> list[NamedDirection]:
    name = re.sub(r"[^a-z0-9]+", "-", (meaning.text or " ".join(meaning.keywords)).lower()).strip("-")[:50]
    name = name.rstrip("-") or "found"
    sides = Sides.read(model, annotated.card.parsed_name.site, meaning.like, meaning.unlike)
    made = combined(annotated, meaning, model, seen, sides, f"{name}-features")
    return [
        *([made] if made else []),
        sides.difference_of_means(name),
        sides.principal_component(f"{name}-pc"),
    ]
