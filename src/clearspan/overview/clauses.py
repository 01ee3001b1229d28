"""Clauses: where a sentence is cut, and which clause of the evidence speaks of the same as one of a claim."""

import re
from collections.abc import Sequence

from clearspan.overview.question import stems

# Evidence is handed over as 'Title: Sentence', and the title is a clause of its own.
_TITLE = re.compile(r"^[^:]*:\s+(?=[^\W\d_a-z])")
_BREAK = re.compile(
    r"[,;](?:\s+(?i:and|but|while|whereas|so|then))?\s+|\s(?i:and|but|while|whereas)\s|:\s+(?=[^\W\d_a-z])"
)


def clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the clauses of a sentence in order; `and` between two nouns also cuts."""
    cuts = [0, *(edge for match in _BREAK.finditer(text) for edge in match.span()), len(text)]
    return tuple((start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True) if start < end)


def telling_clauses(claim: str) -> tuple[str, ...]:
    """The clauses of a claim that can be held against evidence: at least two telling words, else the whole claim."""
    parts = tuple(claim[start:end] for start, end in clauses(claim))
    return parts if all(len(stems(part)) >= 2 for part in parts) else (claim,)


def nearest(claim: str, texts: Sequence[str]) -> str:
    """The text that shares most telling words with a claim, the first of equals."""
    own = stems(claim)
    return max(texts, key=lambda text: len(own & stems(text)))


def nearest_clause(claim: str, evidence: Sequence[str]) -> str:
    """The clause of the evidence that shares most telling words with a clause of a claim."""
    return nearest(claim, [text[start:end] for text in evidence for start, end in clauses(text)])


def without_title(text: str) -> str:
    """A piece of evidence without the title of its document."""
    return _TITLE.sub("", text)


def coverage(claim: str, text: str) -> float:
    """Share of the telling words of a claim that a text has, in [0, 1]; 0 when the claim has none."""
    own = stems(claim)
    return len(own & stems(text)) / len(own) if own else 0.0
