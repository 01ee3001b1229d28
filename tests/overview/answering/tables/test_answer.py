"""Answers from tables with the parser that ships: what they say, how, and what they rest on."""

import pytest

from clearspan.overview.answering.tables.answer import TableAnswer, answer_from_tables
from clearspan.overview.answering.tables.table import DocumentTable


def best(question: str, *tables: DocumentTable) -> TableAnswer:
    return answer_from_tables(question, tables)[0]


def test_a_cell_is_looked_up(bridges: DocumentTable) -> None:
    found = best("When was the Golden Gate Bridge opened?", bridges)
    assert found.text == "1937"
    assert found.looked_up
    assert [cell.text for cell in found.cells] == ["1937"]
    assert [row.cells[0].text for row in found.rows] == ["Golden Gate Bridge"]


def test_rows_are_counted(bridges: DocumentTable) -> None:
    found = best("How many bridges are in Solano county?", bridges)
    assert found.text == "2"
    assert found.calculation is not None
    assert found.calculation.result == "2"
    assert "Carquinez Bridge" in found.calculation.expression


def test_a_change_is_told_in_the_scale_of_the_table(figures: DocumentTable) -> None:
    found = best("What is the change in other receivables from 2018 to 2019?", figures)
    assert found.text == "141 thousand"
    assert found.calculation is not None
    assert found.calculation.expression == "4,223 − 4,082"
    assert "thousands" in found.calculation.method


def test_the_table_that_is_asked_about_answers(bridges: DocumentTable, figures: DocumentTable) -> None:
    assert best("What were the other receivables in 2018?", bridges, figures).table == figures
    assert best("In which county is the Bay Bridge?", bridges, figures).text == "Alameda"


def test_the_most_probable_comes_first_and_all_are_probabilities(bridges: DocumentTable) -> None:
    found = answer_from_tables("Which bridge is the longest?", [bridges])
    assert 1 < len(found) <= 5
    assert all(0 <= one.probability <= 1 for one in found)
    assert len({one.values for one in found}) == len(found)


@pytest.mark.parametrize("question", ["", "?", "the of and", "x" * 5000])
def test_any_question_can_be_asked(bridges: DocumentTable, question: str) -> None:
    answer_from_tables(question, [bridges])


def test_without_tables_there_is_no_answer() -> None:
    assert answer_from_tables("Which bridge is the longest?", []) == ()
