"""What a reader hands over, and the plain text it is laid out in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from clearspan.errors import TooLarge
from clearspan.receipts import Kind

MOST_HIDDEN = 4_000
"""Characters of hidden text that are kept: enough to tell what it is for."""

MOST_TEXT = 60_000_000
"""Characters that the text of a source may have."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, half surrogates, direction overrides, tag characters, and marks of no width.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """A source as its reader understood it.

    Attributes:
        text: plain text, see `normalise`.
        title: what the source calls itself; empty if it does not.
        headings: spans of the heading lines of `text`, ascending.
        page_starts: offset at which each page begins, for paged formats.
        url, publisher: what the front matter of a text says.
        claimed_url, claimed_publisher: what the markup of a page says of itself, for machines and not for its reader.
        hidden: text that somebody who opens the source does not see, or sees in another order (after the mark that
            turns it), its first `MOST_HIDDEN` characters.
        frame: text of a page's footer, its first `MOST_HIDDEN` characters.
        kind: None when the source does not say.
        left_out: what of the source is not in the text, as a sentence; see `not_read`.
    """

    text: str
    title: str = ""
    headings: tuple[tuple[int, int], ...] = ()
    page_starts: tuple[int, ...] = ()
    url: str | None = None
    publisher: str | None = None
    author: str | None = None
    date: str | None = None
    kind: Kind | None = None
    claimed_url: str | None = None
    claimed_publisher: str | None = None
    hidden: str = ""
    frame: str = ""
    left_out: str = ""


class Manuscript:
    """Plain text under construction: blocks with a blank line between them, offsets kept as it grows."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[tuple[int, int]] = []
        self._page_starts: list[int] = []

    def heading(self, text: str) -> None:
        """A heading, on a line of its own."""
        line = one_line(text)
        if line:
            start = self._block(line)
            self._headings.append((start, start + len(line)))

    def paragraph(self, text: str) -> int:
        """A block; line ends within it stay. Returns where it begins."""
        return self._block(normalise(text).strip())

    def lines(self, lines: Iterable[str]) -> None:
        """A block of items or rows, one a line."""
        kept: list[str] = []
        length = self._length
        for line in filter(None, map(one_line, lines)):
            length += len(line) + 1
            _check_length(length)
            kept.append(line)
        self._block("\n".join(kept))

    def page(self) -> None:
        """A new page begins with whatever comes next."""
        self._page_starts.append(self._length + 2 if self._parts else 0)

    def page_at(self, offset: int) -> None:
        """A new page began in the middle of what came last."""
        self._page_starts.append(offset)

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def headings(self) -> tuple[tuple[int, int], ...]:
        return tuple(self._headings)

    @property
    def page_starts(self) -> tuple[int, ...]:
        """Ascending; a page without text begins where the text ends."""
        return tuple(min(start, self._length) for start in self._page_starts)

    def _block(self, block: str) -> int:
        if not block:
            return self._length
        if self._parts:
            self._append("\n\n")
        start = self._length
        self._append(block)
        return start

    def _append(self, part: str) -> None:
        _check_length(self._length + len(part))
        self._parts.append(part)
        self._length += len(part)


def _check_length(length: int) -> None:
    if length > MOST_TEXT:
        raise TooLarge(
            "It was not read to its end.",
            why=f"Laid out it has more than {MOST_TEXT // 1_000_000} million characters, far more than it has bytes.",
            do="Save its text alone, or split it.",
        )


def normalise(text: str) -> str:
    """Unicode NFC, lines ending in a line feed, every space an ordinary one, and nothing that is not seen."""
    plain = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", plain))


def one_line(text: str) -> str:
    """Normalised text on one line, runs of white space made one space."""
    return " ".join(normalise(text).split())


def not_read(counts: Mapping[str, int]) -> str:
    """What a reader left out, as a sentence: `2 pictures and 1 formula were not read.`; empty if it was nothing.

    Args:
        counts: how many of each, by its name for one.
    """
    told = [f"{count:,} {_several(name) if count > 1 else name}" for name, count in counts.items() if count]
    if not told:
        return ""
    verb = "was" if sum(counts.values()) == 1 else "were"
    return f"{', '.join(told[:-1])}{' and ' if told[:-1] else ''}{told[-1]} {verb} not read."


def _several(name: str) -> str:
    return " or ".join(f"{one}s" for one in name.split(" or "))


def iso_date(text: str) -> str | None:
    """`2019`, `2019-05` or `2019-05-14` out of an ISO 8601 date or time; None if it is not one."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


def title_from_name(name: str) -> str:
    """A title for a source that does not call itself anything: its file name without ending and hyphens."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return one_line(re.sub(r"[-_]+", " ", stem)) or "Untitled"
