"""The form of a question, for counting by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.overview.answering.querytype import query_type


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is 15% of 240?", "calculation"),
        ("What is 12 divided by 0?", "calculation"),
        ("How long is the main span of the Golden Gate Bridge?", "number"),
        ("How many moons does Saturn have?", "number"),
        ("When did the Golden Gate Bridge open?", "time"),
        ("What time is the last boat back from Gull Island?", "time"),
        ("Who discovered Pluto?", "person"),
        ("Where are the fog horns?", "place"),
        ("Why do birds swallow small stones?", "reason"),
        ("How do I clean wooden train tracks?", "reason"),
        ("Is the whale shark a whale?", "yes or no"),
        ("What minerals is granite made of?", "other"),
    ],
)
def test_forms(question: str, kind: str) -> None:
    assert query_type(question) == kind


@given(st.text(max_size=200))
def test_every_text_has_a_form(text: str) -> None:
    assert query_type(text) in {
        "calculation",
        "number",
        "time",
        "person",
        "place",
        "reason",
        "yes or no",
        "other",
    }
