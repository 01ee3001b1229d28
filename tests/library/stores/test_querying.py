"""From a person's words to a full-text expression that SQLite always understands."""

import sqlite3
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.library.stores.querying import MOST_OCCURRENCES, MOST_WORDS, full_text_query, phrase


def counted(frequencies: Mapping[str, int], otherwise: int = 1) -> Callable[[str], int]:
    return lambda word: frequencies.get(word, otherwise)


@pytest.mark.parametrize(
    ("rule", "query", "frequencies", "expected"),
    [
        ("rare words first", "the mill burned", {"mill": 9, "burned": 2}, '"burned" OR "mill"'),
        ("stop words are left out", "what is the mill", {}, '"mill"'),
        (
            "unless there is nothing else",
            "what is it",
            {"what": 3, "is": 1, "it": 2},
            '"is" OR "it" OR "what"',
        ),
        ("a word once", "mill Mill mill's", {}, '"mill"'),
        ("a word that nothing has", "mill zyx", {"zyx": 0}, '"mill"'),
        ("no word at all", "…", {}, ""),
        (
            "a number also as it is grouped",
            "1280 metres",
            {"1280": 1, "metres": 2},
            '"1280" OR "1,280" OR "metres"',
        ),
        ("the rarest is kept however common", "mill", {"mill": 9_000_000}, '"mill"'),
        (
            "common words end it",
            "mill barn quay",
            {"mill": 1, "barn": MOST_OCCURRENCES - 1, "quay": MOST_OCCURRENCES},
            '"mill" OR "barn"',
        ),
        ("exactly so many are allowed", "mill barn", {"mill": 1, "barn": MOST_OCCURRENCES}, '"mill"'),
    ],
)
def test_an_expression(rule: str, query: str, frequencies: dict[str, int], expected: str) -> None:
    assert full_text_query(query, counted(frequencies)) == expected, rule


def test_a_long_text_is_looked_up_by_its_first_words() -> None:
    query = " ".join(f"word{n}" for n in range(60))
    assert full_text_query(query, counted({})).count('"word') == MOST_WORDS


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("mill", '"mill"'),
        ("123", '"123"'),
        ("1234", '"1234" OR "1,234"'),
        ("1234567", '"1234567" OR "1,234,567"'),
        ("12ab", '"12ab"'),
    ],
)
def test_a_number_of_four_digits_is_looked_up_in_both_forms(word: str, expected: str) -> None:
    assert phrase(word) == expected


@given(st.text(max_size=60))
def test_any_text_is_a_valid_query(query: str) -> None:
    expression = full_text_query(query, counted({}))
    if expression:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE passages USING fts5(text)")
            connection.execute("SELECT * FROM passages WHERE passages MATCH ?", (expression,)).fetchall()
