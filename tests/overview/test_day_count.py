"""Days by the calendar: between dates, some days away, and of the week; what names no day is not guessed at."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.overview.day_count import of_dates

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("question", "expression", "result"),
    [
        (
            "How many days are there between 1 January 2024 and 1 March 2024",
            "1 January 2024 → 1 March 2024, in days",
            "60 days",
        ),
        (
            "How many days between 1 March 2024 and 1 January 2024",
            "1 March 2024 → 1 January 2024, in days",
            "60 days",
        ),
        ("how many days is it from today until tomorrow", "1 March 2026 → 2 March 2026, in days", "1 day"),
        (
            "How many weeks passed between 1 January 2024 and 1 March 2024",
            "1 January 2024 → 1 March 2024, in weeks",
            "8 weeks (whole weeks; 60 days)",
        ),
        (
            "How many months between 31 January 2024 and 29 February 2024",
            "31 January 2024 → 29 February 2024, in months",
            "1 month (whole months; 29 days)",
        ),
        (
            "How many months lie between 15 January 2024 and 15 February 2025",
            "15 January 2024 → 15 February 2025, in months",
            "13 months (whole months; 397 days)",
        ),
        (
            "How many years elapsed from 27 May 1937 to 27 May 2024",
            "27 May 1937 → 27 May 2024, in years",
            "87 years (whole years; 31,777 days)",
        ),
        (
            "How many years elapsed from 28 May 1937 to 27 May 2024",
            "28 May 1937 → 27 May 2024, in years",
            "86 years (whole years; 31,776 days)",
        ),
        ("How many days since 1 February 2026", "1 February 2026 → 1 March 2026, in days", "28 days"),
        ("How many days is it until 1 April 2026", "1 March 2026 → 1 April 2026, in days", "31 days"),
        ("How many days have passed since yesterday", "28 February 2026 → 1 March 2026, in days", "1 day"),
    ],
)
def test_days_between_dates(question: str, expression: str, result: str) -> None:
    found = of_dates(question, TODAY)
    assert found is not None
    assert (found.expression, found.result) == (expression, result)
    assert found.method == "Gregorian calendar; the first day is not counted"


@pytest.mark.parametrize(
    "question", ["How many days until 1 January 2020", "How many weeks since 1 May 2030"]
)
def test_a_day_on_the_wrong_side_of_today_is_not_counted(question: str) -> None:
    with pytest.raises(BadInput, match=r"is past|is still to come"):
        of_dates(question, TODAY)


def test_a_day_before_the_calendar_says_so() -> None:
    found = of_dates("What day of the week was 14 October 1066", TODAY)
    assert found is not None
    assert "before 1582" in found.method


@pytest.mark.parametrize(
    ("question", "expression", "result"),
    [
        (
            "What date is 10 days after 20 February 2024",
            "20 February 2024 + 10 days",
            "1 March 2024, a Friday",
        ),
        ("What day was 2 weeks before today", "1 March 2026 − 2 weeks", "15 February 2026, a Sunday"),
        ("a fortnight from tomorrow", "2 March 2026 + 1 fortnight", "16 March 2026, a Monday"),
        ("one month after 31 January 2024", "31 January 2024 + 1 month", "29 February 2024, a Thursday"),
        (
            "what is the date 1 year before 29 February 2024",
            "29 February 2024 − 1 year",
            "28 February 2023, a Tuesday",
        ),
    ],
)
def test_dates_some_days_away(question: str, expression: str, result: str) -> None:
    found = of_dates(question, TODAY)
    assert found is not None
    assert (found.expression, found.result, found.method) == (expression, result, "Gregorian calendar")


@pytest.mark.parametrize(
    ("question", "expression", "result"),
    [
        ("What day of the week was 27 May 1937", "weekday of 27 May 1937", "Thursday"),
        ("Which weekday did 4 July 1776 fall on", "weekday of 4 July 1776", "Thursday"),
        ("what weekday is today", "weekday of 1 March 2026", "Sunday"),
    ],
)
def test_days_of_the_week(question: str, expression: str, result: str) -> None:
    found = of_dates(question, TODAY)
    assert found is not None
    assert (found.expression, found.result, found.method) == (expression, result, "Gregorian calendar")


@pytest.mark.parametrize(
    "question",
    [
        "How many days between May 2024 and June 2024",
        "How many days since the war",
        "How many days since 27 May",
        "10 metres after 20 February 2024",
        "2.5 days after 20 February 2024",
        "2 to 3 days after 20 February 2024",
        "10 days after the war",
        "What day of the week was the war",
        "How long is the bridge",
    ],
)
def test_what_names_no_day_is_left(question: str) -> None:
    assert of_dates(question, TODAY) is None


def test_what_lies_outside_the_calendar_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        of_dates("9000 years after 1 January 2024", TODAY)
    assert refused.value.what == "9,000 years after 1 January 2024 is outside the calendar."
    assert refused.value.do == "Use a smaller number."


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_are_counted_as_they_are_added(start: date, months: int) -> None:
    later = of_dates(f"{months} months after {start.isoformat()}", TODAY)
    assert later is not None
    end = later.result.partition(",")[0]
    counted = of_dates(f"How many months between {start.isoformat()} and {end}", TODAY)
    assert counted is not None
    assert counted.result.split()[0] == str(months)
