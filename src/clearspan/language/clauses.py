"""Clauses: where a sentence is cut, and which clause of the evidence speaks of the same as one of a claim."""

import re
from collections.abc import Sequence

from clearspan.language.quantities import quantities
from clearspan.language.words import stems

# Evidence is handed over as 'Title: Sentence', and the title is a clause of its own.
_TITLE = re.compile(r"^[^:]*:\s+(?=[^\W\d_a-z])")
_BREAK = re.compile(
    r"[,;](?:\s+(?i:and|but|while|whereas|so|then))?\s+|\s(?i:and|but|while|whereas)\s|:\s+(?=[^\W\d_a-z])"
)


def clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the clauses of a sentence in order; `and` between two nouns also cuts, but nothing inside a quantity."""
    whole = [(quantity.start, quantity.end) for quantity in quantities(text)]
    breaks = [
        match.span()
        for match in _BREAK.finditer(text)
        if not any(start < match.start() and match.end() < end for start, end in whole)
    ]
    cuts = [0, *(edge for span in breaks for edge in span), len(text)]
    return tuple((start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True) if start < end)


def telling_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Clauses as spans; one of fewer than two telling words goes with the one before it, or after it at the start."""
    spans: list[tuple[int, int]] = []
    start = 0
    for _, end in clauses(text):
        if len(stems(text[start:end])) >= 2:
            spans.append((start, end))
        elif spans:
            spans[-1] = (spans[-1][0], end)
        else:
            continue
        start = end
    return tuple(spans) or ((0, len(text)),)


def telling_clauses(text: str) -> tuple[str, ...]:
    """The texts of `telling_spans`."""
    return tuple(text[start:end] for start, end in telling_spans(text))


def nearest(claim: str, texts: Sequence[str]) -> str:
    """The text that shares most telling words with a claim, the first of equals."""
    own = stems(claim)
    return max(texts, key=lambda text: len(own & stems(text)))


def nearest_clause(claim: str, evidence: Sequence[str]) -> str:
    """The clause of the evidence that shares most telling words with a clause of a claim, titles after sentences."""
    bodies = [without_title(text) for text in evidence]
    titles = [text[: len(text) - len(body)] for text, body in zip(evidence, bodies, strict=True)]
    return nearest(
        claim, [*(part for body in bodies for part in telling_clauses(body)), *filter(None, titles)]
    )


def without_title(text: str) -> str:
    """A piece of evidence without the title of its document."""
    return _TITLE.sub("", text)


def coverage(claim: str, text: str) -> float:
    """Share of the telling words of a claim that a text has, in [0, 1]; 0 when the claim has none."""
    own = stems(claim)
    return len(own & stems(text)) / len(own) if own else 0.0
