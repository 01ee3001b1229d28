"""Tables of a text: header, rows and cells, each with its exact span, however the table is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.library.readers.tables import plain_rows, table_lines
from clearspan.overview.answering.tables.table import DocumentTable, tables_of

PIPED = """Some prose before it.

| Animal | Group | Length |
|---|---|---|
| Orca | toothed whale | 8 m |
| Blue whale | baleen whale | 30 m |

And prose after it."""

PAIRED = """Animals of the sea

Animal: Orca; Group: toothed whale; Length: 8 m
Animal: Blue whale; Length: 30 m; Note: the largest

And prose: it goes on; as prose does."""

NESTED = """| | Year Ended December 31, | |
| (in thousands) | 2019 | 2018 |
| Current assets: | | |
| Cash | $ 1,200 | 900 |
| Total current assets | 2,000 | 1,500 |"""


def texts(table: DocumentTable) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_rows_between_bars() -> None:
    (table,) = tables_of(PIPED)
    assert [cell.text for cell in table.header] == ["Animal", "Group", "Length"]
    assert texts(table) == [["Orca", "toothed whale", "8 m"], ["Blue whale", "baleen whale", "30 m"]]
    assert PIPED[table.rows[1].start : table.rows[1].end] == "| Blue whale | baleen whale | 30 m |"


def test_rows_that_name_their_columns_as_the_library_writes_them() -> None:
    (table,) = tables_of(PAIRED)
    assert [cell.text for cell in table.header] == ["Animal", "Group", "Length", "Note"]
    assert texts(table) == [["Orca", "toothed whale", "8 m", ""], ["Blue whale", "", "30 m", "the largest"]]


def test_a_row_without_a_name_over_its_first_cell() -> None:
    (table,) = tables_of("Service cost; 2019: $1,955; 2018: $2,262\nInterest cost; 2019: 1,308; 2018: 1,230")
    assert [cell.text for cell in table.header] == ["", "2019", "2018"]
    assert texts(table)[1] == ["Interest cost", "1,308", "1,230"]


def test_headers_of_several_rows_and_headings_of_groups() -> None:
    (table,) = tables_of(NESTED)
    assert [cell.text for cell in table.header] == ["(in thousands)", "2019", "2018"]
    assert table.header[2].full == "Year Ended December 31, 2018"
    assert table.scale == 1000
    assert [row.section.text if row.section else None for row in table.rows] == ["Current assets:"] * 2
    assert [row.is_total for row in table.rows] == [False, True]


def test_two_tables_are_two() -> None:
    found = tables_of(f"{PIPED}\n\n{PAIRED}")
    assert [len(table.rows) for table in found] == [2, 2]


@pytest.mark.parametrize("text", ["", "No table.", "| one line |", "Note: this; that: it.\nAnother line."])
def test_what_is_no_table(text: str) -> None:
    assert tables_of(text) == ()


# Of letters that the readers leave as they are.
CELL = st.text(st.sampled_from("abcÄé019.,%$()[]-–'/ \""), min_size=1, max_size=9).map(
    lambda text: " ".join(text.split())
)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=6), st.booleans())
def test_what_was_written_as_a_table_is_read_again(rows: list[list[str]], piped: bool) -> None:
    names = ["first", "second", "third"]
    # A row that says one thing over all its columns is a heading of the rows below it.
    kept = [[f"a{cell}{column}z" for column, cell in enumerate(row)] for row in rows]
    lines = (
        [f"| {' | '.join(row)} |" for row in [names, *kept]]
        if piped
        else table_lines(plain_rows([names, *kept]))
    )
    text = "Before.\n\n" + "\n".join(lines) + "\n\nAfter."
    (table,) = tables_of(text)
    assert [cell.text for cell in table.header] == names
    assert texts(table) == kept


@settings(deadline=None)
@given(st.text(st.sampled_from("|:;ab 1,\n-"), max_size=120))
def test_every_span_is_exact_in_any_text(text: str) -> None:
    for table in tables_of(text):
        for row in table.rows:
            for cell in row.cells:
                assert text[cell.start : cell.end] == cell.text
