"""Shingles: what two texts are compared by.

Pairs of neighbouring words survive edits that break every longer run: of a text in which three words in ten were
changed, about half of its pairs still stand, while two reports on one event share a tenth of theirs.
"""

import zlib
from collections.abc import Collection
from functools import lru_cache

from clearspan.language.words import STOPWORDS, words

PHRASE_WORDS = 5
"""Words of a phrase; two texts hardly share one by chance."""

Shingles = frozenset[int]


@lru_cache(maxsize=4096)
def pair_run(text: str) -> tuple[int, ...]:
    """32-bit hashes of all pairs of words that stand next to each other or one apart, stop-word pairs left out.

    As often as they occur, so that a share of them is a share of the text. Stable across processes.
    """
    tokens = words(text)
    return tuple(
        zlib.crc32(f"{first} {second}".encode())
        for step in (1, 2)
        for first, second in zip(tokens, tokens[step:], strict=False)
        if first not in STOPWORDS or second not in STOPWORDS
    )


def pairs(text: str) -> Shingles:
    """The different pairs of a text (w-shingling with gaps; Broder 1997, 'On the resemblance and containment')."""
    return frozenset(pair_run(text))


@lru_cache(maxsize=4096)
def phrases(text: str) -> Shingles:
    """32-bit hashes of all runs of five words; of the whole text when it is shorter. Stable across processes."""
    tokens = words(text)
    last = max(len(tokens) - PHRASE_WORDS, 0)
    return frozenset(
        zlib.crc32(" ".join(tokens[start : start + PHRASE_WORDS]).encode())
        for start in range(last + 1)
        if tokens
    )


def containment(part: Collection[int], whole: Shingles) -> float:
    """Share of `part` that is in `whole`, in [0, 1]; 0 for an empty part."""
    return sum(shingle in whole for shingle in part) / len(part) if part else 0.0
