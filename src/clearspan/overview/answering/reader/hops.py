"""Two sentences that answer together: the second is read with the first known.

What connects two facts is often a name that the question does not say ('the river that the bridge crosses'), so a
reader that sees one sentence at a time cannot know the second for what it is. Read behind the question, the first tells
it (Xiong et al. 2021, 'Answering Complex Open-Domain Questions with Multi-Hop Dense Retrieval', ask for the second
passage in the same way).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.reader.reader import EvidenceReader

Spot = tuple[int, int]
"""Index of a passage, and where a sentence of it ends, in characters."""

_SEVERAL = 0.5
"""Probability of a question of several hops, or of two sides, from which pairs are read."""

_FIRSTS = 3
"""Sentences that are tried as the first one of a pair, each of another passage."""

_LEAST = 0.05
"""Probability from which a sentence is tried so."""

_AGAIN = 12
"""Passages that are read again for the second one, those with the best sentences."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A sentence as it was read alone.

    Attributes:
        odds: by how much its odds of answering differ from what the reader says, by rules that it knows nothing of.
    """

    text: str
    probability: float
    odds: float = 1.0


@dataclass(frozen=True, slots=True)
class SentencePair:
    """Two sentences, the first one's probability alone, and the second one's where the first is known."""

    first: Spot
    second: Spot
    alone: float
    given: float


def wants_several(kinds: Mapping[AskedFor, float]) -> bool:
    """Whether a question, as the reader sees it, is answered by sentences that need each other."""
    return kinds["multi_hop"] + kinds["compare"] >= _SEVERAL


def best_pair(
    reader: EvidenceReader,
    question: str,
    passages: Sequence[tuple[str, str]],
    alone: Mapping[Spot, Alone],
) -> SentencePair | None:
    """The two sentences that most probably answer together; None where there are none.

    Args:
        passages: place and text of each, as the reader takes them.
        alone: the sentences that may be one of the two.
    """
    best = sorted(alone, key=lambda spot: -alone[spot].probability)
    read_again = list(dict.fromkeys(place for place, _ in best))[:_AGAIN]
    firsts = {spot[0]: spot for spot in reversed(best) if alone[spot].probability >= _LEAST}
    tried = sorted(firsts.values(), key=lambda spot: -alone[spot].probability)[:_FIRSTS]
    found = [pair for first in tried if (pair := _with(reader, question, passages, alone, first, read_again))]
    return max(found, key=lambda one: one.alone * one.given, default=None)


def _with(
    reader: EvidenceReader,
    question: str,
    passages: Sequence[tuple[str, str]],
    alone: Mapping[Spot, Alone],
    first: Spot,
    places: Sequence[int],
) -> SentencePair | None:
    """The pair of a sentence and the one that most probably answers the rest."""
    read = reader.read(question, [passages[place] for place in places], alone[first].text)
    seconds = [
        (weighed(sentence.probability, alone[spot].odds), spot)
        for place, passage in zip(places, read.passages, strict=True)
        for sentence in passage.sentences
        if (spot := (place, sentence.end)) != first and spot in alone
    ]
    if not seconds:
        return None
    given, second = max(seconds)
    return SentencePair(first, second, alone[first].probability, given)


def weighed(probability: float, factor: float) -> float:
    """A probability with its odds times a factor."""
    return factor * probability / (1.0 - probability + factor * probability)
