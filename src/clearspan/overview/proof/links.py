"""What is said to be the cause, the condition or the alternative of what: links between statements, compared as such.

Every word of 'closed because ice falls' or 'closed, or ice falls' may stand in a text that says 'closed because storms
shake its deck, where ice falls'. There is no parser: a link is a word with the statement on either side of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from clearspan.language.clauses import without_title
from clearspan.language.words import stems
from clearspan.receipts import Check

Kind = Literal["cause", "condition", "alternative"]

_MARKS: tuple[tuple[Kind, str], ...] = (
    (
        "cause",
        r"because(?:\s+of)?|due\s+to|owing\s+to|thanks\s+to|as\s+a\s+result\s+of|on\s+account\s+of|caused\s+by",
    ),
    (
        "condition",
        r"(?:only\s+)?if|unless|provided\s+(?:that)?|as\s+long\s+as|on\s+condition\s+that|in\s+case",
    ),
    ("alternative", r"or(?:\s+else)?"),
)
_MARK = re.compile("|".join(rf"\b(?P<{kind}>{pattern})\b" for kind, pattern in _MARKS), re.IGNORECASE)
_EDGE = re.compile(r"[;:]\s|\.\s")
_COMMA = re.compile(r",\s")
_NEXT = re.compile(r",\s+(?:and|but|while|whereas|so|then|which|who|where)\b", re.IGNORECASE)
_NAMED: dict[Kind, str] = {"cause": "a cause", "condition": "a condition", "alternative": "an alternative"}

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
    by_text: str


def links(claim: str, evidence: Sequence[str]) -> Check:
    """Whether causes, conditions and alternatives of the claim are those of the evidence."""
    found = [link for text in evidence for link in _links(without_title(text))]
    for said in _links(claim):
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
        if link.kind != said.kind and _agrees(said, link):
            return f"the cited text says '{link.mark}', {_NAMED[link.kind]}, not {_NAMED[said.kind]}"
    for link in same:
        if said.kind != "alternative" and _share(said.told, link.told) >= _SAME and _apart(said, link):
            return f"the cited text names another: '{link.mark} {link.by_text}'"
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
        kind: Kind = next(kind for kind, _ in _MARKS if mark[kind])
        start = max((edge.end() for edge in _EDGE.finditer(text, 0, mark.start())), default=0)
        end = min((edge.start() for edge in _EDGE.finditer(text, mark.end())), default=len(text))
        before, after = text[start : mark.start()], text[mark.end() : end]
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
        told, by = stems(before), stems(after)
        if told and by:
            named = " ".join(after.split()).rstrip(" .!?")
            yield _Link(kind, " ".join(mark.group().lower().split()), told, by, named)
