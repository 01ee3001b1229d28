"""The checkable things of a sentence: each stands where it says, and none is overlooked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.overview.proof.claim_parts import split


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "The bridge at Tarrow opened in May 1937 and is 1,280 metres long.",
            {("name", "Tarrow"), ("date", "May 1937"), ("number", "1,280 metres")},
        ),
        ("The pool may close in winter.", {("scope", "may")}),
        ("All adults swim there.", {("scope", "All")}),
        ("The council fined Mary Hollis £40.", {("name", "Mary Hollis"), ("number", "£40")}),
    ],
)
def test_what_stands_inside_a_clause_is_found(sentence: str, expected: set[tuple[str, str]]) -> None:
    assert expected <= {(part.kind, part.text) for part in split(sentence)}


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("The whale is heavier than the shark.", "comparison"),
        ("Granite does not fizz.", "negation"),
        ("The mayor accused the council.", "relation"),
        ("Whales.", "statement"),
    ],
)
def test_a_clause_is_of_its_kind(sentence: str, kind: str) -> None:
    assert split(sentence)[0].kind == kind


def test_two_clauses_are_two_statements() -> None:
    clauses = [
        p.text for p in split("The mill has four floors, and the bakery burned down.") if p.kind == "relation"
    ]
    assert clauses == ["The mill has four floors", "the bakery burned down."]


@settings(deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_every_part_is_its_span(sentence: str) -> None:
    for part in split(sentence):
        assert sentence[part.start : part.end] == part.text
        assert part.text in part.clause
