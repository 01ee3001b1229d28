"""Does a source stand alone against all others? A number that several believed sources contradict is implausible."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from clearspan.language.quantities import Quantity
from clearspan.language.sentences import read_sentences

_SHARED_STEMS = 4
_SHARED_SHARE = 0.5
"""Words that two sentences must share, in number and as a share of the shorter, to speak of one thing."""

_RATIO = 1.5
"""Numbers closer than this are a disagreement, not an absurdity."""

_OTHERS = 2
"""Independent sources that must contradict; one against one is a conflict, and shown as such."""

_NO_SIZES = frozenset({"date", "clock", "ordinal", "designation"})
"""Kinds of quantity of which one cannot be so many times another."""

_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with numbers, taken apart."""

    text: str
    stems: frozenset[str]
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Outlier:
    """A sentence that is at odds with others: what it says, what they say, and in how many independent sources."""

    sentence: str
    says: str
    others_say: str
    witnesses: int


@lru_cache(maxsize=2048)
def statements(text: str) -> tuple[Statement, ...]:
    """The sentences of a text that state a number other than a date."""
    return tuple(_statements(text))


def against_all(
    doubtful: Sequence[Statement], believed: Sequence[tuple[int, Sequence[Statement]]]
) -> Outlier | None:
    """The first statement that at least two witnesses contradict and none bears out; None when there is none.

    Args:
        doubtful: what the source in question states.
        believed: what others state, each with its witness.
    """
    for one in doubtful:
        against: dict[int, tuple[Quantity, Quantity]] = {}
        borne_out = False
        for witness, others in believed:
            for other in others:
                found = _compared(one, other)
                if found is None:
                    continue
                borne_out = borne_out or found[0].same(found[1])
                if _far_apart(*found):
                    against.setdefault(witness, found)
        if len(against) >= _OTHERS and not borne_out:
            mine, theirs = next(iter(against.values()))
            return Outlier(one.text, mine.text, theirs.text, len(against))
    return None


def _statements(text: str) -> Iterator[Statement]:
    for sentence in read_sentences(text):
        if not _DIGITS.search(sentence.text):
            continue
        # 'One reads' counts nothing: only numbers in figures are compared.
        found = tuple(
            q for q in sentence.quantities if q.dimension not in _NO_SIZES and _DIGITS.search(q.text)
        )
        if found:
            words = frozenset(stem for stem in sentence.stems if not _DIGITS.search(stem))
            yield Statement(" ".join(sentence.text.split()), words, found)


def _compared(one: Statement, other: Statement) -> tuple[Quantity, Quantity] | None:
    """The quantities of one kind in two statements about one thing: the pair that agrees, or else the first."""
    shared = len(one.stems & other.stems)
    if shared < _SHARED_STEMS or shared < _SHARED_SHARE * min(len(one.stems), len(other.stems)):
        return None
    pairs = [(a, b) for a in one.quantities for b in other.quantities if a.dimension == b.dimension]
    return next((pair for pair in pairs if pair[0].same(pair[1])), pairs[0] if pairs else None)


def _far_apart(one: Quantity, other: Quantity) -> bool:
    low, high = sorted((abs(one.value), abs(other.value)))
    return high > _RATIO * low and not one.consistent(other)
