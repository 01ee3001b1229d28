"""About a thing: which sentence says what it is, and what is told after it."""

from collections.abc import Callable

from clearspan.overview.answering.shapes.about import about
from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.number import number

Make = Callable[..., Given]

QUESTION = "What is the Tarrow Weir?"
WEIR = {
    "Weir": "Fish climb a ladder. The Tarrow Weir is a dam of stone. The keeper of the old lower lock at the "
    "Tarrow Weir is a sailor. Builders mended the crest twice. Swallows nest here.",
    "Guide": "Boats go round the lock. Walkers cross here.",
}


def told(given: Given) -> list[str]:
    shaped = about(given)
    assert shaped is not None
    return [claim.shown.split()[0] + " " + claim.shown.split()[-1] for claim in shaped.claims]


def test_the_definition_comes_first_though_others_are_surer(given: Make) -> None:
    points = {"Fish": 0.9, "The Tarrow Weir": 0.6, "Builders": 0.7}
    assert told(given(QUESTION, WEIR, points)) == ["The stone.", "Fish ladder.", "Builders twice."]


def test_what_is_mostly_of_something_else_defines_nothing(given: Make) -> None:
    assert told(given(QUESTION, WEIR, {"The keeper": 0.6, "Fish": 0.9})) == ["Fish ladder.", "The sailor."]


def test_what_answers_in_another_source_is_told_last(given: Make) -> None:
    points = {"Boats": 0.8, "The Tarrow Weir": 0.9, "Builders": 0.6, "Walkers": 0.55}
    assert told(given(QUESTION, WEIR, points)) == ["The stone.", "Builders twice.", "Boats lock."]


def test_nothing_is_said_where_nothing_answers(given: Make) -> None:
    assert about(given(QUESTION, WEIR, {"Fish": 0.4})) is None
    assert number(given(QUESTION, WEIR, {"Fish": 0.4})) is None
