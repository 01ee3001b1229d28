"""Names that stand where the evidence has another: the sentence is right but for whom it is said of.

Every word of such a sentence may occur in the evidence, so that counting words finds nothing wrong with it.
"""

import re
from collections.abc import Sequence

from clearspan.language.clauses import telling_clauses, without_title
from clearspan.language.words import stems
from clearspan.overview.proof.numbers import NAME
from clearspan.receipts import Check

WHOLE_NAME = re.compile(rf"(?:{NAME.pattern})(?:\s+(?:(?:of|the|de|von|van)\s+)*(?:{NAME.pattern}))*")
"""A name of one word or several."""

_SAME_STATEMENT = 0.7
"""Share of the other words of a clause from which a sentence is taken to say the same of somebody."""

_REFERS_BACK = re.compile(r"^(?:\W*)(?:It|Its|He|She|They|His|Her|Their|This|These|That|Those|The)\b")
_JOINS = frozenset({"and", "or", "&", "", ","})


def exchange(claim: str, evidence: Sequence[str]) -> Check:
    """Whether a name of the claim stands where the evidence has another, or two names have changed places."""
    for clause in telling_clauses(claim):
        for found in WHOLE_NAME.finditer(clause):
            other = _other_in_its_place(found.group(), clause, claim, evidence)
            if other:
                detail = f"the cited text says it of {other}, not of {found.group()}"
                return Check(name="exchange", score=0.0, detail=detail)
    swapped = _swapped(claim, evidence)
    if swapped:
        return Check(name="exchange", score=0.0, detail=f"{swapped[0]} and {swapped[1]} have changed places")
    return Check(name="exchange", score=1.0, detail="no name exchanged")


def _other_in_its_place(name: str, clause: str, claim: str, evidence: Sequence[str]) -> str:
    """The name that the nearest sentence has instead; empty if it has this one, or says something else."""
    own = stems(name)
    rest = stems(clause) - own
    if len(rest) < 2 or not own:
        return ""
    shares = [len(rest & stems(text)) / len(rest) for text in evidence]
    best = max(shares)
    if best < _SAME_STATEMENT:
        return ""
    others: list[str] = []
    for index, (text, share) in enumerate(zip(evidence, shares, strict=True)):
        if share < best:
            continue
        body = without_title(text)
        around = evidence[index - 1] if index and _REFERS_BACK.match(body) else ""
        if own & (stems(text) | stems(around)):
            return ""
        names = [match.group() for match in WHOLE_NAME.finditer(body) if match.start() > 0]
        others.extend(other for other in names if not stems(other) & stems(claim))
    return others[0] if others else ""


def _swapped(claim: str, evidence: Sequence[str]) -> tuple[str, str] | None:
    """Two names with the same words between them, in the evidence the other way round and nowhere this way."""
    found = list(WHOLE_NAME.finditer(claim))
    whole = " ".join(" ".join(evidence).split()).lower()
    for index, first in enumerate(found):
        for second in found[index + 1 : index + 2]:
            between = " ".join(claim[first.end() : second.start()].lower().split())
            if between in _JOINS or between.startswith("and "):
                continue
            one, other = first.group().lower(), second.group().lower()
            if f"{other} {between} {one}" in whole and f"{one} {between} {other}" not in whole:
                return first.group(), second.group()
    return None
