"""What was done with a table, in words and as a calculation that can be checked."""

import pytest

from clearspan.overview.answering.tables.denotations import denote
from clearspan.overview.answering.tables.derivations import OPERATIONS, Operation
from clearspan.overview.answering.tables.phrasing import calculation, described, shown_number
from clearspan.overview.answering.tables.ranking import read_tables
from clearspan.overview.answering.tables.table import DocumentTable
from clearspan.overview.answering.tables.wording import read_wording
from clearspan.receipts import Calculation


def calculations(table: DocumentTable, question: str, operation: Operation) -> list[Calculation]:
    found: list[Calculation] = []
    for one in read_tables(read_wording(question), [table], None, None):
        for derivation in one.derivations:
            outcome = denote(one.grid, one.rowsets, derivation, question)
            if derivation.operation == operation and outcome is not None:
                how = described(one.grid, one.rowsets, derivation, len(outcome.used))
                made = calculation(one.grid, derivation, outcome, how)
                if made is not None:
                    assert made.result == shown_number(one.grid, outcome)
                    found.append(made)
    return found


@pytest.mark.parametrize(
    ("question", "operation", "expression", "result"),
    [
        ("What is the total length of the bridges in Solano?", "sum", "1,022 + 2,868", "3,890"),
        ("What is the average length of the bridges in Solano?", "average", "(1,022 + 2,868) ÷ 2", "1,945"),
        ("Bay Bridge or Antioch Bridge, how many years between?", "difference", "1978 − 1936", "42 years"),
        (
            "How much longer is the Bay Bridge than the Antioch Bridge?",
            "difference",
            "7,180 − 2,868",
            "4,312",
        ),
    ],
)
def test_expressions(
    bridges: DocumentTable, question: str, operation: Operation, expression: str, result: str
) -> None:
    found = calculations(bridges, question, operation)
    assert (expression, result) in [(one.expression, one.result) for one in found]


@pytest.mark.parametrize(
    ("question", "operation", "expression", "result"),
    [
        ("What was the change in interest cost?", "change", "(1,308) − (1,230)", "−78 thousand"),
        (
            "Percentage change in other receivables?",
            "percentage change",
            "(4,223 − 4,082) ÷ 4,082 × 100",
            "3.45%",
        ),
        ("Other receivables over total in 2019?", "ratio", "4,223 ÷ 2,915", "1.45"),
    ],
)
def test_expressions_by_year(
    figures: DocumentTable, question: str, operation: Operation, expression: str, result: str
) -> None:
    found = calculations(figures, question, operation)
    assert (expression, result) in [(one.expression, one.result) for one in found]


def test_every_operation_has_words(bridges: DocumentTable, figures: DocumentTable) -> None:
    said: set[str] = set()
    questions = (
        "Which bridge in Solano is longer, Antioch Bridge or Bay Bridge in 1978?",
        "Interest cost, total in 2019?",
    )
    for question, table in zip(questions, (bridges, figures), strict=True):
        for one in read_tables(read_wording(question), [table], None, None):
            for derivation in one.derivations:
                assert described(one.grid, one.rowsets, derivation, 2)
                said.add(derivation.operation)
    assert said == set(OPERATIONS)
