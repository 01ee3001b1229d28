"""Lines of all pages joined to paragraphs, also over the end of a page; what runs along the pages taken out."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

from clearspan.library.readers.pdf.layout import PdfTable
from clearspan.library.readers.pdf.letters import HYPHEN, Segment
from clearspan.library.readers.reading import Manuscript
from clearspan.library.readers.tables import table_lines

_NEW_PARAGRAPH = 1.35  # times the usual distance of lines
_SAME_COLUMN = 3.0
_HEADING = 1.15  # times the usual height of letters
_MAX_HEADING_WORDS = 20
_FULL = 0.8
"""Share of the usual width from which a line is full, and the sentence in it may go on elsewhere."""
_CLAUSE = 4
"""Words from which a line is part of a sentence rather than a label."""
_EDGE = 3
"""Lines at the top and at the bottom of a page that may run along all pages."""
_ITEM = re.compile(r"\s*(?:[-•‣◦▪–☐☑]|\(?\d{1,3}[.)])\s+\S")
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
_PAGE_NUMBER = re.compile(r"\W*(?:page|seite|p)?\W*#?\W*(?:(?:of|von)\W*#)?\W*", re.IGNORECASE)
_WORD_AT_END = re.compile(r"[^\W\d_]+$")
_WORD_AT_BEGIN = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"\b[^\W\d_]+(?:-[^\W\d_]+)+")
_FIRST_PARTS = frozenset(
    "all anti co cross ever ex far fast first five four full half hand hard high ill ice in large late left long low"
    " man many mid much multi near new non north off old on one open part post pre re red right second self semi short"
    " six slow small so south ten third three top twenty thirty forty fifty sixty seventy eighty ninety two up vice"
    " water well west wide world year east".split()
)
"""Words that stand before a hyphen more often than a word is cut after them."""

Item = Segment | PdfTable


@dataclass(frozen=True, slots=True)
class _PageLine:
    page: int
    line: Segment


def set_pages(pages: Sequence[Sequence[Item]], manuscript: Manuscript) -> None:
    """Lay the pages out: paragraphs, headings by their height, tables a row a line."""
    kept, feet = _without_running(pages)
    lines = [item for page in kept for item in page if isinstance(item, Segment)]
    usual = median(line.height for line in lines) if lines else 0.0
    setting = _Setting(kept, lines, usual, manuscript)
    setting.all()
    for foot in feet:
        manuscript.paragraph(foot)


def _without_running(pages: Sequence[Sequence[Item]]) -> tuple[list[list[Item]], list[str]]:
    """The pages without what stands at the same place of most of them, and what of that is told once at the end.

    A running head stays where it stands first; page numbers go everywhere.
    """
    edges = [_edges(page) for page in pages]
    counts = Counter(key for edge in edges for key in set(edge.values()))
    least = max(2, (len(pages) + 1) // 2)
    running = {key for key, count in counts.items() if count >= least}
    told: set[str] = set()
    feet: dict[str, None] = {}
    kept: list[list[Item]] = []
    for page, edge in zip(pages, edges, strict=True):
        rest: list[Item] = []
        for item in page:
            key = edge.get(id(item))
            if key is None or key not in running or isinstance(item, PdfTable):
                rest.append(item)
                continue
            text, at_top = key[0], key[1]
            if text in told or _PAGE_NUMBER.fullmatch(text):
                continue
            told.add(text)
            if at_top:
                rest.append(item)
            else:
                feet[item.text] = None
        kept.append(rest)
    return kept, list(feet)


def _edges(page: Sequence[Item]) -> dict[int, tuple[str, bool, int]]:
    """The lines at the edges of a page, by identity: the text without its figures, whether above, and how high."""
    lines = sorted((item for item in page if isinstance(item, Segment)), key=lambda line: -line.bottom)
    top, bottom = lines[:_EDGE], lines[max(_EDGE, len(lines) - _EDGE) :]
    if len(lines) <= _EDGE:
        # Of a short page, what stands lowest may be its foot.
        top, bottom = lines[:1], lines[1:]
    sides = [*((line, True) for line in top), *((line, False) for line in bottom)]
    return {
        id(line): (re.sub(r"\d+", "#", line.text), at_top, round(line.bottom / 4)) for line, at_top in sides
    }


class _Setting:
    """Sets lines as paragraphs, one after another."""

    def __init__(
        self, pages: Sequence[Sequence[Item]], lines: Sequence[Segment], usual: float, manuscript: Manuscript
    ) -> None:
        self._pages = pages
        self._usual = usual
        self._manuscript = manuscript
        self._pitch = _pitch(pages, usual)
        self._width = max((line.right for line in lines), default=0.0)
        self._words = frozenset(
            word.lower() for line in lines for word in re.findall(r"[^\W\d_]+", line.text)
        )
        self._compounds = frozenset(one.lower() for line in lines for one in _COMPOUND.findall(line.text))
        self._paragraph: list[_PageLine] = []
        self._begun = 0

    def all(self) -> None:
        for number, page in enumerate(self._pages):
            for item in page:
                if isinstance(item, PdfTable):
                    self._end()
                    self._begin(number)
                    self._manuscript.lines(table_lines(item.rows))
                else:
                    self._line(_PageLine(number, item))
        self._end()
        self._begin(len(self._pages) - 1)

    def _line(self, line: _PageLine) -> None:
        if self._paragraph and self._parts(self._paragraph[-1], line):
            self._end()
        self._paragraph.append(line)

    def _begin(self, page: int) -> None:
        """Pages up to this one begin with what comes next."""
        while self._begun <= page:
            self._manuscript.page()
            self._begun += 1

    def _parts(self, above: _PageLine, below: _PageLine) -> bool:
        one, other = above.line, below.line
        if max(one.height, other.height) > _HEADING * min(one.height, other.height) or _ITEM.match(
            other.text
        ):
            return True
        gap = one.bottom - other.bottom
        if above.page != below.page or gap < -self._pitch:
            return not self._runs_on(one, other, elsewhere=True)
        if gap > _SAME_COLUMN * self._pitch:
            return True
        return gap > _NEW_PARAGRAPH * self._pitch and not self._runs_on(one, other, elsewhere=False)

    def _runs_on(self, above: Segment, below: Segment, *, elsewhere: bool) -> bool:
        """Whether the sentence of one line goes on in the next, though that stands apart."""
        if above.text.endswith(HYPHEN):
            return True
        if _ENDED.search(above.text) or above.height > _HEADING * self._usual:
            return False
        first = below.text[:1]
        if first.islower() or above.text.endswith(","):
            return True
        if not elsewhere or not (first.isalnum() or first in "([“\"'$€£"):
            return False
        words = above.text.split()
        open_end = len(words) >= _CLAUSE and words[-1].islower() and not first.isupper()
        return open_end or above.right >= _FULL * self._width

    def _end(self) -> None:
        paragraph, self._paragraph = self._paragraph, []
        if not paragraph:
            return
        self._begin(paragraph[0].page)
        text, starts = self._joined(paragraph)
        large = paragraph[0].line.height > _HEADING * self._usual
        if large and len(text.split()) <= _MAX_HEADING_WORDS:
            self._manuscript.heading(text)
            return
        first = self._manuscript.paragraph(text)
        for page, start in starts:
            self._manuscript.page_at(first + start)
            self._begun = page + 1

    def _joined(self, paragraph: Sequence[_PageLine]) -> tuple[str, list[tuple[int, int]]]:
        """The text of a paragraph, and for each page that begins within it where that is."""
        text, starts = paragraph[0].line.text, list[tuple[int, int]]()
        for above, below in pairwise(paragraph):
            text = self._with(text, below.line.text)
            for page in range(above.page + 1, below.page + 1):
                starts.append((page, len(text) - len(below.line.text)))
        return text.removesuffix(HYPHEN) + ("-" if text.endswith(HYPHEN) else ""), starts

    def _with(self, text: str, line: str) -> str:
        """A text and the line after it; a hyphen between them stays where it belongs to the word."""
        stem = text[:-1]
        if not text.endswith((HYPHEN, "-", "–")) or stem.endswith(" ") or not stem:
            return f"{text}\n{line}"
        if stem[-1].isdecimal() and line[0].isdecimal():
            return f"{stem}{'–' if text.endswith('–') else '-'}{line}"
        if text.endswith("–"):
            return f"{text}\n{line}"
        before, after = _WORD_AT_END.search(stem), _WORD_AT_BEGIN.match(line)
        if before is None or after is None:
            return f"{stem}-{line}"
        return f"{stem}{'-' if self._is_compound(before.group(), after.group()) else ''}{line}"

    def _is_compound(self, before: str, after: str) -> bool:
        """Whether two parts of a word have a hyphen between them wherever they stand: 'well-known'."""
        if f"{before}-{after}".lower() in self._compounds:
            return True
        if f"{before}{after}".lower() in self._words:
            return False
        return after[0].isupper() or before.lower() in _FIRST_PARTS


def _pitch(pages: Sequence[Sequence[Item]], usual: float) -> float:
    """The distance of lines within paragraphs: that of the closest quarter."""
    gaps = [
        above.bottom - below.bottom
        for page in pages
        for above, below in pairwise(page)
        if isinstance(above, Segment) and isinstance(below, Segment) and above.bottom > below.bottom
    ]
    return quantiles(gaps, n=4)[0] if len(gaps) > 1 else usual * 1.2
