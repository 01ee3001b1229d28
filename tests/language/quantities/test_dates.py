"""Dates of every precision, as the days that they may mean; verbs, ages and measures are none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities import Quantity, quantities
from clearspan.language.quantities.dates import (
    MONTH_NAMES,
    MONTHS,
    century,
    date_at,
    is_age,
    span,
    worded_date,
)


def dates(text: str) -> list[Quantity]:
    return [quantity for quantity in quantities(text) if quantity.dimension == "date"]


def day(ordinal: float) -> str:
    return date.fromordinal(int(ordinal)).isoformat()


@pytest.mark.parametrize(
    ("text", "read", "precision", "first", "last"),
    [
        ("on 27 May 1937", "27 May 1937", "day", "1937-05-27", "1937-05-27"),
        ("on 27th May, 1937.", "27th May, 1937", "day", "1937-05-27", "1937-05-27"),
        ("the 1st of May 1937", "1st of May 1937", "day", "1937-05-01", "1937-05-01"),
        ("27-May-1937", "27-May-1937", "day", "1937-05-27", "1937-05-27"),
        ("27 may 1937", "27 may 1937", "day", "1937-05-27", "1937-05-27"),
        ("May 27, 1937", "May 27, 1937", "day", "1937-05-27", "1937-05-27"),
        ("May 27 1937", "May 27 1937", "day", "1937-05-27", "1937-05-27"),
        ("December the 2nd, 2001", "December the 2nd, 2001", "day", "2001-12-02", "2001-12-02"),
        ("4 Sept. 2019", "4 Sept. 2019", "day", "2019-09-04", "2019-09-04"),
        ("4 Dec 2019", "4 Dec 2019", "day", "2019-12-04", "2019-12-04"),
        ("2019-05-14", "2019-05-14", "day", "2019-05-14", "2019-05-14"),
        ("2019-05-14T10", "2019-05-14", "day", "2019-05-14", "2019-05-14"),
        ("2019-05", "2019-05", "month", "2019-05-01", "2019-05-31"),
        ("27/05/1937", "27/05/1937", "day", "1937-05-27", "1937-05-27"),
        ("05/27/1937", "05/27/1937", "day", "1937-05-27", "1937-05-27"),
        ("5/5/1937", "5/5/1937", "day", "1937-05-05", "1937-05-05"),
        ("5.6.1937", "5.6.1937", "day", "1937-06-05", "1937-06-05"),
        ("5/6/1937", "5/6/1937", "year", "1937-01-01", "1937-12-31"),
        ("in May 1937", "May 1937", "month", "1937-05-01", "1937-05-31"),
        ("in February, 2000", "February, 2000", "month", "2000-02-01", "2000-02-29"),
        ("in february of 1900", "february of 1900", "month", "1900-02-01", "1900-02-28"),
        ("in 1937 it", "1937", "year", "1937-01-01", "1937-12-31"),
        ("1937", "1937", "year", "1937-01-01", "1937-12-31"),
        ("1000", "1000", "year", "1000-01-01", "1000-12-31"),
        ("2199", "2199", "year", "2199-01-01", "2199-12-31"),
        ("1937's best", "1937", "year", "1937-01-01", "1937-12-31"),
        ("the 1990s", "1990s", "decade", "1990-01-01", "1999-12-31"),
        ("the 1990’s", "1990’s", "decade", "1990-01-01", "1999-12-31"),
        ("mid-1930s", "1930s", "decade", "1930-01-01", "1939-12-31"),
        ("the '90s", "'90s", "decade", "1990-01-01", "1999-12-31"),
        ("’60s", "’60s", "decade", "1960-01-01", "1969-12-31"),
        ("the 80s", "80s", "decade", "1980-01-01", "1989-12-31"),
        ("late 70s", "70s", "decade", "1970-01-01", "1979-12-31"),
        ("the '10s", "'10s", "decade", "2010-01-01", "2019-12-31"),
        ("the 1800s", "1800s", "century", "1800-01-01", "1899-12-31"),
        ("the 2000s", "2000s", "century", "2000-01-01", "2099-12-31"),
        ("the 19th century", "19th century", "century", "1801-01-01", "1900-12-31"),
        ("21st-century", "21st-century", "century", "2001-01-01", "2100-12-31"),
        ("nineteenth centuries", "nineteenth centuries", "century", "1801-01-01", "1900-12-31"),
        ("the twenty-first century", "twenty-first century", "century", "2001-01-01", "2100-12-31"),
        ("79 AD", "79 AD", "year", "0079-01-01", "0079-12-31"),
        ("AD 79", "AD 79", "year", "0079-01-01", "0079-12-31"),
        ("1066 CE", "1066 CE", "year", "1066-01-01", "1066-12-31"),
    ],
)
def test_dates(text: str, read: str, precision: str, first: str, last: str) -> None:
    (found,) = dates(text)
    assert (found.text, found.precision, day(found.value), day(found.value + found.span)) == (
        read,
        precision,
        first,
        last,
    )
    assert found.exact == date.fromisoformat(first).year
    assert found.unit == ""


@pytest.mark.parametrize(
    ("text", "read", "month", "of_month"),
    [
        ("on 27 May.", "27 May", 5, 27),
        ("the 4th of March.", "4th of March", 3, 4),
        ("on March 5th", "March 5th", 3, 5),
        ("on march 5th", "march 5th", 3, 5),
        ("from May 3", "May 3", 5, 3),
        ("29 February", "29 February", 2, 29),
        ("5 december", "5 december", 12, 5),
        ("5th march", "5th march", 3, 5),
        ("Dec. 25", "Dec. 25", 12, 25),
    ],
)
def test_days_of_any_year(text: str, read: str, month: int, of_month: int) -> None:
    (found,) = dates(text)
    assert (found.text, found.precision, found.exact, found.span) == (read, "day of year", 0, 0)
    assert date.fromordinal(int(found.value)) == date(4, month, of_month)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("You may 2000 times", ["count"]),
        ("they may 5 times", ["count"]),
        ("they may 5 be", ["count"]),
        ("5 may be", ["count"]),
        ("5 march on", ["count"]),
        ("we march 1937 times", ["count"]),
        ("Soldiers march 1500 km", ["[length]"]),
        ("May 2000 people enter?", ["count"]),
        ("Yes. May 2000 people enter the hall?", ["count"]),
        ("May 5 people enter?", ["count"]),
        ("March 3 km", ["[length]"]),
        ("March 1200 km", ["[length]"]),
        ("May 3000", ["count"]),
        ("Mayor 1937", ["date"]),
        ("31 February 2020", ["count", "date"]),
        ("30 February", ["count"]),
        ("February 30", ["count"]),
        ("2019-13-01", ["designation"]),
        ("2019-02-30", ["designation"]),
        ("13/13/2019", ["count", "count", "date"]),
        ("2019-5", ["date", "count"]),
        ("1937.5", ["count"]),
        ("1,937", ["count"]),
        ("1937 m", ["[length]"]),
        ("1937m", ["[length]"]),
        ("1937-foot", ["[length]"]),
        ("1937%", ["percent"]),
        ("1937 per cent", ["percent"]),
        ("0999", ["designation"]),
        ("2200", ["count"]),
        ("19370", ["count"]),
        ("in her 60s", ["designation"]),
        ("his late 30s", ["designation"]),
        ("30s", ["[time]"]),
        ("0 BC", ["count"]),
        ("1st", ["ordinal"]),
        ("century 19", ["count"]),
        ("May 27.5", ["count"]),
        ("May 9:30", ["clock"]),
    ],
)
def test_what_is_no_date(text: str, kinds: list[str]) -> None:
    assert [quantity.dimension for quantity in quantities(text)] == kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It seats 1500 people.", "count"),
        ("It has 1500 members.", "count"),
        ("Nearly 1200 ships", "count"),
        ("A crowd of 1500 men", "count"),
        ("up to 1500 women", "count"),
        ("pre-1939 towers", "date"),
        ("It was 1937 dogs does", "count"),
        ("The 2019 elections", "date"),
        ("In 1937 ships passed", "date"),
        ("Its 1937 towers", "date"),
        ("By 2000 trains ran", "date"),
        ("1500 people came", "date"),
        ("It was 1937 was it", "date"),
        ("Built 1937 across the bay", "date"),
    ],
)
def test_a_number_of_people_or_things_is_no_year(text: str, kind: str) -> None:
    assert quantities(text)[0].dimension == kind


def test_years_before_christ() -> None:
    first, second, third = dates("1 BC, 44 BC and 500 BCE")
    assert [each.exact for each in (first, second, third)] == [-1, -44, -500]
    assert first.value < 1 < first.value + first.span + 2
    assert first.value - second.value == pytest.approx(43 * 365.2425)
    assert second.precision == "year"
    assert second.consistent(second)
    assert not second.same(third)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("05/06/1937", "05/06/1937 is 5 June or 6 May; only its year is read"),
        ("the 1900s", "1900s is read as the century; it may be the first ten years of it"),
        ("the 60s", "60s is read as the 1960s"),
        ("the '20s", "'20s is read as the 1920s"),
        ("the '30s", "'30s is read as the 1930s"),
        ("the '10s", "'10s is read as the 2010s"),
        ("the '60s", ""),
        ("the 1960s", ""),
        ("27/05/1937", ""),
    ],
)
def test_what_may_be_another_date_says_so(text: str, doubt: str) -> None:
    assert dates(text)[0].doubt == doubt


def test_months() -> None:
    assert len(MONTH_NAMES) == 12
    assert {MONTHS[name.lower()] for name in MONTH_NAMES} == set(range(1, 13))
    assert MONTHS["sep"] == MONTHS["sept"] == 9
    assert len(MONTHS) == 24


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2199, 12, 31)))
def test_every_day_reads_back(when: date) -> None:
    month = MONTH_NAMES[when.month - 1]
    for text in (
        when.isoformat(),
        f"{when.day} {month} {when.year}",
        f"{month} {when.day}, {when.year}",
        f"{when.day} {month[:3]} {when.year}",
        f"{when.day:02}.{when.month:02}.{when.year}",
    ):
        (found,) = quantities(f"On {text} it")
        assert (found.value, found.precision, found.text) == (when.toordinal(), "day", text)


@given(st.integers(min_value=100, max_value=219))
def test_every_decade_is_ten_years_or_a_century_and_no_time(tens: int) -> None:
    (found,) = quantities(f"through the {tens}0s.")
    assert found.dimension == "date"
    assert found.exact == 10 * tens
    last = date.fromordinal(int(found.value + found.span))
    assert last == date(10 * tens + (99 if tens % 10 == 0 else 9), 12, 31)


@given(st.integers(min_value=1, max_value=30))
def test_centuries_follow_one_another(number: int) -> None:
    text = "century"
    one, two = century(f" {text}", 0, number, 0), century(f" {text}", 0, number + 1, 0)
    assert one is not None
    assert two is not None
    assert one.value + one.span + 1 == two.value
    assert century(" age", 0, number, 0) is None
    assert century(f" {text}", 0, 100, 0) is None
    assert century(f" {text}", 0, 0, 0) is None


@given(st.dates(), st.sampled_from([1, 2, 3]))
def test_a_span_is_all_of_its_days(when: date, parts: int) -> None:
    found = span("x", 0, 1, *(when.year, when.month, when.day)[:parts])
    assert found is not None
    assert found.value <= when.toordinal() <= found.value + found.span
    if when < date.max - timedelta(days=400):
        after = date.fromordinal(int(found.value + found.span) + 1)
        assert after.day == 1 or parts == 3
        assert after.month == 1 or parts > 1


def test_no_day_outside_the_calendar() -> None:
    assert span("x", 0, 1, 2019, 2, 29) is None
    assert span("x", 0, 1, 0) is None
    assert span("x", 0, 1, 10000) is None


def test_ages() -> None:
    for words in ("in her ", "His early ", "their late-", "whose mid "):
        assert is_age(f"{words}60s", len(words))
    for words in ("in the ", "other ", "early "):
        assert not is_age(f"{words}60s", len(words))


@given(st.text(alphabet="0123456789 -/.,'’sthMayMrDecABC", max_size=24))
def test_any_text_is_read_or_left(text: str) -> None:
    for at in range(len(text)):
        for read in (date_at, worded_date):
            found = read(text, at)
            assert found is None or (found.start, found.text) == (at, text[at : found.end])
