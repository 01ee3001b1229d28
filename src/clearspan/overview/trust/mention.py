"""Are words of a text meant, or only spoken of? A page that quotes 'this article has been retracted' was not."""

import re

_PAIRS = (("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"), ("‹", "›"))
_SAME = ('"', "`")
_SINGLE = re.compile(r"(?<!\w)'(?=\w)|(?<=[\w.,!?…])'(?!\w)")
"""A single straight mark that opens or closes a quotation; an apostrophe inside a word does neither."""

_LED_IN = re.compile(
    r"\b(?:if|when(?:ever)?|whether|unless|until|once|as\s+soon\s+as|where|e\.g\.|such\s+as|for\s+(?:example|instance)"
    r"|(?:which|that|who|banner|label|notice|note|words?|phrase|sentence|text|page|link|message|stamp|sign|watermark)\s+"
    r"(?:\w+\s+)?(?:says?|said|saying|reads?|reading|states?|stating))\b[^.!?]*$",
    re.IGNORECASE,
)


def is_mentioned(text: str, start: int, end: int) -> bool:
    """Whether the words of a span are quoted, made a condition, or reported as what something reads."""
    return in_quotation(text, start, end) or _LED_IN.search(_sentence_before(text, start)) is not None


def in_quotation(text: str, start: int, end: int) -> bool:
    """Whether a span stands between quotation marks, or marks of code, of its own line."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    before, after = text[line:start], text[end : stop if stop != -1 else len(text)]
    for mark in _SAME:
        if before.count(mark) % 2 and mark in after:
            return True
    for opening, closing in _PAIRS:
        if before.rfind(opening) > before.rfind(closing) and closing in after:
            return True
    marks = [found.start() for found in _SINGLE.finditer(text, line, stop if stop != -1 else len(text))]
    return sum(at < start for at in marks) % 2 == 1 and any(at >= end for at in marks)


def _sentence_before(text: str, start: int) -> str:
    """What stands before a span in its sentence, roughly."""
    line = text.rfind("\n", 0, start) + 1
    ends = [text.rfind(mark, line, start) + 1 for mark in (". ", "! ", "? ")]
    return text[max(line, *ends) : start]
