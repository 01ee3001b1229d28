"""A table as rows and columns that a question may speak of: as it stands, and turned round.

Many tables have years above and what is counted on the left. Turned round, the years are its rows and what is counted
its columns, and whatever can be done with rows (the greatest, the change from one to another) can be done with years.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from clearspan.language.words import stems
from clearspan.overview.answering.tables.table import Cell, DocumentTable
from clearspan.overview.answering.tables.values import CellKind

_MOST_YEARS = 23
_MOST_TURNED = 80
"""Rows beyond which a table is a list of things, and turning it round would make no sense of it."""


@dataclass(frozen=True)
class Column:
    """A column of a grid.

    Attributes:
        name: what it is called; in a grid that was turned round the first cell of a row.
        above: the heading of the group that it belongs to; None where there is none.
        cells: one for each row.
    """

    name: Cell
    above: Cell | None
    cells: tuple[Cell, ...]

    @cached_property
    def kind(self) -> CellKind:
        """What most of its stated cells hold; numbers and percentages of one column count together."""
        counted: Counter[CellKind] = Counter(cell.value.kind for cell in self.cells if cell.telling)
        return counted.most_common(1)[0][0] if counted else "empty"

    @cached_property
    def measured(self) -> bool:
        """Whether its cells can be put in order by a value."""
        stated = [cell for cell in self.cells if cell.telling]
        return bool(stated) and sum(cell.value.exact is not None for cell in stated) >= 0.6 * len(stated)

    @cached_property
    def distinct(self) -> float:
        """Share of its stated cells that differ from one another."""
        stated = [cell.text for cell in self.cells if cell.telling]
        return len(set(stated)) / len(stated) if stated else 0.0

    @cached_property
    def filled(self) -> float:
        """Share of its cells that state something."""
        return sum(cell.telling for cell in self.cells) / len(self.cells) if self.cells else 0.0

    @cached_property
    def dated(self) -> bool:
        """Whether its values are dates."""
        return self.kind == "date"

    @cached_property
    def amounts(self) -> tuple[Fraction | None, ...]:
        """The value of each cell; None where it has none, and where a date stands among numbers or the reverse."""
        values = (cell.value for cell in self.cells)
        return tuple(
            value.amount if (value.kind == "date") == self.dated and value.kind != "empty" else None
            for value in values
        )

    @cached_property
    def levels(self) -> tuple[float, ...]:
        """The amounts as floats, for putting them in order; NaN where there is none."""
        return tuple(float("nan") if amount is None else float(amount) for amount in self.amounts)


@dataclass(frozen=True)
class Grid:
    """Rows and columns of a table.

    Attributes:
        turned: whether the table's columns are its rows.
        totals: for each row, whether it sums up others.
        sections: for each row the heading over it; None where there is none.
    """

    table: DocumentTable
    turned: bool
    columns: tuple[Column, ...]
    totals: tuple[bool, ...]
    sections: tuple[Cell | None, ...]

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.totals)

    @cached_property
    def plain_rows(self) -> tuple[int, ...]:
        """Rows that sum nothing up; all, where nothing else is left."""
        return tuple(i for i, total in enumerate(self.totals) if not total) or tuple(range(self.height))

    @cached_property
    def postings(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Stem or value → (column, row) of the cells that have it; column -1 is the headings of groups."""
        found: dict[str, list[tuple[int, int]]] = {}
        for place, column in enumerate(self.columns):
            for row, cell in enumerate(column.cells):
                for key in cell.keys:
                    found.setdefault(key, []).append((place, row))
        for row, cell in enumerate(self.sections):
            for key in cell.keys if cell else ():
                found.setdefault(key, []).append((-1, row))
        return found

    @cached_property
    def caption_keys(self) -> frozenset[str]:
        """Stems of the words that say what the table is about."""
        return stems(self.table.caption)

    def cell(self, column: int, row: int) -> Cell:
        """A cell; of column -1 the heading of the row's group.

        Raises:
            KeyError: there is no such heading.
        """
        if column >= 0:
            return self.columns[column].cells[row]
        section = self.sections[row]
        if section is None:
            raise KeyError(row)
        return section

    def in_table(self, column: int, row: int) -> tuple[int | None, int]:
        """Row and column of a cell in the table as it stands; the row is None for a cell of its header."""
        if not self.turned:
            return row, column
        return (column - 1 if column else None), row + 1

    @cached_property
    def label(self) -> int:
        """The column that names the rows: the first of words whose cells mostly differ, else the first."""
        for place, column in enumerate(self.columns):
            if column.kind == "text" and column.distinct >= 0.7 and column.filled >= 0.7:
                return place
        return 0


@lru_cache(maxsize=512)
def grids_of(table: DocumentTable) -> tuple[Grid, ...]:
    """The table as it stands and, where its columns are of one kind, turned round."""
    grid = _upright(table)
    return (grid, _turned(table)) if _is_matrix(grid) else (grid,)


def _upright(table: DocumentTable) -> Grid:
    columns = tuple(
        Column(name, None, tuple(row.cells[place] for row in table.rows))
        for place, name in enumerate(table.header)
    )
    totals = tuple(row.is_total for row in table.rows)
    return Grid(table, False, columns, totals, tuple(row.section for row in table.rows))


def _turned(table: DocumentTable) -> Grid:
    names = Column(table.header[0], None, tuple(table.header[1:]))
    columns = tuple(Column(row.cells[0], row.section, tuple(row.cells[1:])) for row in table.rows)
    width = len(table.header) - 1
    totals = tuple(name.text.strip().lower().startswith("total") for name in table.header[1:])
    return Grid(table, True, (names, *columns), totals, (None,) * width)


def _is_matrix(grid: Grid) -> bool:
    names, data = grid.columns[0], grid.columns[1:]
    if not data or (len(data) == 1 and names.kind != "text"):
        return False
    if grid.height > _MOST_TURNED or len(data) > _MOST_YEARS or names.filled < 0.6:
        return False
    return sum(column.measured or column.kind == "empty" for column in data) >= 0.6 * len(data)
