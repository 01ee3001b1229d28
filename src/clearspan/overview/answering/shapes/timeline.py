"""Timeline: dated statements in the order in which the things happened."""

import re

from clearspan.language.quantities import Quantity
from clearspan.language.quantities.quantity import DATES
from clearspan.language.words import stems
from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, ShapedClaim, quoted
from clearspan.overview.question import Question

_ASKS = re.compile(
    r"\b(?:history|timeline|chronolog\w*|time\s*line|sequence\s+of\s+events|course\s+of\s+events|over\s+(?:the\s+)?time|"
    r"over\s+the\s+years|in\s+what\s+order|career\s+of|life\s+of|milestones?|key\s+(?:dates|events))\b",
    re.IGNORECASE,
)
_FEWEST, _MOST = 3, 12
_NEARLY = 0.5
"""Share of the threshold from which a dated statement about the thing belongs to its timeline."""


def asks_for_timeline(question: Question) -> bool:
    """Whether a question asks how something went over time."""
    return bool(_ASKS.search(question.text))


def timeline(given: Given) -> ShapedAnswer | None:
    """At least three dated statements, the earliest first, each once; None where there are fewer."""
    dated = [
        (date, one)
        for one in given.scored
        if one.probability >= _NEARLY * given.threshold and (date := _date(one)) is not None
    ]
    dated.sort(key=lambda each: each[1].probability, reverse=True)
    kept: list[tuple[Quantity, ScoredStatement]] = []
    for date, one in dated:
        if len(kept) < _MOST and not any(date.same(other) and _same(one, known) for other, known in kept):
            kept.append((date, one))
    if len(kept) < _FEWEST:
        return None
    kept.sort(key=lambda each: (each[0].value, each[1].start))
    claims: list[ShapedClaim] = []
    for date, one in kept:
        shown = [claim.spot for claim in claims if claim.spot]
        claims.extend(quoted(one, "event", mark=date.text, shown=shown, emphasis=(date.start, date.end)))
    return ShapedAnswer("timeline", tuple(claims))


def _date(one: ScoredStatement) -> Quantity | None:
    """The first date of a statement that names a year."""
    found = (
        q
        for q in one.statement.sentence.quantities
        if q.dimension == "date" and q.precision in DATES and q.exact
    )
    return next(found, None)


def _same(one: ScoredStatement, known: ScoredStatement) -> bool:
    mine, theirs = stems(one.text), stems(known.text)
    return len(mine & theirs) >= 0.6 * max(1, min(len(mine), len(theirs)))
