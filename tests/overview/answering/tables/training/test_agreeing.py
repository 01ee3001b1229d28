"""Whether a table's answer is the one that people gave: numbers as far as they are written out, texts but for signs."""

from fractions import Fraction

import pytest

from clearspan.overview.answering.tables.denotations import Denotation
from clearspan.overview.answering.tables.training.agreeing import same_text, same_values


@pytest.mark.parametrize(
    ("answer", "value", "same"),
    [
        ("Orca", "orca[2]", True),
        ("1,470", "1470", True),
        ("$236,250", "236,250", True),
        ("16 September 1992", "September 16, 1992", True),
        ("1992", "September 16, 1992", False),
        ("3", "3–1", False),
        ("Orca", "Orca and others", False),
        ("2", "3", False),
    ],
)
def test_texts(answer: str, value: str, same: bool) -> None:
    assert same_text(answer, value) is same


@pytest.mark.parametrize(
    ("answer", "number", "same"),
    [
        ("18.99 percent", Fraction(65000, 3423), True),
        ("19 percent", Fraction(65000, 3423), True),
        ("141 thousand", Fraction(141), True),
        ("0.87", Fraction(2641, 3025), True),
        ("0.88", Fraction(2641, 3025), False),
        ("-19411 thousand", Fraction(-19411), True),
        ("19411 thousand", Fraction(-19411), False),
        ("4 years", Fraction(4), True),
        ("4", Fraction(9, 2), False),
        ("Orca", Fraction(4), False),
    ],
)
def test_numbers(answer: str, number: Fraction, same: bool) -> None:
    assert same_values([answer], Denotation((str(number),), "number", number)) is same


def test_lists_in_any_order_and_none_missing() -> None:
    found = Denotation(("2019", "2018"), "date")
    assert same_values(["2018", "2019"], found)
    assert not same_values(["2018"], found)
    assert not same_values(["2018", "2019", "2017"], found)
