"""Copies of a text under another name: what a satirical paper wrote stays satire wherever it is republished.

Known texts (satire, retracted papers) are indexed by MinHash signatures of their passages; what an index finds is
compared word pair by word pair before it counts. Sentences that were taken word for word are found by their phrases.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clearspan.language.sentences import read_sentences
from clearspan.language.words import words
from clearspan.overview.trust.shingles import Shingles, containment, pair_run, pairs, phrases

COPY_CONTAINMENT = 0.34
"""Share of a passage's word pairs found in a known text from which it is a copy of it.

With 30 % of the words changed at random 0.56 is left in the middle and 0.37 at the least. Texts of different
pages on one event stay below 0.3, apart from templates that one publisher fills in again and again.
"""

FEWEST_PAIRS = 14
"""Shared pairs below which a passage is too short to be told a copy."""

SENTENCE_WORDS = 6
"""Shorter sentences may be the same by chance."""

SENTENCE_PHRASES = 0.8
"""Share of a sentence's phrases found in a known text from which it is taken from it word for word."""

SENTENCE_PAIRS = 0.55
"""Share of a sentence's pairs from which it is taken in other words, on a page that repeats more of that text."""

SIGNATURE = 192
_ROWS = 2
_BANDS = SIGNATURE // _ROWS
"""Two rows a band: passages that share 0.28 of all their pairs meet in some band with a chance of 0.9996."""

_TEXTS_KEPT = 512


