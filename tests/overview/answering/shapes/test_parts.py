"""Questions that ask two things: where they are cut, and which part nothing answers."""

from collections.abc import Callable

import pytest

from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.parts import missing_parts, parts
from clearspan.overview.answering.shapes.shaped import quoted
from clearspan.overview.question import understand

Make = Callable[..., Given]

QUESTION = "When did the ferry sink and how much did it cost?"
FERRY = {"The ferry": "The ferry sank in 1911. It cost £4,000 to build. Its hull was painted green."}


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        (QUESTION, ["when", "how much"]),
        ("When did it open, and how long is it?", ["when", "how long"]),
        ("How tall is the tower? And when was it built?", ["how tall", "when"]),
        ("In what year did it open and how long is it?", ["in what year", "how long"]),
    ],
)
def test_a_question_is_cut_before_each_word_that_asks(question: str, asks: list[str]) -> None:
    assert [part.asks for part in parts(understand(question))] == asks


@pytest.mark.parametrize(
    "question",
    [
        "When did the ferry sink?",
        "Name the ferry and how long it is.",
        "When did it sink and when was it built?",
        "Which hull has it and which mast has it?",
    ],
    ids=["one thing", "no asking word first", "both want a date", "no kind of value"],
)
def test_parts_that_cannot_be_told_apart_are_none(question: str) -> None:
    assert parts(understand(question)) == ()


def test_a_part_that_the_claims_answer_asks_for_no_more(given: Make) -> None:
    scored = given(QUESTION, FERRY, {"The ferry sank": 0.9, "It cost": 0.8})
    claims = [claim for one in scored.scored[:2] for claim in quoted(one, "answer")]
    assert missing_parts(scored, claims) == ((), ())


def test_a_statement_far_below_the_threshold_may_answer_a_part(given: Make) -> None:
    scored = given(QUESTION, FERRY, {"The ferry sank": 0.9, "It cost": 0.16})
    further, lacking = missing_parts(scored, quoted(scored.best, "answer"))
    assert ([one.text for one in further], lacking) == (["It cost £4,000 to build."], ())


def test_a_part_of_which_nothing_was_found_is_named_by_its_asking_words(given: Make) -> None:
    scored = given(QUESTION, FERRY, {"The ferry sank": 0.9, "It cost": 0.14})
    assert missing_parts(scored, quoted(scored.best, "answer")) == (
        (),
        ("What was found does not say how much.",),
    )
