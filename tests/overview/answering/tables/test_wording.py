"""What a question sets: bounds on values, the words after its question word, numbers however they are written."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.overview.answering.tables.wording import MOST_TOKENS, QuestionWording, read_wording


def bounds(question: str) -> list[tuple[str, int]]:
    return [(one.comparison, int(one.low)) for one in read_wording(question).bounds if not one.dated]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many towns have more than 5,000 people?", [("more", 5000)]),
        ("How many countries have at least 2 bronze medals?", [("least", 2)]),
        ("Which teams won fewer than three games?", [("less", 3)]),
        ("Which teams won 3 or more games?", [("least", 3)]),
        ("How many teams won between 10 and 20 games?", [("between", 10)]),
        ("Who won 5 games?", []),
    ],
)
def test_bounds_on_numbers(question: str, expected: list[tuple[str, int]]) -> None:
    assert bounds(question) == expected


@pytest.mark.parametrize(
    ("question", "year", "admitted"),
    [
        ("Which ships were built before 1990?", 1985, True),
        ("Which ships were built before 1990?", 1990, False),
        ("Which ships were built after 1990?", 1990, False),
        ("Which ships were built after 1990?", 1991, True),
        ("Which ships were built between 1980 and 1990?", 1990, True),
        ("Which ships were built since 1990?", 1990, True),
    ],
)
def test_bounds_on_dates(question: str, year: int, admitted: bool) -> None:
    (bound,) = read_wording(question).bounds[:1]
    assert bound.dated
    assert bound.admits(Fraction(date(year, 1, 1).toordinal())) is admitted


def test_tokens_are_found_by_stem_and_by_value() -> None:
    wording = read_wording("How many bridges had 4,200 feet on May 27, 1937?")
    assert wording.found(["bridg"]) == 0b100
    assert wording.found(["=4200"])
    assert wording.found(["y1937"]) & wording.found(["m5"])
    assert not wording.found(["river"])


def test_the_focus_stands_after_the_question_word() -> None:
    wording = read_wording("In 1990, which river is the longest?")
    assert wording.focus & wording.found(["river"])
    assert not wording.focus & wording.found(["y1990"])


def weight_of(wording: QuestionWording, *words: str) -> float:
    return wording.weight(wording.found(words))


def test_rare_words_weigh_more_and_stop_words_nothing() -> None:
    wording = read_wording("what is the population of Barrow")
    assert weight_of(wording, "barrow") > weight_of(wording, "popul") > 0
    assert weight_of(wording, "the", "is") == 0
    assert wording.weight(wording.telling) == pytest.approx(1)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    wording = read_wording(text)
    assert len(wording.terms) == len(wording.weights) <= MOST_TOKENS
    assert wording.telling < 1 << MOST_TOKENS
    assert 0 <= wording.weight(wording.telling) <= 1 + 1e-9
