"""Times of day in twelve and twenty-four hours; numbers with a point are times only where something says so."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities import quantities
from clearspan.language.quantities.clocks import clock_at


@pytest.mark.parametrize(
    ("text", "read", "minutes"),
    [
        ("at 9am", "9am", 540),
        ("at 9 a.m. sharp", "9 a.m.", 540),
        ("at 9 a. m.", "9 a. m.", 540),
        ("ends 5 pm.", "5 pm", 1020),
        ("5:30pm", "5:30pm", 1050),
        ("5.30 PM", "5.30 PM", 1050),
        ("12am", "12am", 0),
        ("12pm", "12pm", 720),
        ("12:05 am", "12:05 am", 5),
        ("09:00am", "09:00am", 540),
        ("9:30", "9:30", 570),
        ("14:30", "14:30", 870),
        ("23:59", "23:59", 1439),
        ("0:00", "0:00", 0),
        ("14:30:15", "14:30:15", 870),
        ("07.15", "07.15", 435),
        ("at 10.30", "10.30", 630),
        ("until 17.30.", "17.30", 1050),
        ("opens 10.00", "10.00", 600),
        ("| 12.30 |", "12.30", 750),
        ("the 17.42 train", "17.42", 1062),
        ("noon", "noon", 720),
        ("Midnight", "Midnight", 0),
    ],
)
def test_times(text: str, read: str, minutes: int) -> None:
    (found,) = quantities(text)
    assert (found.text, found.dimension, found.value, found.exact) == (
        read,
        "clock",
        minutes,
        Fraction(minutes, 60),
    )
    assert (found.unit, found.precision, found.span) == ("", "", 0)


@pytest.mark.parametrize(
    "text",
    ["10.30", "grew by 12.45", "at 10.30 m", "24:00", "12:60", "9:3", "13pm", "0am", "9 amps", "9amx", "14:30%",
     "14:30.5", "at 24.30", "at 14.60"],
)  # fmt: skip
def test_no_times(text: str) -> None:
    assert not [quantity for quantity in quantities(text) if quantity.dimension == "clock"]


@given(st.integers(min_value=0, max_value=1439))
def test_every_minute_reads_back(minutes: int) -> None:
    hour, minute = divmod(minutes, 60)
    half = f"{hour % 12 or 12}:{minute:02}{'pm' if hour >= 12 else 'am'}"
    for text in (f"{hour:02}:{minute:02}", f"{hour}:{minute:02}", half, half.upper()):
        (found,) = quantities(f"at {text}")
        assert (found.value, found.text, found.dimension) == (minutes, text, "clock")


@given(st.text(alphabet="0123456789:. ampAM%", max_size=12))
def test_any_text_is_read_or_left(text: str) -> None:
    for at in range(len(text)):
        found = clock_at(text, at)
        assert found is None or 0 <= found.value < 1440
