"""A question as the stages take it."""

import pytest

from clearspan.errors import BadInput, TooLarge
from clearspan.journey.asked import ask, checked
from clearspan.settings import Settings


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("  How\tlong\nis it? ", "How long is it?"),
        ("Cafe\u0301?", "Café?"),
        ("How long is the bridge\u200b?", "How long is the bridge\u200b?"),
    ],
)
def test_a_question_is_one_line_of_normalised_text(given: str, text: str) -> None:
    assert checked(given, 100) == text


@pytest.mark.parametrize("given", ["", " \n", "?!…", "a\x00b", "tall \u202eegdirb"])
def test_what_is_no_question_is_refused(given: str) -> None:
    with pytest.raises(BadInput):
        checked(given, 100)


def test_a_long_question_says_how_long() -> None:
    assert checked("w" * 100, 100)
    with pytest.raises(TooLarge, match="101"):
        checked("w" * 101, 100)


@pytest.mark.parametrize(
    ("generate", "setting", "says"),
    [
        (None, True, ""),
        (True, True, ""),
        (False, True, "switched off for this question"),
        (None, False, "switched off in the settings"),
        (True, False, "switched off in the settings"),
    ],
)
def test_it_says_why_nothing_may_be_written(generate: bool | None, setting: bool, says: str) -> None:
    asked = ask("How long is it?", None, generate, (), Settings(generate=setting, library="papers"))
    assert says in asked.no_writer
    assert bool(asked.no_writer) == bool(says)
    assert asked.library == "papers"
    assert asked.question.text == "How long is it?"
