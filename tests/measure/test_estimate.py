"""Numbers as people read them: short, true to their digits, and without a computer's way of writing them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.measure.bars import format_cell
from clearspan.measure.estimate import short

LETTERS = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
WRITTEN = re.compile(r"-?\d+(\.\d+)?([kMBT]|e-?\d+)?")
figures = st.floats(-1e30, 1e30).filter(lambda x: x == 0 or abs(x) > 1e-30)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (658e15, "6.58e17"),
        (9.996e14, "1e15"),
        (999.6e9, "1T"),
        (1e22, "1e22"),
        (5.76e23, "5.76e23"),
        (6.97e9, "6.97B"),
        (5e-5, "5e-5"),
        (900.0, "900"),
        (0.0, "0"),
    ],
)
def test_what_people_write(value: float, said: str) -> None:
    assert short(value) == said


@given(figures, st.integers(2, 6))
def test_a_number_is_written_with_its_leading_digits_and_read_back(value: float, digits: int) -> None:
    said = short(value, digits)
    assert WRITTEN.fullmatch(said)
    read = float(said[:-1]) * LETTERS[said[-1]] if said[-1] in LETTERS else float(said)
    assert read == pytest.approx(value, rel=0.51 * 10 ** (1 - digits), abs=0)


@given(figures)
def test_a_cell_of_a_table_is_written_like_it(value: float) -> None:
    assert WRITTEN.fullmatch(format_cell(value))
