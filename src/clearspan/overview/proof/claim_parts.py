"""What a sentence says, thing by thing: each can be held against a passage on its own, and shown to a person.

A clause is a statement; inside it stand numbers, dates and names, a 'not', a comparison, and words that say how far it
goes. There is no parser: clauses are cut as `clauses.py` cuts them, and the rest is found by its form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clearspan.language.clauses import telling_spans
from clearspan.language.quantities import quantities
from clearspan.language.quantities.dates import MONTHS
from clearspan.language.words import stems
from clearspan.overview.proof.exchange import WHOLE_NAME
from clearspan.overview.proof.vetoes import NEGATION, is_opener, scope_words
from clearspan.receipts import PartKind

_COMPARISON = re.compile(
    r"\b(?:than|as\s+\w+\s+as|(?:the\s+)?(?:most|least|\w{3,}est)\b(?=\s+\w)|twice|thrice|half\s+as|times\s+as)\b",
    re.IGNORECASE,
)
_NOT_SUPERLATIVE = re.compile(
    r"\b(?:west|forest|interest|request|test|rest|quest|guest|protest|harvest|latest)\b"
)
_JOINED = re.compile(r"[\s,;]*(?:(?:and|but|while|whereas|so|then)\s+)?")
_DATES = frozenset({"date", "clock"})


@dataclass(frozen=True, slots=True)
class Part:
    """One checkable thing: `text` is `sentence[start:end]`, and `clause` is the clause that it stands in."""

    kind: PartKind
    start: int
    end: int
    text: str
    clause: str


def split(sentence: str) -> tuple[Part, ...]:
    """The checkable things of a sentence in order; a clause stands before what it holds.

    A sentence without a telling word has one part, itself.
    """
    found: list[Part] = []
    for start, end in _trimmed(sentence):
        clause = sentence[start:end]
        found.append(Part(_clause_kind(clause), start, end, clause, clause))
        inner = sorted(_inside(clause), key=lambda item: item[1])
        found.extend(Part(kind, start + a, start + b, clause[a:b], clause) for kind, a, b in inner)
    # What stands first in the whole sentence is written with a capital whether it is a name or not.
    return tuple(
        part for part in found if not (part.kind == "name" and part.start == 0 and is_opener(part.text))
    )


def _trimmed(sentence: str) -> Iterator[tuple[int, int]]:
    for start, end in telling_spans(sentence):
        inside = sentence[start:end]
        joined = _JOINED.match(inside)
        first = start + (joined.end() if joined else 0)
        last = start + len(inside.rstrip(" ,;"))
        if first < last:
            yield first, last


def _clause_kind(clause: str) -> PartKind:
    if NEGATION.search(clause):
        return "negation"
    if _compares(clause):
        return "comparison"
    return "relation" if len(stems(clause)) >= 2 else "statement"


def _compares(clause: str) -> bool:
    return any(not _NOT_SUPERLATIVE.search(match.group()) for match in _COMPARISON.finditer(clause))


def _inside(clause: str) -> Iterator[tuple[PartKind, int, int]]:
    taken: list[tuple[int, int]] = []
    for quantity in quantities(clause):
        taken.append((quantity.start, quantity.end))
        yield ("date" if quantity.dimension in _DATES else "number"), quantity.start, quantity.end
    for match in WHOLE_NAME.finditer(clause):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        if match.group().lower() not in MONTHS:
            yield "name", match.start(), match.end()
    for start, end in scope_words(clause):
        yield "scope", start, end
