"""Questions that ask two things at once: what each of them asks, and which of them nothing answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.language.sentences import Sentence
from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import ShapedClaim
from clearspan.overview.question import Question, carries, understand

_ASKING = (
    r"(?:(?:in|at|on|by|for|from|to|with)\s+)?(?:who(?:m|se)?|when|where|why|"
    r"how(?:\s+(?:much|many|long|far|tall|high|deep|wide|old|often|big|large|heavy|fast))?|"
    r"(?:what|which)\s+(?:year|date|day|time|city|country|place|price|cost|size|length|height|weight)|what|which)"
)
_JOINED = re.compile(
    rf"(?:,\s*|\s+)(?:and|or)\s+(?=(?P<word>{_ASKING})\b)|[?;]\s+(?=(?:and\s+)?(?P<next>{_ASKING})\b)",
    re.IGNORECASE,
)
_OPENS = re.compile(rf"^\W*(?P<word>{_ASKING})\b", re.IGNORECASE)
_NEARLY = 0.3
"""Share of the threshold from which a statement answers a part: half of the question's words are not about it."""


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """One of the things that a question asks: its asking words ('how much'), and what would answer it."""

    asks: str
    question: Question


def parts(question: Question) -> tuple[QuestionPart, ...]:
    """The parts of a question in order, each with the kind of value that it wants; empty where it asks one thing."""
    text = question.text
    opening = _OPENS.match(text)
    cuts = list(_JOINED.finditer(text))
    if not cuts or opening is None:
        return ()
    words = [opening["word"], *(cut["word"] or cut["next"] for cut in cuts)]
    edges = [0, *(edge for cut in cuts for edge in cut.span()), len(text)]
    pieces = [text[a:b].strip(" ?,;") for a, b in zip(edges[::2], edges[1::2], strict=True)]
    found = [
        QuestionPart(word.lower(), understand(f"{piece}?")) for word, piece in zip(words, pieces, strict=True)
    ]
    asked = {part.question.wants for part in found}
    # Parts whose kinds of value cannot be told apart cannot be told to be missing.
    return tuple(found) if all(asked) and len(asked) == len(found) else ()


def missing_parts(
    given: Given, claims: Sequence[ShapedClaim]
) -> tuple[tuple[ScoredStatement, ...], tuple[str, ...]]:
    """For a question of several parts: statements for those that the claims do not answer, and what nothing answers."""
    further: list[ScoredStatement] = []
    lacking: list[str] = []
    for part in parts(given.question):
        if any(carries(part.question, Sentence(claim.shown)) for claim in claims):
            continue
        able = [
            one
            for one in given.scored
            if one.probability >= _NEARLY * given.threshold and carries(part.question, one.statement.sentence)
        ]
        if able:
            further.append(max(able, key=lambda one: one.probability))
        else:
            lacking.append(f"What was found does not say {part.asks}.")
    return tuple(dict.fromkeys(further)), tuple(lacking)
