"""What can be done with a table: for each kind of question the right answer is among the derivations."""

from fractions import Fraction

import pytest

from clearspan.overview.answering.tables.denotations import Denotation, denote
from clearspan.overview.answering.tables.derivations import Operation
from clearspan.overview.answering.tables.ranking import GridReading, read_tables
from clearspan.overview.answering.tables.table import DocumentTable
from clearspan.overview.answering.tables.wording import read_wording


def readings(table: DocumentTable, question: str) -> list[GridReading]:
    return read_tables(read_wording(question), [table], None, None)


def outcomes(table: DocumentTable, question: str, operation: Operation) -> list[Denotation]:
    found = [
        denote(one.grid, one.rowsets, derivation, question)
        for one in readings(table, question)
        for derivation in one.derivations
        if derivation.operation == operation
    ]
    return [each for each in found if each is not None]


@pytest.mark.parametrize(
    ("question", "operation", "values"),
    [
        ("When was the Golden Gate Bridge opened?", "look up", ("1937",)),
        ("Which bridges are in Solano county?", "look up", ("Carquinez Bridge", "Antioch Bridge")),
        ("Which bridge is the longest?", "greatest", ("Bay Bridge",)),
        ("Which bridge in Alameda is the shortest?", "least", ("Dumbarton Bridge",)),
        ("Which bridge is the cheapest?", "least", ("Carquinez Bridge",)),
        ("Which is the first bridge listed?", "first", ("Carquinez Bridge",)),
        ("Which is the last bridge?", "last", ("Dumbarton Bridge",)),
        ("Which bridge comes after the Bay Bridge?", "next", ("Antioch Bridge",)),
        ("Which bridge comes before the Bay Bridge?", "previous", ("Golden Gate Bridge",)),
        ("Which is longer, the Bay Bridge or the Antioch Bridge?", "greater of two", ("Bay Bridge",)),
        ("Which opened earlier, the Bay Bridge or the Antioch Bridge?", "lesser of two", ("Bay Bridge",)),
        ("Which other bridge is in the same county as the Bay Bridge?", "same value", ("Dumbarton Bridge",)),
        ("Is the Bay Bridge longer than the Antioch Bridge?", "yes or no", ("yes",)),
        ("Is the Bay Bridge shorter than the Antioch Bridge?", "yes or no", ("no",)),
    ],
)
def test_cells(bridges: DocumentTable, question: str, operation: Operation, values: tuple[str, ...]) -> None:
    assert values in [one.values for one in outcomes(bridges, question, operation)]


@pytest.mark.parametrize(
    ("question", "operation", "number"),
    [
        ("How many bridges are in Solano?", "count", 2),
        ("How many bridges are longer than 2,700 m?", "count", 3),
        ("How many bridges were opened before 1950?", "count", 3),
        ("How many bridges were opened between 1930 and 1980?", "count", 3),
        ("How many bridges are there?", "count", 5),
        ("How many counties are there?", "count different", 3),
        ("What is the total length of the bridges in Solano?", "sum", 3890),
        ("What is the average length of the bridges in Solano?", "average", 1945),
        ("How much longer is the Bay Bridge than the Antioch Bridge?", "difference", 4312),
        ("How many years passed between the Bay Bridge and the Antioch Bridge?", "difference", 42),
        ("How many years lie between the first and the last?", "range", 55),
        ("How many more bridges are in Solano than in Marin?", "difference of counts", 1),
    ],
)
def test_numbers(bridges: DocumentTable, question: str, operation: Operation, number: int) -> None:
    assert number in [one.number for one in outcomes(bridges, question, operation)]


@pytest.mark.parametrize(
    ("question", "operation", "number"),
    [
        ("What is the change in other receivables from 2018 to 2019?", "change", Fraction(141)),
        ("What is the change in other receivables from 2019 to 2018?", "change", Fraction(141)),
        ("What was the change in interest cost?", "change", Fraction(-78)),
        ("What is the percentage change in other receivables?", "percentage change", Fraction(14100, 4082)),
        ("What are the average other receivables in 2018 and 2019?", "average", Fraction(8305, 2)),
        ("What share of the total are other receivables in 2019?", "ratio", Fraction(4223, 2915)),
        ("Other receivables as a percentage of the total in 2019?", "percentage", Fraction(422300, 2915)),
    ],
)
def test_figures_by_year(
    figures: DocumentTable, question: str, operation: Operation, number: Fraction
) -> None:
    assert number in [one.number for one in outcomes(figures, question, operation)]


def test_a_year_is_said_where_a_year_is_asked_for(figures: DocumentTable) -> None:
    found = outcomes(figures, "In which year were other receivables larger?", "greatest")
    assert ("2019",) in [one.values for one in found]


def test_an_empty_cell_answers_nothing(bridges: DocumentTable) -> None:
    found = outcomes(bridges, "What is the cost of the Dumbarton Bridge?", "look up")
    assert ("—",) not in [one.values for one in found]


def test_totals_are_not_counted_among_the_rows(bridges: DocumentTable) -> None:
    found = outcomes(bridges, "Which bridge is the longest?", "greatest")
    assert ("Total",) not in [one.values for one in found]


def test_every_cell_that_an_outcome_rests_on_is_in_its_grid(bridges: DocumentTable) -> None:
    question = "How many bridges in Solano were opened after 1930?"
    for one in readings(bridges, question):
        for derivation in one.derivations:
            found = denote(one.grid, one.rowsets, derivation, question)
            for column, row in found.used if found else ():
                assert one.grid.columns[column].cells[row] is not None
