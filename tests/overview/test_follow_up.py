"""Questions that go on from the ones before them."""

import pytest

from clearspan.overview.follow_up import Turn, standalone

BRIDGE = (Turn("When did the Golden Gate Bridge open?", "“It opened on 27 May 1937.” [1]"),)
BOILER = (Turn("What pressure should the boiler have?", "“1.5 bar.” [1]"),)
DESIGNER = (Turn("Who designed the Golden Gate Bridge?", "“The design is by Joseph Strauss.” [1]"),)


@pytest.mark.parametrize(
    ("question", "before", "alone"),
    [
        ("And how long is its main span?", BRIDGE, "How long is the Golden Gate Bridge's main span?"),
        ("How tall is it?", BRIDGE, "How tall is the Golden Gate Bridge?"),
        ("And the height?", BRIDGE, "What is the height of the Golden Gate Bridge?"),
        ("And its height?", BRIDGE, "What is the height of the Golden Gate Bridge?"),
        ("What about the Forth Bridge?", BRIDGE, "When did the Forth Bridge open?"),
        (
            "How long does it take to cross it?",
            BRIDGE,
            "How long does it take to cross the Golden Gate Bridge?",
        ),
        ("When was it serviced?", BOILER, "When was the boiler serviced?"),
        ("Who repaired it?", (Turn("When did the boiler break?"),), "Who repaired the boiler?"),
        (
            "How wide is it?",
            (Turn("How long is the harbour footbridge in Port Merrow?"),),
            "How wide is the harbour footbridge in Port Merrow?",
        ),
        ("When was he born?", DESIGNER, "When was Joseph Strauss born?"),
        ("When did it open?", DESIGNER, "When did the Golden Gate Bridge open?"),
    ],
)
def test_what_a_question_is_about_is_put_back_in(question: str, before: tuple[Turn, ...], alone: str) -> None:
    assert standalone(question, before) == alone


@pytest.mark.parametrize(
    "question",
    [
        "How many rocks should I eat each day?",
        "Is it true that rocks are food?",
        "Where did Mara Quill live when she retired?",
        "And what is 15% of 240?",
        "And in May 1937?",
        "Why?",
        "",
        "And",
    ],
)
def test_a_question_that_says_itself_what_it_is_about_stays(question: str) -> None:
    assert standalone(question, BRIDGE) == question


def test_without_anything_before_it_a_question_stays() -> None:
    assert standalone("How tall is it?", ()) == "How tall is it?"
    assert standalone("How tall is it?", (Turn("Why?", "no reason"),)) == "How tall is it?"
