"""What belongs to a timeline, and in which order."""

from collections.abc import Callable

import pytest

from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.timeline import asks_for_timeline, timeline
from clearspan.overview.question import understand

Make = Callable[..., Given]

QUESTION = "What is the history of the mill?"
MILL = {
    "Mill": "The roof burnt in May 1844. The mill was built in 1790. It was sold on 3 June 1901. "
    "The sails turn at 9 am. Visitors like it.",
    "Paper": "The mill was built in 1790 by Ede. A museum opened there in 1988.",
}
EVERY = {"The roof": 0.9, "The mill was built": 0.6, "It was sold": 0.4, "A museum": 0.3, "The sails": 0.9}


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        (QUESTION, True),
        ("How did the price change over the years?", True),
        ("What were the milestones of the club?", True),
        ("When was the mill built?", False),
        ("Is it a historic mill?", False),
    ],
)
def test_a_question_asks_how_something_went_over_time(question: str, asks: bool) -> None:
    assert asks_for_timeline(understand(question)) is asks


def test_events_stand_by_their_dates_and_what_two_pages_say_stands_once(given: Make) -> None:
    shaped = timeline(given(QUESTION, MILL, EVERY))
    assert shaped is not None
    assert [claim.mark for claim in shaped.claims] == ["1790", "May 1844", "3 June 1901", "1988"]
    assert all(
        claim.emphasis and claim.shown[slice(*claim.emphasis)] == claim.mark for claim in shaped.claims
    )


def test_a_time_of_day_is_no_event_and_half_the_threshold_is_the_least(given: Make) -> None:
    shaped = timeline(given(QUESTION, MILL, EVERY | {"A museum": 0.24}))
    assert shaped is not None
    assert [claim.mark for claim in shaped.claims] == ["1790", "May 1844", "3 June 1901"]


def test_two_dates_are_no_timeline(given: Make) -> None:
    assert timeline(given(QUESTION, MILL, {"The roof": 0.9, "A museum": 0.9, "The sails": 0.9})) is None
