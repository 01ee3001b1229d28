"""One model of a table for every format: cells with their spans, laid out a row a line, each value after its names."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clearspan.errors import TooLarge
from clearspan.library.readers.reading import one_line

_LONGEST_NAME = 300
"""Characters of a cell above which it names no column; it would be repeated in every row."""
_WIDEST_SPAN = 20
"""Columns above which a value that spans them stands for the first alone."""
_MOST_SPANNED = 1_000
"""Columns and rows that one cell may span, as browsers bound it."""
_MOST_HEADER_ROWS = 6
_MOST_PLACES = 3_000_000
_LOOKED_AT = 30
"""Rows that tell whether a table without marks has names over its columns."""

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?")
_VALUE = re.compile(r"[-−+±<>≤≥~≈ca.\s]*[$€£¥₹]?\s*[\d]")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell as a document writes it.

    Attributes:
        rows, columns: that it spans.
        names: whether it is marked as the name of a row or of columns.
    """

    text: str
    rows: int = 1
    columns: int = 1
    names: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row; `heads` where it is marked as one that names the columns."""

    cells: Sequence[TableCell]
    heads: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands at one place of the grid; `first` is the column where its cell begins, `last` where it ends."""

    text: str
    names: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _GridRow:
    places: Sequence[_Place | None]
    heads: bool
    width: int

    @property
    def told(self) -> list[_Place]:
        return [place for place in self.places if place is not None and place.text]

    @property
    def alone(self) -> bool:
        """Whether one cell is as wide as the table, or names a row that has nothing else: a heading between rows."""
        told = self.told
        if self.width < 2 or not told:
            return False
        return told[0].last - told[0].first + 1 == self.width or (
            len(told) == 1 and told[0].names and told[0].first == 0
        )

    @property
    def named(self) -> bool:
        """Whether it names the columns, as far as its own marks tell."""
        told = self.told
        return bool(told) and not self.alone and (self.heads or all(place.names for place in told))


def plain_rows(rows: Iterable[Sequence[str]], *, headed: bool = False) -> list[TableRow]:
    """Rows of a format that knows no spans.

    Args:
        headed: whether the first row is known to name the columns, also where its cells are empty.
    """
    return [
        TableRow([TableCell(text) for text in row], heads=headed and index == 0)
        for index, row in enumerate(rows)
    ]


def table_lines(rows: Sequence[TableRow]) -> Iterator[str]:
    """A table as lines of `Column: value; Column: value`, each of which reads alone.

    A cell that spans rows or columns stands in each of them; several rows of names are one name for each column; a
    table of two columns that names its rows is told as `name: value`; a cell as wide as the table is a line of its own.
    Empty cells are left out. A semicolon in a cell becomes a comma and a colon in a name is dropped, so that a row can
    be taken apart again.
    """
    grid = [row for row in _grid(rows) if row.told or row.heads]
    headers = _headers(grid)
    names: list[str] = []
    stack: list[_GridRow] = []
    for index, row in enumerate(grid):
        if row.alone and not row.heads:
            yield row.told[0].text
        elif index in headers:
            stack.append(row)
            if index + 1 not in headers:
                names = _names(stack)
                if index + 1 == len(grid) and (text := "; ".join(place.text for place in row.told)):
                    yield text
                stack = []
        else:
            yield "; ".join(_pairs(row, names))


def _grid(rows: Sequence[TableRow]) -> Iterator[_GridRow]:
    """The rows with a place for each column, spans filled."""
    held: dict[int, tuple[int, _Place]] = {}
    width, count = _width(rows), 0
    for row in rows:
        places: list[_Place | None] = []
        going_on: dict[int, tuple[int, _Place]] = {}

        _go_on(held, places, going_on)
        for cell in row.cells:
            first = len(places)
            columns = max(1, min(cell.columns, _MOST_SPANNED, max(width - first, 1)))
            place = _Place(_cell_text(cell.text), cell.names, first, first + columns - 1)
            for column in range(first, first + columns):
                if cell.rows > 1:
                    going_on[column] = (min(cell.rows, 65_534) - 1, place)
                places.append(place)
            _go_on(held, places, going_on)
        for column, found in held.items():
            if column >= len(places) and found[0] > 1:
                going_on[column] = (found[0] - 1, found[1])
        held = going_on
        count += len(places)
        if count > _MOST_PLACES:
            raise TooLarge(
                "One of its tables was not read to its end.",
                why=f"With what its cells span it has more than {_MOST_PLACES / 1e6:g} million places.",
                do="Save the table as CSV, and add that.",
            )
        yield _GridRow(places, row.heads, width)


def _go_on(
    held: Mapping[int, tuple[int, _Place]],
    places: list[_Place | None],
    going_on: dict[int, tuple[int, _Place]],
) -> None:
    """Fill the next places of a row with the cells above that span into it."""
    while (found := held.get(len(places))) is not None:
        if found[0] > 1:
            going_on[len(places)] = (found[0] - 1, found[1])
        places.append(found[1])


