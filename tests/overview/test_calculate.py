"""Questions that need no source: recognised, calculated, and refused with a reason when there is no result."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.language.quantities import quantities
from clearspan.overview.calculate import difference, in_asked_unit, is_difference, recognise, target_unit


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("What is 15% of 240?", "36"),
        ("20% off 50", "40"),
        ("increase 80 by 15%", "92"),
        ("What percentage of 80 is 20?", "25%"),
        ("percentage change from 40 to 50", "25%"),
        ("(12+30)*4/7", "24"),
        ("What is 0.1 + 0.2?", "0.3"),
        ("How many kilometres are 4200 feet?", "1.28016 kilometres"),
        ("how many feet are in a mile?", "5,280 feet"),
        ("6 feet 2 inches in cm", "187.96 centimetres"),
        ("What is 98.6 °F in °C?", "37 °C"),
        ("How many days are there between 27 May 1937 and 1 January 2000?", "22,864 days"),
        ("What day of the week was 27 May 1937?", "Thursday"),
        ("90 days after 1 March 2024", "30 May 2024, a Thursday"),
        ("What is the date 1 month before 31 March 2024?", "29 February 2024, a Thursday"),
        ("How many days until 1 January 2027?", "39 days"),
    ],
)
def test_calculations(question: str, result: str) -> None:
    calculation = recognise(question, today=date(2026, 11, 23))
    assert calculation is not None
    assert calculation.result == result


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("percentage change from -5 to 10", "a rise would come out negative"),
        ("If it falls from -5 to -10, what is the percentage change?", "a rise would come out negative"),
        ("10% of 10 °C", "zero of this scale was chosen"),
        ("increase 50 °F by 10%", "zero of this scale was chosen"),
        ("percentage change from 10 °C to 20 °C", "zero of this scale was chosen"),
    ],
)
def test_percentages_without_a_meaning_are_refused(question: str, why: str) -> None:
    with pytest.raises(BadInput, match="no meaning") as caught:
        recognise(question)
    assert why in caught.value.why


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("10% of 300 K", "30 K"),
        ("10% of -50", "−5"),
        ("percentage change from 5 to -10", "−300%"),
    ],
)
def test_percentages_of_what_begins_at_zero(question: str, result: str) -> None:
    calculation = recognise(question)
    assert calculation is not None
    assert calculation.result == result


@pytest.mark.parametrize(
    "question",
    [
        "How long is the main span of the Golden Gate Bridge in kilometres?",
        "How many whales are there?",
        "When did the bridge open?",
        "What happened in 1937?",
        "How many towers has the bridge?",
        "Is 42 a good number of bridges?",
        "27 May 1937",
        "What was 9/11?",
        "What is 24/7?",
        "What is 555-1234?",
        "What is 1984-85?",
    ],
)
def test_questions_for_sources_are_not_calculated(question: str) -> None:
    assert recognise(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "What is 5 metres in kilograms?",
        "What is 1 divided by 0?",
        "9**9**9**9",
        "2(3+4)",
        "5//2",
        "-300 °C in °F",
    ],
)
def test_what_has_no_result_says_why(question: str) -> None:
    with pytest.raises(BadInput) as caught:
        recognise(question)
    assert caught.value.what
    assert caught.value.do


days = st.dates(min_value=date(1600, 1, 1), max_value=date(2150, 1, 1))


@given(days, days)
def test_days_between_are_counted_as_the_calendar_does(first: date, second: date) -> None:
    question = (
        f"How many days are there between {first:%-d %B} {first.year} and {second:%-d %B} {second.year}?"
    )
    calculation = recognise(question)
    assert calculation is not None
    count = abs((second - first).days)
    assert calculation.result == f"{count:,} day{'' if count == 1 else 's'}"


@given(days, st.integers(min_value=0, max_value=5000))
def test_a_step_forward_lands_where_the_calendar_says(start: date, count: int) -> None:
    calculation = recognise(f"{count} days after {start:%-d %B} {start.year}")
    assert calculation is not None
    landed = start + timedelta(days=count)
    assert calculation.result.startswith(f"{landed.day} {landed:%B} {landed.year}")


def test_a_quoted_quantity_in_another_unit() -> None:
    calculation = in_asked_unit(quantities("It is 4,200 feet long.")[0], "kilometer")
    assert calculation.expression == "4,200 feet → kilometres"
    assert calculation.result == "1.28 kilometres"


def test_the_unit_that_a_question_asks_in() -> None:
    assert target_unit("How long is the main span in kilometres?") == "kilometer"
    assert target_unit("How many square miles is the town?") == "mile**2"
    assert target_unit("How long is the main span?") is None


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("The temperature rose by 2 °C.", True),
        ("It was 2 °C warmer than in 1900.", True),
        ("The sensor is right within 5 °C.", True),
        ("The water was at 2 °C.", False),
        ("The bridge grew by 2 m.", False),
    ],
)
def test_a_temperature_that_is_a_difference_is_known(text: str, difference: bool) -> None:
    (quantity,) = (each for each in quantities(text) if each.unit)
    assert is_difference(quantity, text) == difference


@pytest.mark.parametrize(
    ("one", "two", "result"),
    [
        ("1,280 m", "704 m", "576 metres"),
        ("704 m", "1,280 m", "576 metres"),
        ("1 km", "704 m", "0.296 kilometres"),
        ("27 May 1937", "12 November 1936", "196 days"),
        ("27 May 1937", "12 November 1926", "10 years"),
        ("1937", "1936", "1 year"),
        ("$30", "$12.50", "$17.5"),
        ("20 °C", "50 °F", "10 °C"),
    ],
)
def test_the_difference_of_two_quantities(one: str, two: str, result: str) -> None:
    (first,), (second,) = quantities(one), quantities(two)
    found = difference(first, second)
    assert found is not None
    assert found.result == result


@pytest.mark.parametrize(
    ("one", "two"), [("1,280 m", "704 kg"), ("3 to 5 m", "704 m"), ("27 May", "12 November")]
)
def test_quantities_that_cannot_be_compared_have_no_difference(one: str, two: str) -> None:
    (first,), (second,) = quantities(one), quantities(two)
    assert difference(first, second) is None
