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
"""Sentences that are tried as the first one of a pair."""

_AGAIN = 16
"""Passages that are read again for the second one, those with the best sentences."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A sentence as it was read alone."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Pair:
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
) -> Pair | None:
    """The two sentences that most probably answer together; None where there are none.

    Args:
        passages: place and text of each, as the reader takes them.
        alone: the sentences that may be one of the two.
    """
    firsts = sorted(alone, key=lambda spot: -alone[spot].probability)
    again = list(dict.fromkeys(place for place, _ in firsts))[:_AGAIN]
    found: list[Pair] = []
    for first in firsts[:_FIRSTS]:
        rest = reader.read(question, [passages[place] for place in again], alone[first].text)
        seconds = [
            (sentence.probability, (place, sentence.end))
            for place, passage in zip(again, rest.passages, strict=True)
            for sentence in passage.sentences
            if (place, sentence.end) != first and (place, sentence.end) in alone
        ]
        if seconds:
            given, second = max(seconds)
            found.append(Pair(first, second, alone[first].probability, given))
    return max(found, key=lambda one: one.alone * one.given, default=None)
