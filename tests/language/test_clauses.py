"""Clauses: where a sentence is cut, which clause of the evidence is meant, and how much of a claim a text has."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.language.clauses import (
    clauses,
    coverage,
    nearest,
    nearest_clause,
    telling_clauses,
    telling_spans,
    without_title,
)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in clauses(text)]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("a sentence without a break is one clause", "The mill is red.", ["The mill is red."]),
        ("a comma cuts", "Built in 1861, the mill is red.", ["Built in 1861", "the mill is red."]),
        ("a semicolon cuts", "The mill is red; the barn is not.", ["The mill is red", "the barn is not."]),
        (
            "a comma with its conjunction is one cut",
            "The mill stands, and it is red.",
            ["The mill stands", "it is red."],
        ),
        ("'and' cuts", "The mill stands and the barn fell.", ["The mill stands", "the barn fell."]),
        ("'but' cuts", "The mill stands but the barn fell.", ["The mill stands", "the barn fell."]),
        ("'while' cuts", "The mill stands while the barn fell.", ["The mill stands", "the barn fell."]),
        ("'whereas' cuts", "The mill stands whereas the barn fell.", ["The mill stands", "the barn fell."]),
        ("'so' cuts only after a comma", "The mill stands, so it is red.", ["The mill stands", "it is red."]),
        ("'so' alone does not", "The mill is so red.", ["The mill is so red."]),
        (
            "capitals of a conjunction do not matter",
            "The mill stands AND it is red.",
            ["The mill stands", "it is red."],
        ),
        (
            "'and a half' is part of a number",
            "It is two and a half miles long.",
            ["It is two and a half miles long."],
        ),
        ("a thousands comma does not cut", "It cost 4,200 pounds.", ["It cost 4,200 pounds."]),
        ("a title is a clause of its own", "The mill: It is red.", ["The mill", "It is red."]),
        (
            "a colon before a small letter does not cut",
            "Two colours: red and green.",
            ["Two colours: red", "green."],
        ),
        ("a colon of a time does not cut", "It opens at 9:30 daily.", ["It opens at 9:30 daily."]),
        ("'android' has no conjunction in it", "The android walks.", ["The android walks."]),
    ],
)
def test_a_sentence_is_cut(rule: str, text: str, expected: list[str]) -> None:
    assert cut(text) == expected, rule


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("two telling clauses stay two", "The mill is red, and the barn burned down.", 2),
        ("one telling word goes with the clause before", "The old mill is red, and large.", 1),
        ("at the start it goes with the clause after", "Today, the old mill is red.", 1),
        ("a text without telling words is one clause", "It is, and so are we.", 1),
    ],
)
def test_a_clause_of_one_telling_word_goes_with_its_neighbour(rule: str, text: str, expected: int) -> None:
    assert len(telling_spans(text)) == expected, rule


def test_joined_clauses_keep_what_stands_between_them() -> None:
    assert telling_clauses("The old mill is red, and large.") == ("The old mill is red, and large.",)
    assert telling_clauses("Today, the old mill is red.") == ("Today, the old mill is red.",)
    assert telling_spans("It is.") == ((0, 6),)
    text = "The old mill is red, and large, and the barn burned down."
    assert telling_clauses(text) == ("The old mill is red, and large", ", and the barn burned down.")


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="abc ,;:.andA", max_size=60))
def test_spans_are_in_order_and_inside(text: str) -> None:
    for spans in (clauses(text), telling_spans(text) if text else ()):
        for (_, end), (start, _) in pairwise(spans):
            assert end <= start
        assert all(0 <= start < end <= len(text) for start, end in spans)


def test_the_nearest_text_shares_most_telling_words_and_the_first_of_equals_wins() -> None:
    assert (
        nearest("The red mill burned.", ["A red barn.", "The mill burned.", "A mill."]) == "The mill burned."
    )
    assert nearest("Whales sing.", ["First.", "Second."]) == "First."


@pytest.mark.parametrize(
    ("rule", "claim", "evidence", "expected"),
    [
        (
            "the clause that shares most, not the sentence",
            "the barn burned",
            ["Tarrow: The mill is red, and the barn burned down."],
            ", and the barn burned down.",
        ),
        (
            "a title loses against a sentence that shares as much",
            "mill",
            ["Mill: The mill is red."],
            "The mill is red.",
        ),
        (
            "a title wins where only it has the words",
            "old mill",
            ["The old mill: It is red."],
            "The old mill: ",
        ),
        (
            "sentences of several texts compete",
            "barn fell",
            ["The mill is red.", "The barn fell."],
            "The barn fell.",
        ),
    ],
)
def test_the_nearest_clause(rule: str, claim: str, evidence: list[str], expected: str) -> None:
    assert nearest_clause(claim, evidence) == expected, rule


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mill: It is red.", "It is red."),
        ("The mill is red.", "The mill is red."),
        ("Colours: red.", "Colours: red."),
        ("A: B: C", "B: C"),
        ("Figures: 12 metres", "Figures: 12 metres"),
    ],
)
def test_a_title_is_what_stands_before_a_colon_and_a_capital(text: str, expected: str) -> None:
    assert without_title(text) == expected


@pytest.mark.parametrize(
    ("claim", "text", "expected"),
    [
        ("The red mill burned.", "A mill burns.", 2 / 3),
        ("The red mill.", "The red mill of Tarrow.", 1.0),
        ("The red mill.", "A blue barn.", 0.0),
        ("It is.", "It is.", 0.0),
    ],
)
def test_coverage_is_the_share_of_the_claims_telling_words(claim: str, text: str, expected: float) -> None:
    assert coverage(claim, text) == pytest.approx(expected)
