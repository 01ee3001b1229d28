"""A question about another thing differs in a name or a year that its passage does not say."""

import random
from dataclasses import replace

import pytest

from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.overview.answering.reader.training.swaps import NameSwaps

PASSAGE = "The Tarrow Bridge was opened in 1931. Its toll is 4 crowns."


def asked(question: str, kind: str = "fact", title: str = "Tarrow Bridge") -> LabelledQuestion:
    page = QuestionPage(title, PASSAGE, "")
    return LabelledQuestion(
        question, "tolls", question, (), True, (kind,), (page,), (), "gold", (), True
    )  # fmt: skip


@pytest.fixture
def swaps() -> NameSwaps:
    return NameSwaps(
        [
            asked("When was the Tarrow Bridge opened?"),
            asked("Who designed the Sallow Bridge?", title="Sallow Bridge (Quellby)"),
            asked("Who painted the Merrow Lighthouse?", title="Merrow Lighthouse"),
        ]
    )


def other(swaps: NameSwaps, question: LabelledQuestion, seed: int = 0) -> str | None:
    return swaps.swapped(question, question.pages[0].title, PASSAGE, random.Random(seed))


def test_a_name_is_put_for_one_of_the_same_kind(swaps: NameSwaps) -> None:
    assert other(swaps, asked("When was the Tarrow Bridge opened?")) == "When was the Sallow Bridge opened?"


def test_in_small_letters_the_title_tells_the_name(swaps: NameSwaps) -> None:
    assert other(swaps, asked("when was the tarrow bridge opened")) == "when was the sallow bridge opened"


@pytest.mark.parametrize("seed", range(8))
def test_a_year_is_put_for_one_that_the_passage_does_not_say(swaps: NameSwaps, seed: int) -> None:
    found = other(swaps, asked("What was opened in 1931?", title="Bridges"), seed)
    assert found is not None
    assert found.startswith("What was opened in 19")
    assert found != "What was opened in 1931?"


@pytest.mark.parametrize("kind", ["yes_no", "compare"])
def test_what_may_still_be_answered_is_left(swaps: NameSwaps, kind: str) -> None:
    assert other(swaps, asked("Was the Tarrow Bridge opened in 1931?", kind)) is None


def test_a_title_within_a_word_is_no_name(swaps: NameSwaps) -> None:
    assert other(swaps, asked("who lit the tarrow lamp", title="It")) is None


def test_another_name_of_the_same_page_is_not_put(swaps: NameSwaps) -> None:
    page = asked("Who was the Jane Tarrow of Sallow?", title="Jane Tarrow")
    aliased = NameSwaps([page, asked("When did the President Tarrow sail?", title="Jane Tarrow")])
    found = aliased.swapped(page, "Jane Tarrow", "Jane Tarrow was a baker of Sallow.", random.Random(0))
    assert found is None


def test_a_question_without_a_name_is_left(swaps: NameSwaps) -> None:
    assert other(swaps, asked("what is the toll", title="Bridges")) is None


def test_years_of_a_set_that_asks_between_them_are_left(swaps: NameSwaps) -> None:
    timed = replace(asked("What was opened in 1931?", title="Bridges"), origin="timeqa")
    assert other(swaps, timed) is None
