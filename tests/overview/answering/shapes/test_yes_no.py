"""Yes, no, or neither: what the word rests on, and what it holds under."""

from collections.abc import Callable

import pytest

from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.yes_no import yes_no

Make = Callable[..., Given]

QUESTION = "Can I take a dog to the beach?"
BEACH = {
    "Beach": "Dogs are allowed on the beach. A dog must be on a lead. The beach faces west.",
    "Guide": "No, dogs may not go there. Unless it is winter, the gate is shut.",
}


def said(given: Given) -> tuple[str, bool] | None:
    shaped = yes_no(given)
    assert shaped is not None
    return (shaped.verdict.answer, shaped.verdict.hedged) if shaped.verdict else None


@pytest.mark.parametrize(
    ("yes", "word"),
    [
        (0.9, ("yes", False)),
        (0.75, ("yes", False)),
        (0.74, ("yes", True)),
        (0.6, ("yes", True)),
        (0.59, None),
        (0.41, None),
        (0.4, ("no", True)),
        (0.1, ("no", False)),
    ],
)
def test_the_word_is_as_sure_as_it_was_read(given: Make, yes: float, word: tuple[str, bool] | None) -> None:
    assert said(given(QUESTION, BEACH, {"Dogs are": 0.9}, yes={"Dogs are": yes})) == word


def test_a_reply_that_opens_with_the_word_needs_no_reading(given: Make) -> None:
    assert said(given(QUESTION, BEACH, {"No, dogs": 0.9})) == ("no", False)


def test_statements_weigh_as_they_are_evidence(given: Make) -> None:
    points = {"Dogs are": 0.9, "No, dogs": 0.6}
    assert said(given(QUESTION, BEACH, points, yes={"Dogs are": 1.0})) == ("yes", True)


def test_without_a_word_it_says_that_none_is_settled(given: Make) -> None:
    shaped = yes_no(given(QUESTION, BEACH, {"Dogs are": 0.9, "No, dogs": 0.9}, yes={"Dogs are": 1.0}))
    assert shaped is not None
    assert shaped.verdict is None
    assert shaped.missing == ("What was found does not settle whether it is yes or no.",)


def test_what_was_not_read_makes_no_yes_or_no(given: Make) -> None:
    assert yes_no(given(QUESTION, BEACH, {"Dogs are": 0.9})) is None


def test_a_condition_in_the_same_source_is_stated_and_one_in_another_is_not(given: Make) -> None:
    points = {"Dogs are": 0.9, "A dog must": 0.25, "The beach": 0.4, "Unless": 0.4}
    shaped = yes_no(given(QUESTION, BEACH, points, yes={"Dogs are": 0.9}))
    assert shaped is not None
    assert [(claim.role, claim.shown) for claim in shaped.claims] == [
        ("answer", "Dogs are allowed on the beach."),
        ("condition", "A dog must be on a lead."),
    ]
