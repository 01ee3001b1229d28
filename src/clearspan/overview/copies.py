"""Copies of a text under another name: what a satirical paper wrote stays satire wherever it is republished.

Two texts are compared by their runs of five words (w-shingling; Broder 1997, 'On the resemblance and
containment of documents'). Containment, not resemblance, is used: a copy inside a longer page is a copy too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clearspan.library.documents import Document
from clearspan.library.words import words

SHINGLE_WORDS = 5
COPY_CONTAINMENT = 0.5
"""Share of a passage's shingles found in another text from which it counts as a copy of it."""

SENTENCE_WORDS = 6
"""Shorter sentences may be the same by chance."""

SENTENCE_CONTAINMENT = 0.8
"""Share of a sentence's shingles from which it is taken from another text."""


@dataclass(frozen=True, slots=True)
class Original:
    """A known text and its shingles."""

    document: Document
    shingles: frozenset[int]


def shingles(text: str) -> frozenset[int]:
    """Hashes of all runs of five words; of the whole text when it is shorter. Stable within one process."""
    tokens = words(text)
    if len(tokens) < SHINGLE_WORDS:
        return frozenset({hash(tuple(tokens))}) if tokens else frozenset()
    return frozenset(
        hash(tuple(tokens[i : i + SHINGLE_WORDS])) for i in range(len(tokens) - SHINGLE_WORDS + 1)
    )


def containment(part: frozenset[int], whole: frozenset[int]) -> float:
    """Share of `part` that is in `whole`, in [0, 1]; 0 for an empty part."""
    return len(part & whole) / len(part) if part else 0.0


def originals(documents: Iterable[Document]) -> tuple[Original, ...]:
    """Known texts, ready to be compared with; `text` must be filled."""
    return tuple(Original(document, shingles(document.text)) for document in documents)


def find_original(text: str, known: Iterable[Original], but_not: str = "") -> tuple[Original, float] | None:
    """The known text that a passage repeats most, with the share repeated; None below `COPY_CONTAINMENT`.

    Args:
        but_not: id of a document that is not to be compared with (the passage's own).
    """
    part = shingles(text)
    best, share = None, 0.0
    for original in known:
        if original.document.id != but_not and containment(part, original.shingles) > share:
            best, share = original, containment(part, original.shingles)
    return None if best is None or share < COPY_CONTAINMENT else (best, share)


def sentence_from(text: str, known: Iterable[Original], but_not: str = "") -> Original | None:
    """The known text that a sentence is taken from; a copied paragraph hides in a long page, its sentences do not."""
    if len(words(text)) < SENTENCE_WORDS:
        return None
    part = shingles(text)
    return next(
        (
            original
            for original in known
            if original.document.id != but_not
            and containment(part, original.shingles) >= SENTENCE_CONTAINMENT
        ),
        None,
    )
