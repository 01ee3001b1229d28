"""The form of an answer follows the question."""

import pytest

from clearspan.tiers.forms import form_of


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Why is the sky blue?", "why"),
        ("what causes rickets", "why"),
        ("What is the difference between a ferry and a tug?", "compare"),
        ("Compare the two cranes.", "compare"),
        ("Is a tug stronger compared to a ferry?", "compare"),
        ("What are the symptoms of scurvy?", "list"),
        ("Which drugs can help?", "list"),
        ("what is scurvy", "about"),
        ("Who was Jim Thorpe?", "about"),
        ("Tell me about the mill.", "about"),
        ("How does a lock work?", "how"),
        ("How to renew a passport", "how"),
        ("How many locks are there?", "fact"),
        ("How long is the bridge?", "fact"),
        ("When was it built?", "fact"),
    ],
)
def test_what_a_question_asks_for(question: str, asked: str) -> None:
    form = form_of(question)
    assert form.asked == asked
    assert form.told.endswith(".")
    assert 1 <= form.sentences <= 3
