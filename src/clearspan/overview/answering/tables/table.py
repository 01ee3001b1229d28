"""The tables of a text: rows of `| a | b |` or `Column: a; Column: b`, each cell with its exact span."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from clearspan.language.words import STOPWORDS, index_terms, words
from clearspan.overview.answering.tables.values import CellValue, cell_value, told_scale

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_RULE = re.compile(r"\s*\|?[\s:|-]*-{2,}[\s:|-]*")
_CUT = re.compile(r"(?<!\\)\|")
_PAIR = re.compile(r"(?:(?P<name>[^:;\n]{1,80}): )?(?P<value>[^;\n]+)")
_TOTAL = re.compile(r"\W*(?:grand |sub|sub-)?(?:totals?|sum|overall)\b", re.IGNORECASE)
_SCALE_ONLY = re.compile(
    r"\W*(?:(?:amounts?|dollars?|figures|u\.?s\.?|usd?|in|[$€£])\W*)*\b(?:thousand|million|billion)s?\b.*",
    re.I,
)
_MOST_HEADER_ROWS = 3
_MOST_ROWS = 1500
_NEAR_CHARS = 300
"""Characters before a table in which a scale may be told: 'The following amounts are in thousands:'."""


@dataclass(frozen=True)
class Cell:
    """A cell; `text` is exactly the document's text from `start` to `end`.

    Attributes:
        above: of the name of a column, the names that stand over it: 'Year ended December 31'.
    """

    text: str
    start: int
    end: int
    above: str = ""

    @property
    def full(self) -> str:
        """Its text with what stands over it."""
        return f"{self.above} {self.text}" if self.above else self.text

    @cached_property
    def value(self) -> CellValue:
        """What it holds."""
        return cell_value(self.text)

    @cached_property
    def telling_terms(self) -> tuple[str, ...]:
        """Stems of its telling words in order."""
        return tuple(" ".join(index_terms(word)) for word in words(self.full) if word not in STOPWORDS)

    @cached_property
    def keys(self) -> frozenset[str]:
        """What a question must share with it to mean it: stems of its telling words, and its value."""
        over = cell_value(self.full).keys if self.above else frozenset[str]()
        return frozenset(self.telling_terms) | self.value.keys | over

    @cached_property
    def telling(self) -> bool:
        """Whether anything stands in it."""
        return self.value.kind != "empty"


@dataclass(frozen=True)
class Row:
    """A row of data.

    Attributes:
        cells: one for each column; an empty span where the text has none.
        start, end: of the whole row in the document's text.
        section: the line that stands alone above it and the rows around it, if any: 'Current assets:'.
    """

    cells: tuple[Cell, ...]
    start: int
    end: int
    section: Cell | None = None

    @cached_property
    def is_total(self) -> bool:
        """Whether it sums up the other rows."""
        first = next((cell for cell in self.cells if cell.text), None)
        return first is not None and bool(_TOTAL.match(first.text))


@dataclass(frozen=True)
class DocumentTable:
    """A table of a document.

    Attributes:
        header: a cell for each column, of the lowest row of names.
        start, end: where it stands in the document's text.
        caption: the document's title and the line before the table, for what the table is about.
        scale: the power of ten that its numbers are in, as its header or the text before it tells.
    """

    document_id: str
    header: tuple[Cell, ...]
    rows: tuple[Row, ...]
    start: int
    end: int
    caption: str = ""
    scale: int = 1


@dataclass(frozen=True, slots=True)
class _TableLine:
    start: int
    end: int
    cells: tuple[Cell, ...]
    names: tuple[Cell | None, ...] = ()
    """Of the columns, where the line gives them itself."""


@lru_cache(maxsize=256)
def tables_of(text: str, document_id: str = "", title: str = "") -> tuple[DocumentTable, ...]:
    """All tables of a document's text with at least one row of data, in order.

    A table goes on over blank lines no further than its kind of line does; what stands between two is read no further.
    """
    found: list[DocumentTable] = []
    for block in _blocks(text):
        table = _paired(block) if block[0].names else _piped(block)
        if table is None:
            continue
        header, rows = table
        start, end = block[0].start, block[-1].end
        before = text[max(0, start - _NEAR_CHARS) : start].rstrip()
        caption = f"{title} {before.rpartition(chr(10))[2]}".strip()
        scale = _scale(header, before)
        found.append(DocumentTable(document_id, header, rows[:_MOST_ROWS], start, end, caption, scale))
    return tuple(found)


def _blocks(text: str) -> Iterator[list[_TableLine]]:
    """Lines of one table each."""
    block: list[_TableLine] = []
    for match in _LINE.finditer(text):
        line = _cut(match)
        if _RULE.fullmatch(match[0]) and "|" in match[0] and block:
            continue
        near = bool(block) and line is not None and text.count("\n", block[-1].end, match.start()) <= 2
        if line is not None and (not block or (near and _goes_on(block[-1], line))):
            block.append(line)
            continue
        if len(block) > 1:
            yield block
        block = [line] if line is not None else []
    if len(block) > 1:
        yield block


def _goes_on(above: _TableLine, below: _TableLine) -> bool:
    if bool(above.names) != bool(below.names):
        return False
    if not above.names:
        return True
    one = {name.text for name in above.names if name}
    two = {name.text for name in below.names if name}
    return 2 * len(one & two) >= min(len(one), len(two))


def _cut(match: re.Match[str]) -> _TableLine | None:
    """A line as cells, if it may be a row of a table."""
    line = match[0]
    start = match.start() + len(line) - len(line.lstrip())
    end = match.start() + len(line.rstrip())
    stripped = line.strip()
    if stripped.count("|") >= 2 and stripped.startswith("|") and stripped.endswith("|"):
        return _TableLine(start, end, tuple(_pipes(stripped[1:-1], start + 1)))
    if " | " in stripped:
        return _TableLine(start, end, tuple(_pipes(stripped, start)))
    if ": " in stripped and "; " in stripped:
        return _pairs(stripped, start, end)
    return None


def _pipes(inner: str, offset: int) -> Iterator[Cell]:
    position = 0
    for cut in [*(found.start() for found in _CUT.finditer(inner)), len(inner)]:
        yield _cell(inner, position, cut, offset)
        position = cut + 1


def _cell(line: str, start: int, end: int, offset: int) -> Cell:
    text = line[start:end]
    left = start + len(text) - len(text.lstrip())
    text = text.strip()
    return Cell(text, offset + left, offset + left + len(text))


def _pairs(line: str, start: int, end: int) -> _TableLine | None:
    names: list[Cell | None] = []
    cells: list[Cell] = []
    position = 0
    for part in line.split("; "):
        pair = _PAIR.fullmatch(part)
        if pair is None:
            return None
        name = pair["name"]
        names.append(Cell(name, start + position, start + position + len(name)) if name else None)
        cells.append(_cell(part, pair.start("value"), pair.end("value"), start + position))
        position += len(part) + 2
    # A sentence may hold a colon and a semicolon: of a row, most parts are named.
    named = sum(name is not None for name in names)
    return _TableLine(start, end, tuple(cells), tuple(names)) if named >= max(1, len(names) - 1) else None


def _paired(block: Sequence[_TableLine]) -> tuple[tuple[Cell, ...], tuple[Row, ...]] | None:
    """A table whose rows each name their columns; a value without a name stands in the first column."""
    header: dict[str, Cell] = {}
    for line in block:
        for name, cell in zip(line.names, line.cells, strict=True):
            key = name.text if name else ""
            header.setdefault(key, name or Cell("", cell.start, cell.start))
    order = _merged(block)
    rows: list[Row] = []
    for line in block:
        own = {name.text if name else "": cell for name, cell in zip(line.names, line.cells, strict=True)}
        cells = tuple(own.get(key) or Cell("", line.end, line.end) for key in order)
        rows.append(Row(cells, line.start, line.end))
    return tuple(header[key] for key in order), tuple(rows)


def _merged(block: Sequence[_TableLine]) -> list[str]:
    """Names of columns in the order in which the rows have them, those that only later rows have put in their place."""
    order: list[str] = []
    for line in block:
        place = 0
        for name in line.names:
            key = name.text if name else ""
            if key in order:
                place = order.index(key) + 1
            else:
                order.insert(place, key)
                place += 1
    return order


def _piped(block: Sequence[_TableLine]) -> tuple[tuple[Cell, ...], tuple[Row, ...]] | None:
    width = max(len(line.cells) for line in block)
    if width < 2:
        return None
    first = 1
    while first < min(_MOST_HEADER_ROWS, len(block) - 1) and _names_columns(block[first], block[first - 1]):
        first += 1
    header = _joined(block[:first], width)
    rows: list[Row] = []
    section: Cell | None = None
    for line in block[first:]:
        if alone := _alone(line):
            section = alone
            continue
        padding = tuple(Cell("", line.end, line.end) for _ in range(width - len(line.cells)))
        rows.append(Row((*line.cells, *padding), line.start, line.end, section))
    return (header, tuple(rows)) if rows else None


def _names_columns(line: _TableLine, above: _TableLine) -> bool:
    """Whether a line is a further row of the header: under names with gaps, without amounts, at most years labelled."""
    stated = [cell.value.kind for cell in line.cells[1:] if cell.text]
    if not stated or all(cell.text for cell in above.cells) or not set(stated) <= {"text", "date"}:
        return False
    corner, label = above.cells[0].text, line.cells[0].text
    unlabelled = all(not each or bool(_SCALE_ONLY.fullmatch(each)) for each in (corner, label))
    return unlabelled or set(stated) == {"date"}


def _joined(lines: Sequence[_TableLine], width: int) -> tuple[Cell, ...]:
    """The header of several rows of names; one that stands alone in its row is over all columns."""
    parts: list[list[Cell]] = [[] for _ in range(width)]
    for line in lines:
        stated = [cell for cell in line.cells[1:] if cell.text]
        over: Cell | None = stated[0] if len(stated) == 1 and line is not lines[-1] else None
        for column in range(width):
            cell = line.cells[column] if column < len(line.cells) else None
            if cell is not None and cell.text:
                over = cell if column and line is not lines[-1] else over
                parts[column].append(cell)
            elif over is not None and column:
                parts[column].append(over)
    return tuple(_named(own, lines[-1].end) for own in parts)


def _named(parts: Sequence[Cell], end: int) -> Cell:
    if not parts:
        return Cell("", end, end)
    return Cell(parts[-1].text, parts[-1].start, parts[-1].end, " ".join(cell.text for cell in parts[:-1]))


def _alone(line: _TableLine) -> Cell | None:
    """The one thing that a line says, over all its columns: a heading of the rows below it."""
    stated = [cell for cell in line.cells if cell.text]
    if len(line.cells) < 2 or not stated:
        return None
    if len({cell.text for cell in stated}) > 1 or stated[0].value.kind != "text":
        return None
    return stated[0] if line.cells[0].text and (len(stated) == 1 or len(stated) > 2) else None


def _scale(header: Sequence[Cell], before: str) -> int:
    for words_ in (" ".join(cell.full for cell in header), before):
        for bracket in re.findall(r"\(([^()]*)\)|\b(in (?:thousand|million|billion)s)\b", words_):
            told = told_scale(" ".join(bracket))
            if told > 1:
                return told
    return 1
