"""How a question speaks of columns: by the words of their names, those of the heading over them, and their meaning."""

from typing import TYPE_CHECKING

import pytest

from clearspan.overview.answering.tables.grids import Grid, grids_of
from clearspan.overview.answering.tables.links import Link, chosen, links_of, meaning_of
from clearspan.overview.answering.tables.table import DocumentTable, tables_of
from clearspan.overview.answering.tables.wording import read_wording

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

HEADED = """Staff

| | Wages | | Hours | |
| Town | 2019 | 2018 | 2019 | 2018 |
| Tarrow | 100 | 90 | 40 | 38 |
| Ede | 80 | 70 | 36 | 35 |
"""


def named(grid: Grid, links: list[Link]) -> dict[str, Link]:
    return {column.name.text: link for column, link in zip(grid.columns, links, strict=True)}


def by_words(table: DocumentTable, question: str) -> dict[str, Link]:
    grid = grids_of(table)[0]
    return named(grid, links_of(grid, read_wording(question), None, None))


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("What is its length?", "Length (m)"),
        ("In which county is it?", "County"),
        ("What was the cost in 1937?", "Cost"),
        ("When was it opened?", "Opened"),
    ],
)
def test_the_column_whose_name_the_question_has_is_spoken_of_most(
    bridges: DocumentTable, question: str, column: str
) -> None:
    links = by_words(bridges, question)
    assert links[column].named > 0
    assert max(links, key=lambda name: links[name].named) == column


def test_a_column_that_is_not_spoken_of_has_no_link(bridges: DocumentTable) -> None:
    assert by_words(bridges, "In which county is it?")["Cost"] == Link(0, 0.0, 0.0)


def test_what_stands_after_the_question_word_is_its_focus(bridges: DocumentTable) -> None:
    links = by_words(bridges, "Which county has the bridge that opened last?")
    assert links["County"].focus > links["Opened"].focus == 0
    assert links["Opened"].named == 1


def test_the_heading_over_a_column_counts_among_its_words() -> None:
    grid = grids_of(tables_of(HEADED, "d-staff", "Staff")[0])[0]
    links = links_of(grid, read_wording("Which hours were worked in Tarrow?"), None, None)
    under = [bool(link.bits) for link in links]
    assert under == [column.name.above == "Hours" for column in grid.columns]


def test_what_is_spoken_of_comes_first_and_what_names_the_rows_is_always_among_them(
    bridges: DocumentTable,
) -> None:
    grid, wording = grids_of(bridges)[0], read_wording("In which county is the longest?")
    shown, measured = chosen(grid, links_of(grid, wording, None, None), wording)
    assert grid.columns[shown[0]].name.text == "County"
    assert grid.label in shown
    assert {grid.columns[place].name.text for place in measured} == {"Opened", "Length (m)", "Cost"}


def test_meaning_speaks_for_a_column_that_no_word_does(bridges: DocumentTable, embedder: "Embedder") -> None:
    question = "How much money did the bridge swallow?"
    grid = grids_of(bridges)[0]
    links = named(grid, links_of(grid, read_wording(question), meaning_of(question, embedder), embedder))
    assert links["Cost"].bits == 0
    assert max(("Cost", "County", "Opened"), key=lambda name: links[name].whole) == "Cost"
    assert all(link.closest >= 0 for link in links.values())


def test_without_an_embedder_nothing_is_meant() -> None:
    assert meaning_of("How long is it?", None) is None
