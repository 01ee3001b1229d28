"""Tables: each value stands after the names of its own row and column, whatever spans what."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.errors import TooLarge
from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.tables import TableCell, TableRow, plain_rows, table_lines


def lines(*rows: Sequence[TableCell | str], heads: int = 0) -> list[str]:
    made = [[TableCell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return list(table_lines([TableRow(row, index < heads) for index, row in enumerate(made)]))


def test_a_cell_that_spans_rows_stands_in_each() -> None:
    red = TableCell("Red", rows=2)
    assert lines(["Line", "Station", "Leaves"], [red, "Hask", "07:15"], ["Elm", "07:40"], heads=1) == [
        "Line: Red; Station: Hask; Leaves: 07:15",
        "Line: Red; Station: Elm; Leaves: 07:40",
    ]


def test_a_value_that_spans_columns_holds_for_each_and_a_label_for_none() -> None:
    both = TableCell("closed", columns=2)
    total = TableCell("Total", columns=2)
    assert lines(["Day", "Morning", "Evening"], ["Monday", both], [total, "9"], heads=1) == [
        "Day: Monday; Morning: closed; Evening: closed",
        "Day: Total; Evening: 9",
    ]


def test_rows_of_names_are_one_name_a_column() -> None:
    assert lines(
        [TableCell("Month", rows=2), TableCell("Rain (mm)", columns=2)],
        ["2019", "2020"],
        ["May", "88", "104"],
        heads=2,
    ) == ["Month: May; Rain (mm) 2019: 88; Rain (mm) 2020: 104"]


def test_names_beside_values() -> None:
    def key(text: str) -> TableCell:
        return TableCell(text, names=True)

    assert lines([key("Height"), "2,314 m"], [key("First climbed"), "1874"]) == [
        "Height: 2,314 m",
        "First climbed: 1874",
    ]
    title = TableCell("Mount Ostren", columns=2, names=True)
    assert lines([title], [key("Height"), "2,314 m"]) == ["Mount Ostren", "Height: 2,314 m"]
    assert lines(["Rent:", "740 crowns"], ["Tenant:", "Ada Finch"]) == [
        "Rent: 740 crowns",
        "Tenant: Ada Finch",
    ]
    assert lines(["Tenant", "Ada Finch"], ["Rent", "740 crowns"], ["Since", "1 May"]) == [
        "Tenant: Ada Finch",
        "Rent: 740 crowns",
        "Since: 1 May",
    ]
    assert lines(["", ""], ["Rent", "740 crowns"], heads=1) == ["Rent: 740 crowns"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["Name", "Span"], ["Gate", "4,200 ft"]], ["Name: Gate; Span: 4,200 ft"]),
        ([["Fare", "2019", "2020"], ["Adult", "14", "15"]], ["Fare: Adult; 2019: 14; 2020: 15"]),
        ([["Adult", "14", "15"], ["Child", "6", "7"]], ["Adult; 14; 15", "Child; 6; 7"]),
        ([["one"], ["two"]], ["one: two"]),
        ([["a; b", "c: d"], ["e; f", "1"]], ["a, b: e, f; c d: 1"]),
        ([["n" * 301, "m"], ["a", "1"], ["b", "2"]], None),
    ],
)
def test_tables_without_marks(rows: list[list[str]], told: list[str] | None) -> None:
    found = list(table_lines(plain_rows(rows)))
    assert found == told if told is not None else all("n: a" not in line for line in found)


def test_lines_of_figures_in_a_cell_are_not_one_number() -> None:
    assert lines(["Day", "Hours"], ["Monday", "9:00 to 12:00\n14:00 to 17:30"], heads=1) == [
        "Day: Monday; Hours: 9:00 to 12:00 / 14:00 to 17:30"
    ]


def test_a_heading_between_rows_and_names_that_are_told_again() -> None:
    names = [TableCell("Fare", names=True), TableCell("Price", names=True)]
    again = [TableCell("Pass", names=True), TableCell("Cost", names=True)]
    assert lines(names, [TableCell("North", columns=2)], ["Adult", "14"], again, ["Week", "40"]) == [
        "North",
        "Fare: Adult; Price: 14",
        "Pass: Week; Cost: 40",
    ]


def test_what_spans_fill_is_bounded() -> None:
    wide = TableRow([TableCell("x", rows=60_000, columns=1_000)])
    with pytest.raises(TooLarge, match="million places"):
        list(table_lines([wide, *[TableRow([]) for _ in range(10_000)]]))


@st.composite
def spanned(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A table of HTML whose cells span rows at will, and the value at each of its places."""
    height, width = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    values: list[list[str]] = [[""] * width for _ in range(height)]
    cells: list[list[str]] = [[] for _ in range(height)]
    for row in range(height):
        for column in range(width):
            if values[row][column]:
                continue
            most = next((r for r in range(row, height) if values[r][column]), height) - row
            rows = draw(st.integers(1, most))
            text = f"v{row}x{column}"
            cells[row].append(f"<td rowspan={rows}>{text}</td>")
            for below in range(row, row + rows):
                values[below][column] = text
    names = "".join(f"<th>c{column}</th>" for column in range(width))
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return f"<h1>T</h1><table><tr>{names}</tr>{body}</table>", values


@settings(deadline=None, max_examples=60)
@given(spanned(), st.sampled_from(["a.html", "a.md"]))
def test_every_value_stands_at_its_place(made: tuple[str, list[list[str]]], name: str) -> None:
    page, values = made
    found = read(format_of(name), Original(name, name, page.encode())).text.split("\n")[2:]
    assert found == ["; ".join(f"c{column}: {text}" for column, text in enumerate(row)) for row in values]
