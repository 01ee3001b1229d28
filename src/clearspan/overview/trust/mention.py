"""Are words of a text meant, or only spoken of? A page that quotes 'this article has been retracted' was not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile


@dataclass(frozen=True, slots=True)
class _Marks:
    """How one kind of quotation marks opens and closes; `doubtful` closes only where nothing surer does."""

    opens: re.Pattern[str]
    closes: re.Pattern[str]
    doubtful: re.Pattern[str] | None = None


# An apostrophe at the end of a word and the sign of inches look like a mark that closes; at the beginning of a
# shortened word or of a decade an apostrophe looks like one that opens.
_KINDS = (
    _Marks(
        re.compile(r"(?<![\w.,!?…)])\""),
        re.compile(r"(?<=[.,!?…])\"|\"(?!\w)"),
        re.compile(r"(?<=\d)\"(?=\s+\w)"),
    ),
    _Marks(
        re.compile(r"(?<!\w)'(?=\w)(?!(?:tis|twas|til|cause|em|\d\ds?)\b)", re.IGNORECASE),
        re.compile(r"(?<=[\w.,!?…])'(?!\w)"),
        re.compile(r"(?<=s)'(?=\s+\w)", re.IGNORECASE),
    ),
    _Marks(re.compile("‘"), re.compile(r"’(?!\w)"), re.compile(r"(?<=s)’(?=\s+\w)", re.IGNORECASE)),
    _Marks(re.compile("`"), re.compile("`")),
    *(
        _Marks(re.compile(opening), re.compile(closing))
        for opening, closing in (("“", "”"), ("„", "[“”]"), ("«", "»"), ("‹", "›"))
    ),
)

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
    words = text[line : stop if stop != -1 else len(text)]
    return any(
        line + opening < start and end <= line + closing
        for marks in _KINDS
        for opening, closing in _quotations(words, marks)
    )


def _quotations(line: str, marks: _Marks) -> Iterator[tuple[int, int]]:
    """Where the quotations of a line begin and end that stand between one kind of marks."""
    opening = {found.start() for found in marks.opens.finditer(line)}
    closing = {found.start() for found in marks.closes.finditer(line)}
    doubtful = {found.start() for found in marks.doubtful.finditer(line)} if marks.doubtful else set[int]()
    every = sorted(opening | closing)
    begun: int | None = None
    for number, at in enumerate(every):
        if begun is None or at not in closing:
            begun = at if at in opening else begun
            continue
        rest = takewhile(lambda other: other in closing and other not in opening, every[number + 1 :])
        if at in doubtful and any(other not in doubtful for other in rest):
            continue
        yield begun, at
        begun = None


def _sentence_before(text: str, start: int) -> str:
    """What stands before a span in its sentence, roughly."""
    line = text.rfind("\n", 0, start) + 1
    ends = [text.rfind(mark, line, start) + 1 for mark in (". ", "! ", "? ")]
    return text[max(line, *ends) : start]
