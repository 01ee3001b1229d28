"""Answers from tables as claims: exact spans of the stored text, silence below the threshold, tables read whole."""

from collections.abc import Iterator

import pytest

from clearspan.library.library import Library
from clearspan.overview.answering.tables.claims import TableClaims, table_claims
from clearspan.settings import Settings

NAMES = "Alder Birch Cedar Damson Elm Fir Gorse Hazel Ivy Juniper Kelp Laurel Maple Nettle Oak Pine Quince Rowan Sorrel"
HEAD = "| Bridge | Opened | Length (m) | County |\n|---|---|---|---|\n"
ROWS = [
    f"| {name} Bridge | {1900 + place} | {1000 + 7 * place:,} | {('Marin', 'Solano')[place % 2]} |"
    for place, name in enumerate(NAMES.split())
]
PAGE = "# Bridges of the bay\n\nAll of them carry cars.\n\n" + HEAD + "\n".join(ROWS) + "\n"


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    with Library.open("test", settings, None) as opened:
        opened.add_bytes("bridges.md", PAGE.encode())
        opened.add_bytes("prose.md", b"# Prose\n\nA bridge is a structure. It has no table.\n")
        yield opened


def claimed(library: Library, question: str, threshold: float = 0.0) -> TableClaims:
    found = claimed_or_none(library, question, threshold)
    assert found is not None
    return found


def claimed_or_none(library: Library, question: str, threshold: float) -> TableClaims | None:
    passages = [passage for one in library.documents() for passage in library.passages_of(one.id)]
    numbers = {one.id: place for place, one in enumerate(library.documents(), 1)}
    return table_claims(question, passages, library, None, numbers, threshold)


def test_a_looked_up_row_is_quoted_word_for_word(library: Library) -> None:
    found = claimed(library, "When was the Cedar Bridge opened?")
    (claim,) = found.claims
    (citation,) = claim.citations
    assert claim.origin == "quoted"
    text = library.document(citation.document_id).text
    assert text[citation.start : citation.end] == citation.quote == claim.text
    assert "Cedar Bridge" in citation.quote
    assert citation.quote in found.opened[citation.passage_id]
    assert citation.table is not None
    assert [citation.table.rows[row][column] for row, column in citation.table.marked] == ["1902"]
    assert claim.emphasis is not None
    assert claim.text[slice(*claim.emphasis)] == "1902"


def test_what_is_worked_out_cites_every_row(library: Library) -> None:
    found = claimed(library, "How many bridges are in Solano?")
    (claim,) = found.claims
    assert claim.origin == "calculated"
    assert claim.calculation is not None
    assert claim.calculation.result == "9"
    quoted = "\n".join(citation.quote for citation in claim.citations)
    assert quoted.count("Solano") >= 9
    for citation in claim.citations:
        text = library.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_a_table_is_read_whole_from_any_of_its_passages(library: Library) -> None:
    document = next(one for one in library.documents() if "Bridges" in one.title)
    last = library.passages_of(document.id)[-1:]
    found = table_claims("When was the Alder Bridge opened?", last, library, None, {document.id: 3}, 0.0)
    assert found is not None
    assert "Alder Bridge" in found.claims[0].citations[0].quote
    assert found.claims[0].citations[0].number == 3


def test_below_the_threshold_there_is_silence(library: Library) -> None:
    assert claimed_or_none(library, "When was the Cedar Bridge opened?", 1.1) is None


def test_prose_has_no_tables(library: Library) -> None:
    document = next(one for one in library.documents() if one.title == "Prose")
    passages = library.passages_of(document.id)
    assert table_claims("What is a bridge?", passages, library, None, {}, 0.0) is None
