"""Which shape an answer takes: the one that its question most probably asks for and that the evidence can fill."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from clearspan.overview.answering.querytype import query_type
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.shapes.about import about
from clearspan.overview.answering.shapes.comparison import comparison
from clearspan.overview.answering.shapes.fact import fact
from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.lists import is_of_what_is_asked, listing
from clearspan.overview.answering.shapes.number import number
from clearspan.overview.answering.shapes.parts import missing_parts
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, all_quoted, quoted, told
from clearspan.overview.answering.shapes.sides import sides, titles_of
from clearspan.overview.answering.shapes.steps import steps
from clearspan.overview.answering.shapes.timeline import asks_for_timeline, timeline
from clearspan.overview.answering.shapes.why import explanation, why
from clearspan.overview.answering.shapes.yes_no import yes_no
from clearspan.overview.question import Question

_LIKELY = 0.5
_WORDING = 0.75
_UNLIKELY = 0.2
"""Probability below which a kind of question is not tried."""

_LIST = re.compile(
    r"^\W*(?:list|name|enumerate|give)\b|\b(?:what|which)\s+(?:are|were)\s+(?!the\s+(?:difference|population|height|length)\b)|"
    r"\b(?:what|which)\s+(?:\w+\s+)?(?:\w{3,}(?:[^su]s|ies))\s+(?:are|were|do|does|did|can|should|have|must)\b|"
    r"\bwhat\s+(?:kinds|types|sorts|things)\b|\bwho\s+(?:are|were)\b|\bingredients\b|\bwhat\s+do\s+(?:i|you|we)\s+need\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^\W*(?!.*\bthe\s+\w+\s+of\b)(?:what\s+(?:is|are|was|were)|what['’]s|who\s+(?:is|was|were)|who['’]s|define|tell\s+me\s+about|describe|about)\s+"
    r"(?:an?\s+|the\s+)?(?:[^\s?]+\s*){1,4}\??\s*$|\bwhat\s+does\s+.+\s+mean\b|\bmeaning\s+of\b|^\W*what\s+do\s+you\s+know\s+about\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"^\W*(?:how\s+(?:do|does|did|can|could|should|to|is|are|was|were|would|must)\b|what\s+(?:is|are)\s+the\s+steps?\b|"
    r"what\s+(?:should|must|do)\s+(?:i|you|we|one)\s+do\b)",
    re.IGNORECASE,
)


def blended(question: Question, read: Mapping[AskedFor, float]) -> dict[AskedFor, float]:
    """What kind of question it may be by its wording and as the reader sees it, about 1 in sum.

    The wording counts most: the reader's teachers were labelled by it, but for several hops and tables.
    """
    worded = guessed(question)
    return {
        kind: _WORDING * worded.get(kind, 0.0) + (1.0 - _WORDING) * read.get(kind, 0.0)
        for kind in (*worded, *read)
    }


def guessed(question: Question) -> Mapping[AskedFor, float]:
    """What kind of question it may be by its wording alone, for where nothing has read it."""
    text, wants = question.text, question.wants
    quantity = bool(wants - {"name", "place", "reason", "definition", "date", "weekday", "clock"})
    if sides(text):
        return {"compare": 0.8, "fact": 0.2}
    if "reason" in wants:
        return {"why": 0.8, "fact": 0.2}
    if _HOW.search(text):
        return {"how": 0.8, "fact": 0.2}
    if query_type(text) == "yes or no":
        return {"yes_no": 0.8, "fact": 0.2}
    if _LIST.search(text):
        return {"list": 0.7, "fact": 0.3}
    if quantity:
        return {"number": 0.8, "fact": 0.2}
    if not wants - {"name"} and _DEFINITION.search(text):
        return {"definition": 0.7, "fact": 0.3}
    return {"fact": 1.0}


def assemble(
    given: Given, shape: Callable[[Given], ShapedAnswer | None] | None = None
) -> ShapedAnswer | None:
    """The answer in its shape, after what leads to it; None where no statement answers.

    Args:
        shape: the one that it must have; that which its question asks for when None.
    """
    answer = (shape or _shaped)(given) if given.chosen else None
    return _led(given, answer) if answer else None


def _led(given: Given, answer: ShapedAnswer) -> ShapedAnswer:
    """An answer with what leads to it before it, unless it tells that itself."""
    shown = [claim.spot for claim in answer.claims if claim.spot]
    before = quoted(given.lead, "context", shown=shown) if given.lead and not told(given.lead, shown) else []
    before = [replace(claim, emphasis=None) for claim in before]
    after = [
        replace(claim, taken_from=tuple(at + len(before) for at in claim.taken_from))
        for claim in answer.claims
    ]
    return replace(answer, claims=(*before, *after))


def _shaped(given: Given) -> ShapedAnswer | None:
    """Kinds are tried from the most probable on until the evidence fills the shape of one; a fact it always fills."""
    if asks_for_timeline(given.question) and (told := timeline(given)):
        return told
    # Two named sides say more of what is asked than any guess at it, unless one word is wanted of them.
    wants_word = given.kinds.get("yes_no", 0.0) >= _LIKELY
    if sides(given.question.text, titles_of(given)) and not wants_word and (told := comparison(given)):
        return _whole(given, told)
    kinds = sorted(given.kinds, key=lambda kind: given.kinds[kind], reverse=True)
    for kind in kinds:
        if given.kinds[kind] < _UNLIKELY:
            break
        if answer := _SHAPES[kind](given):
            return _whole(given, answer)
    answer = _offered(fact)(given)
    return _whole(given, answer) if answer else None


def _how(given: Given) -> ShapedAnswer | None:
    """Steps, or the list that the best evidence stands in if all of it is what is asked for; else an explanation."""
    if told := steps(given):
        return told
    whole = given.best.list_id is not None and (
        _mostly_answers(given) or is_of_what_is_asked(given, given.best)
    )
    if whole and (told := listing(given)):
        return told
    found = explanation(given)
    return ShapedAnswer("why", all_quoted(found)) if len(found) > 1 else None


def _offered(shape: Callable[[Given], ShapedAnswer | None]) -> Callable[[Given], ShapedAnswer | None]:
    """A shape that makes way for a list where most of one answers: what has several answers is not told by one."""

    def shaped(given: Given) -> ShapedAnswer | None:
        return (listing(given) if _mostly_answers(given) else None) or shape(given)

    return shaped


def _mostly_answers(given: Given) -> bool:
    """Whether half of the items of the list that the best statement stands in answer, and more than one."""
    own = [one for one in given.scored if one.list_id is not None and one.list_id == given.best.list_id]
    return 1 < sum(one.probability >= given.threshold for one in own) >= len(own) / 2


def _whole(given: Given, answer: ShapedAnswer) -> ShapedAnswer:
    """An answer with statements for the parts of the question that it leaves out, and what stays missing."""
    further, lacking = missing_parts(given, answer.claims)
    shown = {claim.spot for claim in answer.claims}
    added = tuple(claim for claim in all_quoted(further) if claim.spot not in shown)
    return replace(answer, claims=(*answer.claims, *added), missing=(*answer.missing, *lacking))


_SHAPES: Mapping[AskedFor, Callable[[Given], ShapedAnswer | None]] = {
    "fact": _offered(fact),
    "yes_no": yes_no,
    "list": listing,
    "number": number,
    "how": _how,
    "why": _offered(why),
    "compare": comparison,
    "definition": about,
    # Several hops end in a fact; rows of tables are looked up and calculated elsewhere.
    "multi_hop": fact,
    "table": fact,
}
