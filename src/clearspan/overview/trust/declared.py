"""What a page says of itself against its own interest: that it is satire, or that it was retracted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from clearspan.overview.trust.mention import is_mentioned

Scope = Literal["page", "publisher"]

_SITE = r"(?:web\s?site|site|newspaper|paper|publication|magazine|journal|blog|channel|outlet|gazette|news\s+service)"
_PAGE = r"(?:article|story|post|piece|page|report|column|item|text|entry)"
_JOKE = (
    r"(?:satire|satirical|parody|a\s+spoof|spoof|a\s+joke|humou?r|fiction|fictional|fictitious|made[\s-]up"
    r"|invented)"
)
_QUITE = (
    r"(?:\s+(?:entirely|purely|wholly|a\s+work\s+of|pure|just|all|only|intended\s+as|meant\s+as|complete))*"
)

_PUBLISHER_SATIRE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:this|our)\s+{_SITE}\s+(?:is|are|contains|publishes|prints){_QUITE}\s+{_JOKE}\b",
        r"\b(?:we|we're|we\s+are|this)\s+(?:are\s+|is\s+)?an?\s+(?:\w+\s+)?(?:satirical|satire|parody|spoof)\s+\w+",
        rf"\b(?:everything|nothing|all|none\s+of\s+what|whatever)\s+(?:that\s+)?(?:we|you\s+read\s+here|on\s+this\s+{_SITE})"
        rf"[^.\n]{{0,60}}\b(?:{_JOKE}|true|real)\b",
        rf"\b(?:all|the|our)\s+(?:stories|articles|reports|news|people|quotations|experts)\b[^.\n]{{0,40}}"
        rf"\bare{_QUITE}\s+(?:{_JOKE}|untrue)\b",
    )
)
_NAMED_SATIRE = (
    rf"\s+(?:is|was)\s+(?:an?|the)\s+(?:\w+[\s-]+){{0,3}}?(?:satirical|satire|parody|spoof|humou?r)\s+{_SITE}\b"
    rf"|\s+(?:publishes|prints|is)(?:\s+only)?{_QUITE}\s+(?:satire|parody)\b"
)
_PAGE_SATIRE = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"\bthis\s+{_PAGE}\s+(?:is|was){_QUITE}\s+{_JOKE}\b",
        r"^\W{0,4}(?:filed\s+(?:under|in)|category|categories|section|tags?|topic|label)\s*:[^\n]{0,60}"
        r"\b(?:satire|parody|spoof)\b",
        r"\b(?:do\s+not|don't|not\s+(?:meant|intended)\s+to\s+be|should\s+not\s+be)\s+(?:be\s+)?tak(?:e|en)\s+"
        r"(?:any\s+of\s+)?(?:this|it|seriously|as\s+fact)[^.\n]{0,20}\b(?:seriously|satire|joke|fact)\b",
    )
)
_SATIRE_TITLE = re.compile(r"^\W{0,4}(?:satire|parody|spoof)\b\s*[:\]]\s*\S", re.IGNORECASE)
_SATIRE_LABEL = re.compile(
    r"^\W{0,4}(?:satire|parody|spoof)\b\s*(?:[:|\]–—-]|\W*$)", re.IGNORECASE | re.MULTILINE
)
_OF_SATIRE = re.compile(r"\b(?:satir|parod|spoof)\w*", re.IGNORECASE)
_MENTIONS = 3
"""Words of satire from which a page is about satire; a label of one word is a heading there."""

_RETRACTED_TITLE = re.compile(
    r"^\W*(?:retracted|withdrawn)\b\s*(?:article|paper|study|chapter)?\s*[:\]–—-]", re.I
)
_RETRACTED = re.compile(
    rf"\bthis\s+(?:{_PAGE}|paper|study|work|publication|preprint|chapter)\s+(?:has\s+been|have\s+been|was|is|stands)\s+"
    r"(?:formally\s+|hereby\s+|fully\s+)?(?:retracted|withdrawn)\b"
    r"|\b(?:editors?|authors?|journal|publishers?|we)\s+(?:\w+\s+){0,2}?(?:retract(?:s|ed)?|withdr(?:aw|aws|ew|awn))\s+"
    rf"(?:this|the\s+present)\s+(?:{_PAGE}|paper|study|work)\b",
    re.IGNORECASE,
)
_NOTICE_TITLE = re.compile(
    r"^\W*retraction(?:\s+(?:note|notice|statement))?\s*(?:to|of|for|:)+\s*[“\"'‘]?(?P<title>.+?)[”\"'’]?\W*$",
    re.I,
)

WORDS = "satire satirical parody spoof joke fictional fictitious invented retracted retraction withdrawn"
"""What to search for to come upon such pages."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a page says of itself, or of all that its publisher prints; `evidence` is how it says so."""

    what: Literal["satire", "retracted"]
    scope: Scope
    evidence: str


def declaration(title: str, publisher: str | None, text: str) -> Declaration | None:
    """What a page declares of itself; None for nearly all.

    A page that says of somebody else that they are satirical declares nothing: the publisher must be the page's own.
    Neither does one that quotes such words, or says when they are used.
    """
    if _RETRACTED_TITLE.search(title):
        return Declaration("retracted", "page", title)
    for found in _meant(_RETRACTED, text):
        return Declaration("retracted", "page", _around(text, found))
    for pattern in (*_PUBLISHER_SATIRE, *_named(publisher)):
        for found in _meant(pattern, text):
            return Declaration("satire", "publisher", _around(text, found))
    if _SATIRE_TITLE.search(title) or any(pattern.search(title) for pattern in _PAGE_SATIRE):
        return Declaration("satire", "page", title)
    labels = () if len(_OF_SATIRE.findall(text)) >= _MENTIONS else (_SATIRE_LABEL,)
    for pattern in (*_PAGE_SATIRE, *labels):
        for found in _meant(pattern, text):
            return Declaration("satire", "page", _around(text, found))
    return None


def retraction_of(title: str) -> str | None:
    """The title of the paper that a retraction notice with this title is about; None for other titles."""
    found = _NOTICE_TITLE.match(title)
    return found["title"].strip() if found else None


def _meant(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return (found for found in pattern.finditer(text) if not is_mentioned(text, found.start(), found.end()))


def _named(publisher: str | None) -> tuple[re.Pattern[str], ...]:
    if not publisher or len(publisher) < 3:
        return ()
    return (re.compile(rf"\b{re.escape(publisher)}(?:{_NAMED_SATIRE})", re.IGNORECASE),)


def _around(text: str, found: re.Match[str]) -> str:
    """The sentence, roughly, in which it is said."""
    start = max(text.rfind(". ", 0, found.start()) + 1, text.rfind("\n", 0, found.start()) + 1)
    end = text.find(".", found.end())
    return " ".join(text[start : end + 1 if end != -1 else found.end()].split())[:200]
