"""What is said to be the cause, the condition or the alternative of what: links between statements, compared as such.

Every word of 'closed because ice falls' or 'closed, or ice falls' may stand in a text that says 'closed because storms
shake its deck, where ice falls'. There is no parser: a link is a word with the statement on either side of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from clearspan.language.clauses import without_title
from clearspan.language.words import stems
from clearspan.receipts import Check

Kind = Literal["cause", "condition", "exception", "concession", "alternative"]

_FINITE = (
    r"(?:is|are|was|were|has|have|had|can|could|may|might|must|shall|should|will|would|do|does|did|cannot)"
)
_SUBJECT = r"(?:it|they|he|she|we|you|there|i|nobody|everybody|no\s+one)"
_MONTH = r"(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME = (
    rf"(?:\d|then\b|{_MONTH}\s+\d|(?:about|around|at\s+least|last|early|late|mid|ancient|medieval|(?:the|its|his|her|their)\s+"
    r"(?:\d|\w+\s+century|early|late|mid|end|start|beginning|turn|days?|times?|birth|death|war)\b))"
)
# 'Since' and 'as' tell a time, a role or a likeness as often as a cause: what follows must read as a statement.
_SINCE = rf"(?<!ever\s)since(?!\s+{_TIME})"
_AS = (
    r"(?:(?<=,\s)|(?<=^)|(?<=[.;:]\s))as(?!\s+(?:an?|well|of|for|if|though|in|on|at|with|to|part|such|per|follows|usual|"
    rf"is|are|was|were|did|do|does|\w+(?:ed|wn)|\w+\s+as)\b)|as(?=\s+{_SUBJECT}\s)(?!\s+it\s+were)|"
    rf"as(?=\s+(?:(?!(?:who|which|that|as|an?)\b)[^\W\d]+\s+){{1,4}}{_FINITE}\b)"
)
_MARKS: tuple[tuple[Kind, bool, str], ...] = (
    (
        "cause",
        False,
        r"because(?:\s+of)?|due\s+to|owing\s+to|thanks\s+to|as\s+a\s+result\s+of|on\s+account\s+of|"
        r"caused\s+(?:\w+ly\s+)?by|result(?:s|ed|ing)?\s+from|stem(?:s|med|ming)?\s+from",
    ),
    (
        "cause",
        True,
        r"le(?:d|ads?|ading)\s+to|result(?:s|ed|ing)?\s+in|g(?:ave|ives?|iving)\s+rise\s+to|so\s+that|"
        r"caus(?:es(?!\s+of)|ed|ing)",
    ),
    ("concession", False, r"even\s+(?:if|though)|although|though|despite|in\s+spite\s+of"),
    ("exception", False, r"unless"),
    (
        "condition",
        False,
        r"(?:only\s+)?(?<!as\s)if|provided\s+(?:that)?|as\s+long\s+as|on\s+condition\s+that|in\s+case",
    ),
    ("cause", False, rf"{_SINCE}|{_AS}"),
    ("alternative", False, r"or(?:\s+else)?"),
)
"""Kind, whether the cause stands before the word and what comes of it behind, and the words."""

_MARK = re.compile("|".join(rf"\b({pattern})\b" for _, _, pattern in _MARKS), re.IGNORECASE)
_EDGE = re.compile(r"[;:]\s|\.\s")
_COMMA = re.compile(r",\s")
_NEXT = re.compile(r",\s+(?:and|but|while|whereas|so|then|which|who|where)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|never|nobody|without|cannot)\b|n['’]t\b", re.IGNORECASE)
_LASTING = re.compile(r"\b(?:has|have|had)\b[^,]*$", re.IGNORECASE)
_NAMED: dict[Kind, str] = {
    "cause": "a cause",
    "condition": "a condition",
    "exception": "an exception",
    "concession": "a concession",
    "alternative": "an alternative",
}
_DENIED: dict[Kind, Kind] = {"condition": "exception", "exception": "condition"}

_WIDEST = 1_200
"""Characters on either side of a word that its statements are looked for in: no sentence that is quoted is longer."""

_MOST = 100
"""Links of one text that are compared; a text with more of them is no sentence, and nothing can be read off it."""

_SAME = 0.6
"""Share of the telling words of a statement from which another is taken to speak of the same."""

_OTHER = 0.25
"""Share up to which it is taken to say something else."""


@dataclass(frozen=True, slots=True)
class _Link:
    """`told` holds because of, if, or as an alternative to `by`; both are stems."""

    kind: Kind
    mark: str
    told: frozenset[str]
    by: frozenset[str]
    named: str


def links(claim: str, evidence: Sequence[str]) -> Check:
    """Whether causes, conditions and alternatives of the claim are those of the evidence."""
    texts = [without_title(text) for text in evidence] if _MARK.search(claim) else []
    if any(len(list(islice(_MARK.finditer(text), _MOST + 1))) > _MOST for text in (claim, *texts)):
        return Check(
            name="links",
            score=0.0,
            detail=f"more than {_MOST} causes, conditions and alternatives in one text",
        )
    found = [link for text in texts for link in _links(text)]
    for said in _links(claim) if texts else ():
        detail = _fault(said, found)
        if detail:
            return Check(name="links", score=0.0, detail=detail)
    return Check(
        name="links", score=1.0, detail="causes, conditions and alternatives are as in the cited text"
    )


def _fault(said: _Link, found: Sequence[_Link]) -> str:
    """What the evidence has otherwise; empty when it has the link, or says nothing of the kind."""
    same = [link for link in found if link.kind == said.kind]
    if any(_agrees(said, link) for link in same):
        return ""
    if said.kind != "alternative" and any(_turned(said, link) for link in same):
        return f"the cited text has {_NAMED[said.kind]} and what follows from it the other way round"
    for link in found:
        turned = "alternative" not in (said.kind, link.kind) and _turned(said, link)
        if link.kind != said.kind and (turned or _agrees(said, link)):
            return f"the cited text says '{link.mark}', {_NAMED[link.kind]}, not {_NAMED[said.kind]}"
    for link in same:
        if said.kind != "alternative" and _share(said.told, link.told) >= _SAME and _apart(said, link):
            return f"the cited text names another: '{link.named}'"
    return ""


def _agrees(said: _Link, link: _Link) -> bool:
    forward = _share(said.told, link.told) >= _SAME and _share(said.by, link.by) >= _SAME
    if said.kind == "alternative" and link.kind == "alternative":
        return forward or (_share(said.told, link.by) >= _SAME and _share(said.by, link.told) >= _SAME)
    return forward


def _turned(said: _Link, link: _Link) -> bool:
    return _share(said.told - said.by, link.by) >= _SAME and _share(said.by - said.told, link.told) >= _SAME


def _apart(said: _Link, link: _Link) -> bool:
    """Whether what is named on either side has next to nothing in common with the other."""
    return bool(link.by) and _share(said.by, link.by) <= _OTHER and _share(link.by, said.by) <= _OTHER


def _share(own: frozenset[str], other: frozenset[str]) -> float:
    return len(own & other) / len(own) if own else 0.0


def _links(text: str) -> Iterator[_Link]:
    for mark in _MARK.finditer(text):
        kind, turned, _ = _MARKS[(mark.lastindex or 1) - 1]
        first, last = max(0, mark.start() - _WIDEST), mark.end() + _WIDEST
        start = max((edge.end() for edge in _EDGE.finditer(text, first, mark.start())), default=first)
        end = min((edge.start() for edge in _EDGE.finditer(text, mark.end(), last)), default=last)
        before, after = text[start : mark.start()], text[mark.end() : end]
        words = " ".join(mark.group().lower().split())
        if words == "since" and _LASTING.search(before):
            continue
        if not stems(before):
            # 'Because ice falls, the bridge is closed': what it is told of stands behind the comma.
            comma = _COMMA.search(after)
            if comma is None:
                continue
            before, after = after[comma.end() :], after[: comma.start()]
        elif following := _NEXT.search(after):
            after = after[: following.start()]
        if kind == "alternative" and min(len(stems(before)), len(stems(after))) < 2:
            continue
        if _NOT.search(after.split(",")[0]):
            # 'If it does not rain' is 'unless it rains'.
            kind = _DENIED.get(kind, kind)
        told, by = (after, before) if turned else (before, after)
        if stems(told) and stems(by):
            named = " ".join((f"{by} {words}" if turned else f"{words} {by}").split()).rstrip(" .!?")
            yield _Link(kind, words, stems(told), stems(by), named)
