"""Text as a voice should say it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.aloud import aloud, name

UNHEARD = set("◇●◐○[]{}<>|_*`\\~^=%£$€°²³½→×÷≥≤≈±&“”„«»()")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("The main span is 4,200 feet (1,280 m) long.", "The main span is 4,200 feet, 1,280 metres, long."),
        ("4200 feet = 1.28016 km", "4200 feet is 1.28016 kilometres"),
        ("£1.2m for 2025/26", "1.2 million pounds for 2025 to 26"),
        ("£3 billion, $35, €1, £4.50", "3 billion pounds, 35 dollars, 1 euro, 4 pounds 50"),
        ("−5 °C to 100°F, 15%", "minus 5 degrees Celsius to 100 degrees Fahrenheit, 15 percent"),
        ("in the 1990s, on 5G, 90m", "in the 1990s, on 5G, 90m"),
        ("Main span (m): 1,410; Cost (£): 300", "Main span, in metres: 1,410; Cost, in pounds: 300"),
        ("Open 10–12 on 2024-05-01 [1] ◇", "Open 10 to 12 on 1 May 2024"),
        ("At 30 km/h, 12 km², 3 kWh", "At 30 kilometres per hour, 12 square kilometres, 3 kilowatt-hours"),
        ("1 km, 5 mph", "1 kilometre, 5 miles per hour"),
        ("See https://www.example.org/a/b.", "See example.org."),
        ("2 ** 16 × 3 ÷ 4", "2 to the power of 16 times 3 divided by 4"),
        ("ring 555-0134", "ring 555-0134"),
        ("4\u202f200\u00a0m", "4200 metres"),
        ("12 m.", "12 metres."),
        ("Salt & vinegar — and so…", "Salt and vinegar, and so."),
    ],
)  # fmt: skip
def test_as_it_is_said(written: str, said: str) -> None:
    assert aloud(written) == said


@given(st.text(max_size=200) | st.text(alphabet=sorted(UNHEARD | set("0123 kmhgC/.,;:-–—−…\n")), max_size=24))
def test_nothing_that_can_only_be_seen_is_left(text: str) -> None:
    said = aloud(text)
    assert not UNHEARD & set(said)
    assert said == " ".join(said.split())


@given(
    st.lists(
        st.tuples(
            st.decimals(0, 99_999, places=1),
            st.sampled_from(["km", "m", "%", "°C", "ft", "kg", "mph", "feet", "people", "h"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_numbers_keep_their_digits_and_their_order(measured: list[tuple[object, str]]) -> None:
    text = " and ".join(f"{number:,} {unit}" for number, unit in measured)
    assert re.findall(r"[\d.,]*\d", aloud(text)) == re.findall(r"[\d.,]*\d", text)


@given(st.text(max_size=300))
def test_a_name_is_short_and_does_not_break_its_sentence(text: str) -> None:
    said = name(text)
    assert len(said.split()) <= 12
    assert ":" not in said
    assert not said.endswith((".", ",", "!", "?"))
