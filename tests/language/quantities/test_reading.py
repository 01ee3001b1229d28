"""Quantities in a text: found once each, with the right dimension, comparable across spellings."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities import quantities


def kinds(text: str) -> list[tuple[str, str]]:
    return [(q.text, q.dimension) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is 4,200 feet (1,280 metres) long", [("4,200 feet", "[length]"), ("1,280 metres", "[length]")]),
        ("opened on 27 May 1937", [("27 May 1937", "date")]),
        ("May 27, 1937, and 2019-05-14", [("May 27, 1937", "date"), ("2019-05-14", "date")]),
        ("it cost $35 million", [("$35 million", "money:USD")]),
        ("three towers and 15% more", [("three", "count"), ("15%", "percent")]),
        ("a 20-hour battery", [("20-hour", "[time]")]),
        ("minus −60 °C at 30 mph", [("−60 °C", "[temperature]"), ("30 mph", "[length] / [time]")]),
        ("in 1937 it grew", [("1937", "date")]),
        ("no numbers here", []),
    ],
)
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_the_same_length_in_other_units_is_the_same() -> None:
    feet, metres, other = quantities("4,200 feet, 1,280 metres, 1,300 metres")
    assert feet.same(metres)
    assert not metres.same(other)


def test_dates_agree_as_far_as_both_are_precise() -> None:
    year, day, other = (quantities(text)[0] for text in ("1937", "27 May 1937", "28 May 1937"))
    assert year.same(day)
    assert not day.same(other)


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert all(q.dimension != "date" or q.precision != "day" for q in quantities("31 February 2020"))


@given(st.text(max_size=200))
def test_any_text_is_read_and_spans_are_exact_and_ordered(text: str) -> None:
    found = quantities(text)
    assert all(text[q.start : q.end] == q.text for q in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["m", "km", "feet", "kg", "hours"]))
def test_grouped_and_plain_numbers_are_the_same(value: int, unit: str) -> None:
    grouped, plain = quantities(f"about {value:,} {unit} of it"), quantities(f"about {value} {unit} of it")
    assert grouped[0].value == plain[0].value
