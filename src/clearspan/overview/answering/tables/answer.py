"""Answers to a question from tables: what they say, how they were worked out, and what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.overview.answering.tables.derivations import Operation
from clearspan.overview.answering.tables.model import trained
from clearspan.overview.answering.tables.phrasing import calculation, described, shown_number
from clearspan.overview.answering.tables.ranking import Ranked, rank
from clearspan.overview.answering.tables.table import Cell, DocumentTable, Row
from clearspan.receipts import Calculation

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

EMBEDDER = "minilm"
"""The embedder whose vectors the model was trained on; with another one, or none, words alone are read."""

_MOST = 5

Place = tuple[int | None, int]
"""Row and column of a cell in its table; the row is None for a name in the header."""


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """An answer from a table.

    Attributes:
        text: the answer: cells as they are written, or what was worked out.
        values: its parts, where it is a list.
        operation: what was done, by name; `how` says it in words.
        calculation: how a number was worked out; None where cells are the answer.
        table: what it rests on; its cells and rows are exact spans of the document's text.
        shown: places of the cells that are the answer; empty where it was worked out.
        used: places of all cells that it rests on.
        probability: calibrated, that it is right; below one half it is better not to answer.
    """

    text: str
    values: tuple[str, ...]
    operation: Operation
    how: str
    calculation: Calculation | None
    table: DocumentTable
    shown: tuple[Place, ...]
    used: tuple[Place, ...]
    probability: float

    @property
    def looked_up(self) -> bool:
        """Whether it stands in cells that the question names, so that a quote of their rows says it all."""
        return self.operation == "look up"

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that it rests on, in the order of the table."""
        return tuple(self.table.rows[row] for row in sorted({row for row, _ in self.used if row is not None}))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that are the answer."""
        return tuple(_cell(self.table, place) for place in self.shown)


def answer_from_tables(
    question: str, tables: Sequence[DocumentTable], embedder: "Embedder | None" = None
) -> tuple[TableAnswer, ...]:
    """Answers to a question from tables, the most probable first; none where no derivation comes to anything.

    Args:
        tables: see `table.tables_of`; all of one or of several documents.
        embedder: understands names of columns that are put in other words.
    """
    if not tables:
        return ()
    reads = embedder is not None and embedder.reference == EMBEDDER
    parser = trained()
    ranked = rank(question, tables, embedder if reads else None, parser)
    return tuple(
        _answer(one, parser.sureness(one.measures) if place == 0 else min(one.share, 0.5))
        for place, one in enumerate(ranked[:_MOST])
    )


def _answer(one: Ranked, probability: float) -> TableAnswer:
    grid, denotation, derivation = one.reading.grid, one.denotation, one.derivation
    used = _places(one, denotation.used)
    how = described(grid, one.reading.rowsets, derivation, len(denotation.used))
    worked = denotation.number is not None
    values = (shown_number(grid, denotation),) if worked else denotation.values
    return TableAnswer(
        text=", ".join(values),
        values=values,
        operation=derivation.operation,
        how=how,
        calculation=calculation(grid, derivation, denotation, how),
        table=grid.table,
        shown=_places(one, denotation.shown),
        used=used,
        probability=probability,
    )


def _places(one: Ranked, places: Sequence[tuple[int, int]]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(one.reading.grid.in_table(column, row) for column, row in places))


def _cell(table: DocumentTable, place: Place) -> Cell:
    row, column = place
    return table.header[column] if row is None else table.rows[row].cells[column]
