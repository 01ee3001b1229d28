"""Rows that a question may mean: by words, by bounds, by both, by either, and all but some."""

import pytest

from clearspan.overview.answering.tables.grids import grids_of
from clearspan.overview.answering.tables.rowsets import Rowset, rowsets_of
from clearspan.overview.answering.tables.table import DocumentTable
from clearspan.overview.answering.tables.wording import read_wording


def rowsets(table: DocumentTable, question: str, grid: int = 0) -> list[Rowset]:
    return list(rowsets_of(grids_of(table)[grid], read_wording(question)))


@pytest.mark.parametrize(
    ("question", "kind", "rows"),
    [
        ("bridges in Solano", "holding", (0, 3)),
        ("the Golden Gate Bridge", "holding", (1,)),
        ("longer than 2,700", "bound", (1, 2, 3)),
        ("opened before 1930", "bound", (0,)),
        ("opened between 1936 and 1980", "bound", (1, 2, 3)),
        ("in Solano and opened after 1950", "both", (3,)),
        ("in Solano or Marin", "either", (0, 1, 3)),
        ("all that are not in Solano", "except", (1, 2, 4)),
    ],
)
def test_kinds(bridges: DocumentTable, question: str, kind: str, rows: tuple[int, ...]) -> None:
    assert (kind, rows) in [(one.kind, one.rows) for one in rowsets(bridges, question)]


def test_all_rows_come_first_and_sums_are_none_of_them(bridges: DocumentTable) -> None:
    assert rowsets(bridges, "which is the longest")[0] == Rowset((0, 1, 2, 3, 4), "all")


def test_the_whole_cell_speaks_louder_than_a_part_of_it(bridges: DocumentTable) -> None:
    found = rowsets(bridges, "When was the Golden Gate Bridge opened?")
    best = max(found, key=lambda one: one.strength)
    assert best.rows == (1,)
    assert best.cover == 1


def test_years_are_rows_of_a_table_that_was_turned_round(figures: DocumentTable) -> None:
    found = rowsets(figures, "interest cost in 2018", grid=1)
    assert ("holding", (1,)) in [(one.kind, one.rows) for one in found]
    assert {one.rows for one in rowsets(figures, "interest cost", grid=1)} >= {(0,), (1,)}
