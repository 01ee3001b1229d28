"""Which sentences explain: those beside the best one that name a cause, as their source has them."""

from collections.abc import Callable

import pytest

from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.why import CAUSE, explanation, why

Make = Callable[..., Given]

QUESTION = "Why did the dam fail?"
DAM = {
    "Dam": "The dam stood for a year. Rain had fallen for weeks. The dam failed because its clay was wet. "
    "As a result, the valley was flooded. Nobody lived there. The clay came from Ede.\n\n"
    "The engineer was tried. He was blamed because he had signed."
}


def told(given: Given) -> list[str]:
    return [one.text.split()[0] + " " + one.text.split()[1] for one in explanation(given)]


@pytest.mark.parametrize(
    "text", ["It broke because of rust.", "Owing to rain it sank.", "Rust led to it.", "This explains it."]
)
def test_words_of_a_cause(text: str) -> None:
    assert CAUSE.search(text)


def test_a_word_that_only_looks_like_one_is_none() -> None:
    assert not CAUSE.search("The causeway sincerely impressed the reasoning public.")


def test_a_neighbour_that_names_a_cause_is_told_and_one_that_names_none_is_not(given: Make) -> None:
    assert told(given(QUESTION, DAM, {"The dam failed": 0.9})) == ["The dam", "As a"]


def test_what_is_half_as_sure_is_told_within_the_paragraph_alone(given: Make) -> None:
    points = {"The dam failed": 0.9, "Rain had": 0.25, "The clay came": 0.24, "He was blamed": 0.45}
    assert told(given(QUESTION, DAM, points)) == ["Rain had", "The dam", "As a"]


def test_what_answers_elsewhere_is_told_after_what_stands_beside(given: Make) -> None:
    points = {"The dam failed": 0.9, "He was blamed": 0.6}
    assert told(given(QUESTION, DAM, points)) == ["The dam", "As a", "He was"]


def test_it_tells_four_sentences_at_most_and_nothing_where_nothing_answers(given: Make) -> None:
    points = dict.fromkeys(("The dam stood", "Rain had", "As a result", "Nobody", "The clay"), 0.4)
    assert len(explanation(given(QUESTION, DAM, {"The dam failed": 0.9, **points}))) == 4
    assert why(given(QUESTION, DAM, points)) is None
