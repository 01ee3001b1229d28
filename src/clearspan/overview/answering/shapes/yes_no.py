"""Yes or no: one word, what says so, and the conditions that it holds under."""

import re
from collections.abc import Sequence

from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.lists import MOST_ITEMS
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, ShapedClaim, all_quoted, quoted
from clearspan.receipts import Verdict

_CERTAIN = 0.75
"""Probability from which a word is said without 'probably': a word by itself is taken for certain, so three to one."""

_LEANING = 0.55
"""Probability below which no word is said, whatever the settings would risk."""

_REPLY = re.compile(r"^\W*(yes|no)\b\s*[,.:;!–—-]", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:if|unless|only\s+(?:if|when|for|in)|provided(?:\s+that)?|as\s+long\s+as|except|depend(?:s|ing)\s+on|"
    r"on\s+condition|subject\s+to|in\s+case|until|must|at\s+least|eligible|qualify)\b",
    re.IGNORECASE,
)
_MOST_CONDITIONS = 4
_NEARLY = 0.5
"""Share of the threshold from which a condition beside the evidence is stated."""


def yes_no(given: Given) -> ShapedAnswer | None:
    """The word that the evidence comes to, the quotes behind it and their conditions; None where no word can be read.

    The word is that of each chosen statement, weighed by how surely it is evidence. A reply that opens with 'Yes' or
    'No' says so itself.
    """
    read = [(one, said) for one in given.chosen if (said := _said(one)) is not None]
    if not read:
        return None
    yes = sum(one.probability * said for one, said in read) / max(
        sum(one.probability for one, _ in read), 1e-9
    )
    verdict = None
    if (sure := max(yes, 1.0 - yes)) >= max(given.sure, _LEANING):
        verdict = Verdict(
            answer="yes" if yes > 0.5 else "no", probability=round(sure, 3), hedged=sure < _CERTAIN
        )
    claims = all_quoted([one for one, _ in read])
    missing = () if verdict else ("What was found does not settle whether it is yes or no.",)
    return ShapedAnswer("yes_no", (*claims, *_conditions(given, claims)), verdict, missing)


def _said(one: ScoredStatement) -> float | None:
    """The probability that a statement says yes, as it was read or as it says itself; None where neither tells."""
    if one.yes is not None:
        return one.yes
    reply = _REPLY.match(one.text)
    return None if reply is None else float(reply[1].lower() == "yes")


def _conditions(given: Given, claims: Sequence[ShapedClaim]) -> list[ShapedClaim]:
    """What the answer holds under: the rest of a list of conditions, and sentences with conditions beside it."""
    made: list[ShapedClaim] = []
    for one in _beside(given):
        shown = [claim.spot for claim in (*claims, *made) if claim.spot]
        if not any(
            spot.source == one.source and spot.start <= one.start and one.end <= spot.end for spot in shown
        ):
            mark = one.statement.item.mark if one.statement.item else ""
            made.extend(quoted(one, "condition", mark=mark, shown=shown))
    return made


def _beside(given: Given) -> list[ScoredStatement]:
    best = given.best
    if best.list_id is not None and any(_CONDITION.search(one.text) for one in best.statement.context):
        return [one for one in given.scored if one.list_id == best.list_id and one is not best][:MOST_ITEMS]
    near = [
        one
        for one in given.scored
        if one.source == best.source
        and one not in given.chosen
        and one.probability >= _NEARLY * given.threshold
        and _CONDITION.search(one.text)
    ]
    return near[:_MOST_CONDITIONS]
