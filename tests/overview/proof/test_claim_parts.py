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


def told(sentence: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in split(sentence)]


@pytest.mark.parametrize(
    ("rule", "sentence", "expected"),
    [
        (
            "a clause stands before what it holds, in order",
            "In May 1937 Mary Hollis may have paid £40.",
            [
                ("relation", "In May 1937 Mary Hollis may have paid £40."),
                ("date", "May 1937"),
                ("name", "Mary Hollis"),
                ("scope", "may"),
                ("number", "£40"),
            ],
        ),
        ("an opener is no name", "Although it burned.", [("relation", "Although it burned.")]),
        (
            "elsewhere it is one",
            "Mills fell Although.",
            [("relation", "Mills fell Although."), ("name", "Mills"), ("name", "Although")],
        ),
        ("a month is no name", "it burned in October.", [("relation", "it burned in October.")]),
        (
            "a name of several words",
            "it was the Bank of England.",
            [("relation", "it was the Bank of England."), ("name", "Bank of England")],
        ),
        (
            "a name with a number in it",
            "it was Apollo 11 there.",
            [("relation", "it was Apollo 11 there."), ("name", "Apollo"), ("number", "11")],
        ),
        (
            "a time is a date",
            "the pool opens at 10 am daily.",
            [("relation", "the pool opens at 10 am daily."), ("date", "10 am")],
        ),
        (
            "what joins two clauses belongs to neither",
            "the mill burned down; but the barn stood firm, and so the owner was glad.",
            [
                ("relation", "the mill burned down"),
                ("relation", "the barn stood firm"),
                ("relation", "so the owner was glad."),
            ],
        ),
        ("no telling word at all", "It is so.", [("statement", "It is so.")]),
    ],
)
def test_a_sentence_is_taken_apart(rule: str, sentence: str, expected: list[tuple[str, str]]) -> None:
    assert told(sentence) == expected, rule


@pytest.mark.parametrize(
    ("rule", "clause", "kind"),
    [
        ("than", "the shark is heavier than the whale", "comparison"),
        ("as … as", "the shark is as heavy as the whale", "comparison"),
        ("the most", "it is the most visited bridge", "comparison"),
        ("a superlative before something", "it is the longest bridge", "comparison"),
        ("a superlative at the end", "the bridge is longest", "relation"),
        ("twice", "the whale is twice a shark", "comparison"),
        ("half as", "the whale is half as heavy", "comparison"),
        ("times as", "the whale is three times as heavy", "comparison"),
        ("'west' is no superlative", "the west bridge stands", "relation"),
        ("nor is 'forest'", "the forest path ends", "relation"),
        ("nor is 'protest'", "a protest march ended", "relation"),
        ("one of two is", "the west path is longer than it", "comparison"),
        ("'not' counts first", "the shark is not heavier than the whale", "negation"),
        ("one telling word", "it burned", "statement"),
        ("two telling words", "mills burn", "relation"),
    ],
)
def test_a_clause_has_a_kind(rule: str, clause: str, kind: str) -> None:
    assert split(clause)[0].kind == kind, rule


def test_a_part_says_where_it_stands_and_in_which_clause() -> None:
    sentence = "The mill burned down, and Mary paid £40."
    paid = next(part for part in split(sentence) if part.kind == "number")
    assert (paid.start, paid.end, paid.text) == (sentence.index("£40"), len(sentence) - 1, "£40")
    assert paid.clause == "Mary paid £40."


@settings(deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_every_part_is_its_span(sentence: str) -> None:
    for part in split(sentence):
        assert sentence[part.start : part.end] == part.text
        assert part.text in part.clause