def _width(rows: Sequence[TableRow]) -> int:
    """Columns of the widest row by its own cells; spans that are wider than any row of single cells are cut to it."""
    widths = [sum(min(max(cell.columns, 1), _MOST_SPANNED) for cell in row.cells) for row in rows]
    most = max((len(row.cells) for row in rows), default=0)
    return min(max(widths, default=0), max(most, _MOST_SPANNED))


def _cell_text(text: str) -> str:
    lines = [line for line in map(one_line, text.split("\n")) if line]
    joined = ""
    for line in lines:
        # Two lines of figures must not read as one number.
        between = " / " if joined[-1:].isdecimal() and line[0].isdecimal() else " "
        joined += f"{between}{line}" if joined else line
    return joined.replace(";", ",")


def _headers(grid: Sequence[_GridRow]) -> frozenset[int]:
    """Which rows name the columns."""
    marked = [index for index, row in enumerate(grid) if row.named or row.heads]
    if any(place.names for row in grid for place in row.told) or any(row.heads for row in grid):
        return frozenset(_first_of_each_run(marked))
    body = [index for index, row in enumerate(grid) if not row.alone]
    if len(body) < 2 or not _seems_headed([grid[index] for index in body[:_LOOKED_AT]]):
        return frozenset()
    first = body[0]
    # A name that goes on into the next row is one of a table with two rows of names.
    shared = {id(place) for place in grid[first].told}
    second = first + 1
    goes_on = second + 1 < len(grid) and any(id(place) in shared for place in grid[second].told)
    return frozenset({first, second} if goes_on and not _is_data(grid[second], shared) else {first})


def _is_data(row: _GridRow, shared: set[int]) -> bool:
    own = [place for place in row.told if id(place) not in shared]
    return any(_is_value(place.text) for place in own)


def _first_of_each_run(marked: Sequence[int]) -> Iterator[int]:
    """Of rows that are marked as names, at most so many one after another as headers have."""
    run = 0
    for before, index in zip([None, *marked], marked, strict=False):
        run = run + 1 if before is not None and index == before + 1 else 1
        if run <= _MOST_HEADER_ROWS:
            yield index


def _seems_headed(rows: Sequence[_GridRow]) -> bool:
    """Whether the first row of a table without any marks names its columns."""
    first, rest = rows[0], rows[1:]
    if any(len(place.text) > _LONGEST_NAME for place in first.told):
        return False
    after = [place.text if place else "" for place in first.places[1:]]
    if len(after) != 1:
        values = sum(_is_value(text) for text in after)
        return 2 * values < len(after) or not after
    if all(row.told[0].text.endswith(":") for row in rows if row.told):
        return False
    values = [row.places[1].text if len(row.places) > 1 and row.places[1] else "" for row in rest]
    if _is_value(after[0]) or not all(_is_value(value) for value in values):
        return False
    # Names beside values, as `Rent | 740 crowns`, have values of several kinds.
    units = {" ".join(_LETTERS.findall(value)) for value in values}
    return len(values) == 1 or len(units - {""}) < 2


def _is_value(text: str) -> bool:
    return bool(_VALUE.match(text)) and not _YEAR.fullmatch(text)


def _names(stack: Sequence[_GridRow]) -> list[str]:
    """The names of the columns, those of several rows joined; none where one is too long to be repeated."""
    names: list[str] = []
    for column in range(max(len(row.places) for row in stack)):
        parts: list[str] = []
        for row in stack:
            place = row.places[column] if column < len(row.places) else None
            if place is not None and place.text and place.text not in parts:
                parts.append(place.text)
        names.append(" ".join(parts).replace(":", "").strip())
    return [] if any(len(name) > _LONGEST_NAME for name in names) else names


def _pairs(row: _GridRow, names: Sequence[str]) -> Iterator[str]:
    first = row.places[0] if row.places else None
    if not any(names):
        yield from _without_names(row, first)
        return
    seen: set[int] = set()
    for column, place in enumerate(row.places):
        if place is None or not place.text:
            continue
        # What spans from the first column on, as `Total`, names its row; it is no value of each column.
        wide = place.last - place.first
        if id(place) in seen and (place.first == 0 or wide >= _WIDEST_SPAN):
            continue
        seen.add(id(place))
        name = names[column] if column < len(names) else ""
        yield f"{name}: {place.text}" if name else place.text


def _without_names(row: _GridRow, first: _Place | None) -> Iterator[str]:
    told = list({id(place): place for place in row.told}.values())
    keyed = first is not None and first.text and (first.names or len(row.places) == 2)
    if keyed and len(told) > 1 and len(told[0].text) <= _LONGEST_NAME:
        yield f"{told[0].text.replace(':', '').strip()}: {told[1].text}"
        told = told[2:]
    yield from (place.text for place in told)
