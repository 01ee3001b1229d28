"""The form of a question: its length, and how alike the alternatives are that it offers."""

import numpy as np
import pytest

from clearspan.economy.routing.form import form, forms

CHOICE = "Which is it?\nA. the red bridge\nB. the blue bridge\nC. the blue tower\nAnswer:"


def test_by_hand() -> None:
    # {the, red, bridge} and {the, blue, bridge}: 2 of 4 words; red bridge and blue tower: 1 of 5; the blues: 2 of 4.
    assert form(CHOICE) == pytest.approx((np.log1p(len(CHOICE)), (0.5 + 0.2 + 0.5) / 3, 1))


@pytest.mark.parametrize("question", ["Why?", "", "1. One point alone", "See section A.1 of the law."])
def test_without_alternatives_there_is_no_likeness(question: str) -> None:
    assert form(question)[1:] == (0, 0)


def test_one_row_a_question() -> None:
    assert forms(("a", CHOICE)).shape == (2, 3)
    assert forms(()).shape == (0, 3)
