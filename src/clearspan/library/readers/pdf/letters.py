"""The letters of a PDF page as lines of segments: text that stands together, with the place where it stands."""

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any

from clearspan.library.readers.formulas import lowered, raised
from clearspan.library.readers.pdf.visible import Visible
from clearspan.library.readers.reading import one_line

HYPHEN = "\x02"
"""What PDFium makes of a hyphen at the end of a line."""

_LIGATURES = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
        "\xad": HYPHEN,
        "￾": HYPHEN,
    }
)
_APART = 1.6
"""Gap between letters, in their size, from which they are of two columns or cells; words are 0.3 apart."""
_SMALLER = 0.86
_SHIFTED = 0.12
"""Shift of a letter from the line that it stands in, in the size of the line, from which it is raised or lowered."""
_TWICE = 0.12
"""Distance, in its size, within which the same letter again is the same letter painted twice."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of one line that stands together; coordinates in points, from the lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    height: float

    @property
    def hyphenated(self) -> bool:
        """Whether its last word may go on in the next line."""
        return self.text.endswith((HYPHEN, "-"))


@dataclass(frozen=True, slots=True)
class _Letter:
    sign: str
    left: float
    right: float
    bottom: float
    top: float
    line: float
    size: float


def segments(page: Any, unseen: list[str]) -> list[list[Segment]]:
    """The lines of a page in the order of the file, each as its segments from left to right.

    Args:
        page: a `pypdfium2.PdfPage`.
        unseen: gets the text that nobody sees, if there is any.
    """
    text_page = page.get_textpage()
    try:
        lines = list(_whole(_lines(text_page, Visible(page), unseen)))
    finally:
        text_page.close()
    return [found for line in lines if (found := list(_parted(line)))]


def _lines(text_page: Any, visible: Visible, unseen: list[str]) -> Iterator[list[_Letter]]:
    # One by one, since the text as a whole leaves characters out and its indices would not fit the boxes.
    raw = importlib.import_module("pypdfium2.raw")
    hidden: list[str] = []
    painted: dict[tuple[str, int, int], list[_Letter]] = {}
    line: list[_Letter] = []
    for index in range(text_page.count_chars()):
        code = int(raw.FPDFText_GetUnicode(text_page, index))
        sign = chr(code) if code < 0x110000 else "�"
        if sign in "\r\n":
            yield line
            line = []
            continue
        if not visible.shows(text_page, index):
            hidden.append(sign)
            continue
        if sign.isspace():
            hidden.append(" ")
        letter = _letter(raw, text_page, index, sign)
        if _is_painted_twice(letter, painted):
            continue
        if line and line[-1].sign == HYPHEN and abs(line[-1].line - letter.line) > letter.size / 2:
            # PDFium takes a word that is cut at the end of a line for one of that line.
            yield line
            line = []
        line.append(letter)
    yield line
    if text := one_line("".join(hidden)):
        unseen.append(text)


def _whole(lines: Iterator[list[_Letter]]) -> Iterator[list[_Letter]]:
    """Lines that PDFium parts where a letter is raised, or where a cell begins, put together again."""
    whole: list[_Letter] = []
    for line in lines:
        before = next((one for one in reversed(whole) if not one.sign.isspace()), None)
        after = next((one for one in line if not one.sign.isspace()), None)
        if after is None:
            continue
        if before is None or not _beside(before, after):
            yield whole
            whole = []
        whole.extend(line)
    yield whole


def _beside(before: _Letter, after: _Letter) -> bool:
    overlap = min(before.top, after.top) - max(before.bottom, after.bottom)
    smaller = min(before.size, after.size)
    return overlap > 0.5 * smaller and after.left >= before.right - 0.3 * smaller


def _letter(raw: Any, text_page: Any, index: int, sign: str) -> _Letter:
    left, bottom, right, top = text_page.get_charbox(index, loose=True)
    x, y = raw.c_double(), raw.c_double()
    raw.FPDFText_GetCharOrigin(text_page, index, x, y)
    size = abs(top - bottom) or float(raw.FPDFText_GetFontSize(text_page, index))
    return _Letter(sign, left, right, bottom, top, y.value, size)


def _is_painted_twice(letter: _Letter, painted: dict[tuple[str, int, int], list[_Letter]]) -> bool:
    if letter.sign.isspace():
        return False
    near = _TWICE * letter.size
    place = int(letter.left // 2), int(letter.line // 2)
    for across in (-1, 0, 1):
        for up in (-1, 0, 1):
            for other in painted.get((letter.sign, place[0] + across, place[1] + up), ()):
                if abs(other.left - letter.left) <= near and abs(other.line - letter.line) <= near:
                    return True
    found = painted.setdefault((letter.sign, *place), [])
    if len(found) < 4:
        found.append(letter)
    return False


def _parted(line: Sequence[_Letter]) -> Iterator[Segment]:
    """A line cut where a wide gap parts its letters."""
    seen = [letter for letter in line if not letter.sign.isspace()]
    if not seen:
        return
    size = median(letter.size for letter in seen)
    part: list[_Letter] = []
    last: _Letter | None = None
    for letter in line:
        if letter.sign.isspace():
            part.append(letter)
            continue
        if last is not None and letter.left - last.right > _APART * size:
            yield _segment(part)
            part = []
        part.append(letter)
        last = letter
    yield _segment(part)


def _segment(letters: Sequence[_Letter]) -> Segment:
    seen = [letter for letter in letters if not letter.sign.isspace()]
    size = _usual_size(seen)
    base = median(letter.line for letter in seen if letter.size >= _SMALLER * size)
    written = {1: raised, -1: lowered}
    parts: list[str] = []
    for shift, group in groupby(letters, key=lambda letter: _shift(letter, base, size)):
        text = "".join(letter.sign for letter in group).translate(_LIGATURES)
        parts.append(written[shift](text) if shift and text.strip() else text)
    return Segment(
        text=_on_one_line("".join(parts)),
        left=min(letter.left for letter in seen),
        right=max(letter.right for letter in seen),
        bottom=min(letter.bottom for letter in seen if letter.size >= _SMALLER * size),
        height=size,
    )


def _usual_size(letters: Sequence[_Letter]) -> float:
    """The size that most of the letters have; of two, the larger."""
    counts: dict[float, int] = {}
    for letter in letters:
        rounded = round(letter.size, 1)
        counts[rounded] = counts.get(rounded, 0) + 1
    most = max(counts.values())
    return max(size for size, count in counts.items() if 2 * count >= most)


def _shift(letter: _Letter, base: float, size: float) -> int:
    """1 for what is raised, -1 for what is lowered, else 0."""
    if letter.sign.isspace() or letter.size >= _SMALLER * size:
        return 0
    moved = (letter.line - base) / size
    return 1 if moved > _SHIFTED else -1 if moved < -_SHIFTED / 2 else 0


def _on_one_line(text: str) -> str:
    hyphened = text.rstrip().endswith(HYPHEN)
    plain = one_line(text.rstrip().removesuffix(HYPHEN).replace(HYPHEN, ""))
    return f"{plain}{HYPHEN}" if hyphened and plain else plain