@dataclass(frozen=True, slots=True)
class Copy:
    """A known document that a text repeats, and the share of the text's word pairs that stand in it."""

    document_id: str
    share: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A span of a text, in its own characters, that repeats a known document."""

    start: int
    end: int
    document_id: str


class CopyIndex:
    """Known texts, searched for what a passage repeats. Immutable once made.

    Args:
        passages: passages of each known document by its id, in order.
    """

    def __init__(self, passages: Callable[[str], Sequence[str]], known: Iterable[str]) -> None:
        self._passages = passages
        self._ids = list(known)
        self._pairs = lru_cache(_TEXTS_KEPT)(self._read_pairs)
        units: list[Shingles] = []
        owners: list[int] = []
        runs: list[NDArray[np.uint32]] = []
        for owner, document_id in enumerate(self._ids):
            texts = passages(document_id)
            own = [shingles for text in (*texts, *_bridges(texts)) if (shingles := pairs(text))]
            units.extend(own)
            owners.extend([owner] * len(own))
            runs.append(np.fromiter(phrases("\n".join(texts)), np.uint32))
        keys = _band_keys(units).ravel()
        order = np.argsort(keys, kind="stable")
        self._bands = keys[order]
        self._band_owners = np.repeat(np.asarray(owners, np.int32), _BANDS)[order]
        lengths = [len(run) for run in runs]
        joined = np.concatenate(runs) if runs else np.empty(0, np.uint32)
        order = np.argsort(joined, kind="stable")
        self._phrases = joined[order]
        self._phrase_owners = np.repeat(np.arange(len(runs), dtype=np.int32), lengths)[order]

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, texts: Sequence[str], but_not: Sequence[str]) -> list[Copy | None]:
        """For each text the known document that it repeats most; None for those that are no copies.

        Args:
            but_not: for each text the id of a document that is not to be compared with, its own.
        """
        runs = [pair_run(text) for text in texts]
        near = self._meeting([frozenset(run) for run in runs]) if self._ids else [set[int]() for _ in texts]
        found: list[Copy | None] = []
        for text, run, candidates, excluded in zip(texts, runs, near, but_not, strict=True):
            candidates |= set(self._sharing(phrases(text)))
            best: Copy | None = None
            for document_id in (self._ids[owner] for owner in candidates):
                if document_id == excluded:
                    continue
                share = containment(run, self._pairs(document_id))
                enough = share >= COPY_CONTAINMENT and share * len(run) >= FEWEST_PAIRS
                if enough and (best is None or share > best.share):
                    best = Copy(document_id, share)
            found.append(best)
        return found

    def taken(self, text: str, but_not: str = "") -> list[Taken]:
        """The sentences of a text that stand in a known document, word for word or nearly so.

        A copied paragraph hides in a long page; its sentences do not.
        """
        sharing = self._sharing(phrases(text)) if self._ids else {}
        candidates = [owner for owner in sharing if self._ids[owner] != but_not]
        if not candidates:
            return []
        found: list[Taken] = []
        for sentence in read_sentences(text):
            owner = self._source_of(sentence.text, candidates)
            if owner is not None:
                found.append(Taken(sentence.start, sentence.end, self._ids[owner]))
        return found

    def _source_of(self, sentence: str, candidates: Sequence[int]) -> int | None:
        if len(words(sentence)) < SENTENCE_WORDS:
            return None
        own = phrases(sentence)
        exact = self._sharing(own)
        for owner in candidates:
            if exact.get(owner, 0) >= SENTENCE_PHRASES * len(own):
                return owner
        shingles = pairs(sentence)
        if len(shingles) < FEWEST_PAIRS:
            return None
        for owner in candidates:
            # One shared phrase alone may be a name or a saying; a sentence with none of its own is a copy.
            if owner in exact and containment(shingles, self._pairs(self._ids[owner])) >= SENTENCE_PAIRS:
                return owner
        return None

    def _meeting(self, texts: Sequence[Shingles]) -> list[set[int]]:
        """For each text the numbers of the documents with which it shares a band."""
        near: list[set[int]] = [set() for _ in texts]
        filled = [i for i, shingles in enumerate(texts) if shingles]
        if not filled or not len(self._bands):
            return near
        keys = _band_keys([texts[i] for i in filled]).ravel()
        first = np.searchsorted(self._bands, keys, "left")
        last = np.searchsorted(self._bands, keys, "right")
        for at in np.flatnonzero(last > first):
            near[filled[at // _BANDS]].update(self._band_owners[first[at] : last[at]].tolist())
        return near

    def _sharing(self, own: Shingles) -> dict[int, int]:
        """Numbers of the documents that share phrases, with how many."""
        wanted = np.fromiter(own, np.uint32, len(own))
        first = np.searchsorted(self._phrases, wanted, "left")
        last = np.searchsorted(self._phrases, wanted, "right")
        shared: dict[int, int] = {}
        for row in np.flatnonzero(last > first):
            for owner in self._phrase_owners[first[row] : last[row]].tolist():
                shared[owner] = shared.get(owner, 0) + 1
        return shared

    def _read_pairs(self, document_id: str) -> Shingles:
        return pairs("\n".join(self._passages(document_id)))


def _bridges(texts: Sequence[str]) -> list[str]:
    """The second half of each passage with the first half of the next: a copy may be cut elsewhere."""
    cut = [text.split() for text in texts]
    return [" ".join((*a[len(a) // 2 :], *b[: len(b) // 2])) for a, b in pairwise(cut)]


@lru_cache(maxsize=1)
def _hashes() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Odd multipliers and what is added, of as many hash functions as a signature has numbers.

    Multiply-shift hashing (Dietzfelbinger et al. 1997, 'A reliable randomized algorithm for the closest-pair problem').
    """
    drawn = np.random.default_rng(1).integers(0, 2**64, (2, SIGNATURE), np.uint64)
    return drawn[0] | np.uint64(1), drawn[1]


def _signature(shingles: Shingles) -> NDArray[np.uint64]:
    """The least value of each hash function (MinHash; Broder 1997), shape (SIGNATURE,)."""
    multipliers, added = _hashes()
    values = np.fromiter(shingles, np.uint64, len(shingles))[:, None]
    return (values * multipliers + added).min(0) >> np.uint64(32)


def _band_keys(units: Sequence[Shingles]) -> NDArray[np.uint64]:
    """The bands of the signature of each unit as one number each, no two bands alike, shape (units, bands)."""
    rows = np.empty((len(units), SIGNATURE), np.uint64)
    for row, shingles in zip(rows, units, strict=True):
        row[:] = _signature(shingles)
    keys = (rows[:, 0::2] << np.uint64(32)) ^ rows[:, 1::2]
    # An odd multiplier mixes the number of the band into all bits, so that one sorted array serves all bands.
    return keys ^ (np.arange(_BANDS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
