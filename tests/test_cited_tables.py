"""A cited row of a table, as it is shown: in the terminal, in a notebook, as text, aloud; and receipts without one."""

import io
from typing import Any

import pytest
from rich.console import Console

from clearspan.cli.overview import print_overview
from clearspan.overview.spoken import spoken
from clearspan.public.answer import Answer
from clearspan.receipts import (
    Calculation,
    Citation,
    CitedTable,
    Claim,
    Overview,
    Receipt,
    RouteDecision,
    Versions,
)

TABLE = CitedTable(
    header=("Animal", "Group", "Length (m)"), rows=(("Orca", "toothed <whale>", "8"),), marked=((0, 1),)
)


def receipt(table: CitedTable | None = TABLE, **more: Any) -> Receipt:
    quote = "| Orca | toothed <whale> | 8 |"
    citation = Citation(
        number=1,
        document_id="d",
        passage_id="d:0",
        start=0,
        end=len(quote),
        quote=quote,
        title="Whales",
        table=table,
    )
    fields = {
        "text": quote,
        "origin": "quoted",
        "support": "supported",
        "score": 1.0,
        "citations": (citation,),
    }
    return Receipt(
        question="Which group is the orca in?",
        library="test",
        route=RouteDecision(tier="quote", why="one fact"),
        overview=Overview(claims=(Claim.model_validate(fields | more),)),
        versions=Versions(clearspan="0", library_revision=1),
    )


def printed(one: Receipt) -> str:
    out = io.StringIO()
    print_overview(one, Console(file=out, width=100, highlight=False))
    return out.getvalue()


def test_the_terminal_says_the_cell_and_shows_the_row_below_its_header() -> None:
    lines = printed(receipt()).splitlines()
    assert "“toothed <whale>”" in lines[0]
    assert lines[1].split() == ["Animal", "Group", "Length", "(m)"]
    assert lines[2].split() == ["Orca", "toothed", "<whale>", "8"]


def test_of_many_rows_the_terminal_shows_those_that_count() -> None:
    rows = tuple((f"row {place}", "x", "y") for place in range(30))
    table = CitedTable(header=TABLE.header, rows=rows, marked=((3, 1), (20, 1)))
    done = Calculation(expression="x + x", result="2", method="the sum")
    shown = printed(receipt(table, origin="calculated", text="2 (the sum)", calculation=done))
    assert "= 2 (the sum)" in shown
    assert "row 3" in shown
    assert "row 20" in shown
    assert "row 4" not in shown
    assert "28 more rows" in shown


def test_a_notebook_shows_a_table_and_nothing_in_it_is_markup() -> None:
    page = Answer(receipt())._repr_html_()
    assert "<th>Group</th>" in page
    assert "<td><b>toothed &lt;whale&gt;</b></td>" in page
    assert "<whale>" not in page


def test_as_text_each_cell_stands_behind_the_name_of_its_column() -> None:
    assert "“Animal: Orca; Group: toothed <whale>; Length (m): 8” [1]" in receipt().overview.as_text()


def test_a_voice_says_the_row_and_the_cell() -> None:
    said = spoken(receipt().overview, ())
    assert "row Orca: Group, toothed whale" in said.replace("<", "").replace(">", "")
    assert "|" not in said


@pytest.mark.parametrize("marked", [(), ((0, 0),), ((-1, 1),)])
def test_a_row_without_another_marked_cell_is_said_by_its_first(marked: tuple[tuple[int, int], ...]) -> None:
    said = spoken(receipt(TABLE.model_copy(update={"marked": marked})).overview, ())
    assert "row Orca" in said


def test_receipts_without_tables_are_read_and_shown_as_before() -> None:
    old = receipt(None).model_dump()
    for citation in old["overview"]["claims"][0]["citations"]:
        del citation["table"]
    found = Receipt.model_validate(old)
    assert found.overview.claims[0].citations[0].table is None
    assert "“| Orca |" in printed(found)
