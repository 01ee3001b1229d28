"""Lines of a page put in the order in which they are read: columns one after another, tables by their rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from clearspan.library.readers.pdf.letters import Segment
from clearspan.library.readers.tables import TableCell, TableRow

_LONG = 3.6
"""Words of a segment, on the whole, from which what stands side by side is text in columns, and no table."""
_LEAST_COLUMN_LINES = 3
_MOST_COLUMNS = 4
_LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class PdfTable:
    """Rows of a table, and where it ends on the page."""

    rows: tuple[TableRow, ...]
    bottom: float


def arranged(lines: Sequence[Sequence[Segment]]) -> Iterator[Segment | PdfTable]:
    """Lines of one page as they are read.

    Args:
        lines: in the order of the file, each as its segments from left to right.
    """
    block: list[Sequence[Segment]] = []
    for line in lines:
        if block and not _goes_on(block, line):
            yield from _block(block)
            block = []
        if len(line) > 1 or block:
            block.append(line)
        else:
            yield line[0]
    yield from _block(block)


def _goes_on(block: Sequence[Sequence[Segment]], line: Sequence[Segment]) -> bool:
    """Whether a line belongs to the lines of several segments above it."""
    last = block[-1]
    height = max(segment.height for segment in last)
    gap = last[0].bottom - line[0].bottom
    if not -0.5 * height < gap < 3.2 * height:
        return False
    if len(line) > 1:
        return True
    # A single segment goes on only where it is as narrow as one of the cells or columns above.
    widest = max(segment.right - segment.left for above in block for segment in above)
    return line[0].right - line[0].left <= 1.15 * widest and gap < 1.7 * height and len(block) > 1


def _block(block: list[Sequence[Segment]]) -> Iterator[Segment | PdfTable]:
    if not block:
        return
    several = [line for line in block if len(line) > 1]
    words = median(len(segment.text.split()) for line in several for segment in line)
    if words >= _LONG and len(several) >= _LEAST_COLUMN_LINES and max(map(len, block)) <= _MOST_COLUMNS:
        yield from _by_columns(block, several)
    elif len(several) >= _LEAST_ROWS and words < _LONG:
        rows = [line for line in block if len(line) > 1]
        yield PdfTable(tuple(_rows(block)), rows[-1][0].bottom)
    else:
        for line in block:
            yield _joined(line)


def _joined(line: Sequence[Segment]) -> Segment:
    return Segment(
        text=" ".join(segment.text for segment in line),
        left=line[0].left,
        right=line[-1].right,
        bottom=line[0].bottom,
        height=max(segment.height for segment in line),
    )


def _by_columns(
    block: Sequence[Sequence[Segment]], several: Sequence[Sequence[Segment]]
) -> Iterator[Segment]:
    columns = _columns(several)
    for index in range(len(columns)):
        for line in block:
            within = [segment for segment in line if _column_of(segment, columns)[0] == index]
            if within:
                yield _joined(within)


def _columns(lines: Sequence[Sequence[Segment]]) -> list[tuple[float, float]]:
    """The columns, from the lines with most segments: where each begins and ends."""
    most = max(map(len, lines))
    full = [line for line in lines if len(line) == most]
    columns: list[tuple[float, float]] = [
        (min(line[index].left for line in full), max(line[index].right for line in full))
        for index in range(most)
    ]
    # Columns that overlap would take each other's cells: each ends where the next begins.
    return [
        (left, min(right, columns[index + 1][0]) if index + 1 < most else right)
        for index, (left, right) in enumerate(columns)
    ]


def _column_of(segment: Segment, columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """The first and the last column that a segment covers."""
    covered = [
        index
        for index, (left, right) in enumerate(columns)
        if min(segment.right, right) - max(segment.left, left)
        > 0.25 * min(right - left, segment.right - segment.left)
    ]
    if covered:
        return covered[0], covered[-1]
    middle = (segment.left + segment.right) / 2
    nearest = min(range(len(columns)), key=lambda index: abs(sum(columns[index]) / 2 - middle))
    return nearest, nearest


def _rows(block: Sequence[Sequence[Segment]]) -> Iterator[TableRow]:
    columns = _columns([line for line in block if len(line) > 1])
    rows: list[dict[int, tuple[int, list[str]]]] = []
    gaps = [above[0].bottom - below[0].bottom for above, below in pairwise(block)]
    usual = median(gaps) if gaps else 0.0
    for index, line in enumerate(block):
        cells = [(_column_of(segment, columns), segment.text) for segment in line]
        # A line that begins in no first column, close below another, goes on with what stands in its cells.
        close = index > 0 and gaps[index - 1] < 0.85 * usual
        if close and rows and len(line) < len(columns) and all(first > 0 for (first, _), _ in cells):
            for (first, last), text in cells:
                rows[-1].setdefault(first, (last, []))[1].append(text)
            continue
        row: dict[int, tuple[int, list[str]]] = {}
        for (first, last), text in cells:
            row.setdefault(first, (last, []))[1].append(text)
        rows.append(row)
    for row in rows:
        yield TableRow(list(_cells(row, len(columns))))


def _cells(row: dict[int, tuple[int, list[str]]], width: int) -> Iterator[TableCell]:
    column = 0
    while column < width:
        last, texts = row.get(column, (column, []))
        yield TableCell("\n".join(texts), columns=last - column + 1)
        column = last + 1
