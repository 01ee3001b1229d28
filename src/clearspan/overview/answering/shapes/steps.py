"""Steps: the whole sequence that the evidence points to, in order, none missing, numbered as the source numbers it."""

import re

from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.lists import MOST_ITEMS, FoundList, listed, lists
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, all_quoted

_FIRST = re.compile(
    r"^\W*(?:first(?:ly)?|begin\s+by|start\s+(?:by|with)|to\s+(?:begin|start)\s+with)\b", re.IGNORECASE
)
_NEXT = re.compile(
    r"^\W*(?:second(?:ly)?|third(?:ly)?|then|next|after(?:\s+(?:that|this|wards?))?|once|when|now|finally|lastly|at\s+last|afterwards)\b",
    re.IGNORECASE,
)
_TO_DO = re.compile(
    r"\b(?:steps?|instructions?|directions?|method|procedure|process|how\s+to|do\s+(?:the\s+following|this|these)|"
    r"follow\s+(?:these|this|the))\b|^\W*(?:in\s+order\s+)?to\s+\w+|\byou\s+(?:should|must|need\s+to|have\s+to|can)\s*:\s*$",
    re.IGNORECASE,
)
_LONGEST = 10


def steps(given: Given) -> ShapedAnswer | None:
    """All items of the list of steps that the evidence points to; else a sequence told in prose; else None."""
    best = next((one for one in lists(given) if _sequence(one)), None)
    if best is not None:
        shown = best.items[:MOST_ITEMS]
        return ShapedAnswer(
            "steps", listed(shown, "step"), missing=_gaps(best), more=len(best.items) > len(shown)
        )
    told = _told(given)
    return ShapedAnswer("steps", all_quoted(told, "step")) if told else None


def _sequence(one: FoundList) -> bool:
    """Whether a list is one of steps: its source numbers it, or introduces it as something to do."""
    if all(step.statement.item is not None and step.statement.item.mark for step in one.top):
        return True
    first = one.items[0].statement
    return bool(_TO_DO.search(first.heading) or any(_TO_DO.search(each.text) for each in first.context[-1:]))


def _gaps(one: FoundList) -> tuple[str, ...]:
    """Steps that the source numbers and that are not here."""
    marks = [step.statement.item.mark for step in one.top if step.statement.item]
    numbers = [int(mark) for mark in marks if mark.isdigit()]
    if not numbers or len(numbers) < len(marks):
        return ()
    lacking = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
    if not lacking:
        return ()
    named = ", ".join(map(str, lacking))
    return (f"Step{'s' if len(lacking) > 1 else ''} {named} of this list cannot be quoted; see the source.",)


def _told(given: Given) -> list[ScoredStatement]:
    """A sequence told in prose: from the sentence that begins it to the last one that goes on from it or answers."""
    answering = given.evidence
    if not answering:
        return []
    best = answering[0]
    paragraph = [
        one
        for one in given.scored
        if (one.source, one.offset, one.statement.paragraph)
        == (best.source, best.offset, best.statement.paragraph)
        and one.statement.unit == "prose"
    ]
    first = next((i for i, one in enumerate(paragraph) if _FIRST.search(one.text)), None)
    if first is None or not any(_NEXT.search(one.text) for one in paragraph[first + 1 :]):
        return []
    last = max(
        (i for i, one in enumerate(paragraph) if i > first and (_NEXT.search(one.text) or one in answering))
    )
    return paragraph[first : min(last + 1, first + _LONGEST)]
