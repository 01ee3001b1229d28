"""Compounds and ranges of neighbours, and neighbours that are quantities of their own."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities import quantities


@pytest.mark.parametrize(
    ("text", "read", "exact", "unit"),
    [
        ("5 ft 11 in", "5 ft 11 in", "71/12", "foot"),
        ("5 ft 11 in tall", "5 ft 11 in", "71/12", "foot"),
        ("6 feet 2 inches", "6 feet 2 inches", "37/6", "foot"),
        ("6 feet, 2.5 inches", "6 feet, 2.5 inches", "149/24", "foot"),
        ("6 feet and 2 inches", "6 feet and 2 inches", "37/6", "foot"),
        ("2 hours 30 minutes", "2 hours 30 minutes", "5/2", "hour"),
        ("2 hours and 30 minutes", "2 hours and 30 minutes", "5/2", "hour"),
        ("two hours, thirty minutes", "two hours, thirty minutes", "5/2", "hour"),
        ("1 h 20 min 5 s", "1 h 20 min 5 s", "961/720", "hour"),
        ("1 minute 30 seconds", "1 minute 30 seconds", "3/2", "minute"),
        ("2 weeks 3 days", "2 weeks 3 days", "17/7", "week"),
        ("5 lb 3 oz", "5 lb 3 oz", "83/16", "pound"),
        ("11 stone 4 pounds", "11 stone 4 pounds", "79/7", "stone"),
        ("1 mile 440 yards", "1 mile 440 yards", "5/4", "mile"),
        ("2 years and 6 months", "2 years and 6 months", "5/2", "year"),
        ("5 ft 0 in", "5 ft 0 in", "5", "foot"),
    ],
)
def test_compounds(text: str, read: str, exact: str, unit: str) -> None:
    (found,) = quantities(text)
    assert (found.text, found.exact, found.unit) == (read, Fraction(exact), unit)


@pytest.mark.parametrize(
    "text",
    [
        "5 ft 12 in",
        "5 ft 13 in",
        "2 hours 60 minutes",
        "2.5 hours 30 minutes",
        "30 minutes 2 hours",
        "2 hours or 30 minutes",
        "2 hours; 30 minutes",
        "5 km 300 m",
        "5 kg 3 oz",
        "−5 ft 3 in",
        "5 ft −3 in",
        "1 mile 3 days",
        "between 2 hours and 30 minutes",
        "2 hours 30",
    ],
)
def test_no_compounds(text: str) -> None:
    assert len(quantities(text)) == 2


@pytest.mark.parametrize(
    ("text", "read", "dimension", "low", "high", "unit"),
    [
        ("£3.20 to £4", "£3.20 to £4", "money:GBP", "3.2", "4", ""),
        ("£3.20–4 a day", "£3.20–4", "money:GBP", "3.2", "4", ""),
        ("3 to 4 euros", "3 to 4 euros", "money:EUR", "3", "4", ""),
        ("$2–3 million", "$2–3 million", "money:USD", "2000000", "3000000", ""),
        ("$2m–$3m", "$2m–$3m", "money:USD", "2000000", "3000000", ""),
        ("$500–$1m", "$500–$1m", "money:USD", "500", "1000000", ""),
        ("£12 to £15 an hour", "£12 to £15 an hour", "money:GBP", "12", "15", "1/hour"),
        ("12 to £15", "12 to £15", "money:GBP", "12", "15", ""),
        ("3 to 5 km", "3 to 5 km", "[length]", "3", "5", "kilometer"),
        ("3 km to 5 km", "3 km to 5 km", "[length]", "3", "5", "kilometer"),
        ("from 3 to 5 km", "3 to 5 km", "[length]", "3", "5", "kilometer"),
        ("3 through 5 km", "3 through 5 km", "[length]", "3", "5", "kilometer"),
        ("between 3 and 5 km", "between 3 and 5 km", "[length]", "3", "5", "kilometer"),
        ("Between three and five km", "Between three and five km", "[length]", "3", "5", "kilometer"),
        ("10-12 kg", "10-12 kg", "[mass]", "10", "12", "kilogram"),
        ("10–12 kg", "10–12 kg", "[mass]", "10", "12", "kilogram"),
        ("10 – 12 kg", "10 – 12 kg", "[mass]", "10", "12", "kilogram"),
        ("10 - 12 kg", "10 - 12 kg", "[mass]", "10", "12", "kilogram"),
        ("10—12 kg", "10—12 kg", "[mass]", "10", "12", "kilogram"),
        ("2,5–3,5 kg", "2,5–3,5 kg", "[mass]", "2.5", "3.5", "kilogram"),
        ("5–10%", "5–10%", "percent", "5", "10", "percent"),
        ("5% to 10%", "5% to 10%", "percent", "5", "10", "percent"),
        ("5 to 10 percentage points", "5 to 10 percentage points", "percentage points", "5", "10",
         "percentage_point"),
        ("−5 to 10 °C", "−5 to 10 °C", "[temperature]", "-5", "10", "degC"),
        ("2 to 3 million tonnes", "2 to 3 million tonnes", "[mass]", "2000000", "3000000", "metric_ton"),
        ("2 million to 3 million tonnes", "2 million to 3 million tonnes", "[mass]", "2000000", "3000000",
         "metric_ton"),
        ("2 to 3 million people", "2 to 3 million", "count", "2000000", "3000000", ""),
        ("5 to 3 million people", "5 to 3 million", "count", "5", "3000000", ""),
        ("10 to 12 people", "10 to 12", "count", "10", "12", ""),
        ("10–12 people", "10–12", "count", "10", "12", ""),
        ("between 10 and 12", "between 10 and 12", "count", "10", "12", ""),
        ("two to three people", "two to three", "count", "2", "3", ""),
        ("five to six and a half hours", "five to six and a half hours", "[time]", "5", "6.5", "hour"),
        ("3 to 5 pints", "3 to 5 pints", "[length] ** 3", "3", "5", "pint"),
        ("a width of 500 m to 2 km", "500 m to 2 km", "[length]", "500", "2", "kilometer"),
        ("increased by 3 to 5 kg", "3 to 5 kg", "[mass]", "3", "5", "kilogram"),
    ],
)  # fmt: skip
def test_ranges(text: str, read: str, dimension: str, low: str, high: str, unit: str) -> None:
    (found,) = quantities(text)
    assert (found.text, found.dimension, found.unit) == (read, dimension, found.ends[0].unit)
    first, last = found.ends
    assert (first.exact, last.exact) == (Fraction(low), Fraction(high))
    assert (first.dimension, last.dimension) == (dimension, dimension)
    assert (found.exact, found.value) == (first.exact, first.value)
    assert found.value + found.span == pytest.approx(last.value)
    assert last.unit == unit
    assert text[first.start : first.end] == first.text
    assert text[last.start : last.end] == last.text
    assert found.end == last.end


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("rose from 40 to 50 km", 2),
        ("prices fell from £3 to £4", 2),
        ("growth from 5% to 7%", 2),
        ("went from about 3 to 5 km", 2),
        ("won 3–2", 2),
        ("lost 1–2", 2),
        ("lost 1–2 to them", 2),
        ("5 to 3 km", 2),
        ("5 km to 3 km", 2),
        ("5 km to 3 kg", 2),
        ("5 km to 5 km", 2),
        ("£3 to $4", 2),
        ("3 and 5 km", 2),
        ("3 or 5 km", 2),
        ("5% to 7 percentage points", 2),
        ("3rd to 5th", 2),
        ("5G to 6G", 2),
        ("10 to 12", 2),
        ("10–12", 2),
        ("3/5 km", 1),
        ("5 km / 6 km", 2),
        ("between 3 km, and 5 km", 2),
        ("3 to 5 to 7 km", 2),
    ],
)
def test_no_ranges(text: str, kinds: int) -> None:
    found = quantities(text)
    assert len(found) == kinds
    assert text.startswith("3 to 5 to 7") or not any(each.ends for each in found)


@pytest.mark.parametrize(
    ("text", "read", "low", "high"),
    [
        ("9am–5:30pm", "9am–5:30pm", 540, 1050),
        ("9am to 5pm", "9am to 5pm", 540, 1020),
        ("9 to 5pm", "9 to 5pm", 540, 1020),
        ("9–11pm", "9–11pm", 1260, 1380),
        ("2–5pm", "2–5pm", 840, 1020),
        ("9–11am", "9–11am", 540, 660),
        ("10–2am", "10–2am", 1320, 1560),
        ("12–5pm", "12–5pm", 720, 1020),
        ("9:30–5pm", "9:30–5pm", 570, 1020),
        ("2:30–5pm", "2:30–5pm", 870, 1020),
        ("from 09:00 until 17:30", "09:00 until 17:30", 540, 1050),
        ("from 10.30 till 17.30", "10.30 till 17.30", 630, 1050),
        ("10pm–2am", "10pm–2am", 1320, 1560),
        ("between 9am and 5pm", "between 9am and 5pm", 540, 1020),
        ("noon to midnight", "noon to midnight", 720, 1440),
        ("noon to 3pm", "noon to 3pm", 720, 900),
        ("fell from 9am to 5pm", "9am to 5pm", 540, 1020),
    ],
)
def test_opening_times(text: str, read: str, low: int, high: int) -> None:
    (found,) = quantities(text)
    assert (found.text, found.dimension) == (read, "clock")
    assert (found.value, found.value + found.span) == (low, high)
    assert found.ends[0].value == low
    assert found.ends[1].value == high % 1440
    assert found.ends[0].exact == Fraction(low, 60)


@pytest.mark.parametrize("text", ["13–5pm", "9.5–11pm", "0–5pm", "9 km to 5pm", "9 to 17:00", "1937 to 5pm"])
def test_what_is_no_hour_begins_no_opening_time(text: str) -> None:
    assert not any(each.ends for each in quantities(text))


@pytest.mark.parametrize(
    ("text", "read", "low", "high", "precision"),
    [
        ("1884–1888", "1884–1888", "1884-01-01", "1888-12-31", "year"),
        ("1884-88", "1884-88", "1884-01-01", "1888-12-31", "year"),
        ("from 1884 to 1888", "1884 to 1888", "1884-01-01", "1888-12-31", "year"),
        ("1981 until 1998", "1981 until 1998", "1981-01-01", "1998-12-31", "year"),
        ("between 1884 and 1888", "between 1884 and 1888", "1884-01-01", "1888-12-31", "year"),
        ("2025/26", "2025/26", "2025-01-01", "2026-12-31", "year"),
        ("2025/2026", "2025/2026", "2025-01-01", "2026-12-31", "year"),
        ("grew from 1884 to 1888", "1884 to 1888", "1884-01-01", "1888-12-31", "year"),
        ("1 April 2025 to 31 March 2026", "1 April 2025 to 31 March 2026", "2025-04-01", "2026-03-31", "day"),
        ("May 2019 – June 2020", "May 2019 – June 2020", "2019-05-01", "2020-06-30", "month"),
        ("May 2019 to 2020", "May 2019 to 2020", "2019-05-01", "2020-12-31", ""),
        ("12–14 May 2019", "12–14 May 2019", "2019-05-12", "2019-05-14", "day"),
        ("12 to 14 May 2019", "12 to 14 May 2019", "2019-05-12", "2019-05-14", "day"),
        ("May 12–14, 2019", "May 12–14, 2019", "2019-05-12", "2019-05-14", "day"),
        ("28 May – 3 June 2019", "28 May – 3 June 2019", "2019-05-28", "2019-06-03", "day"),
        ("the 1980s to the 1990s", "1980s to the 1990s", "1980-01-01", "1999-12-31", "decade"),
        ("1980s to 1990s", "1980s to 1990s", "1980-01-01", "1999-12-31", "decade"),
        ("18th–19th century", "18th–19th century", "1701-01-01", "1900-12-31", "century"),
        ("between 1 May and 30 September", "between 1 May and 30 September", "0004-05-01", "0004-09-30",
         "day of year"),
        ("May 12–14", "May 12–14", "0004-05-12", "0004-05-14", "day of year"),
        ("12–14 May", "12–14 May", "0004-05-12", "0004-05-14", "day of year"),
    ],
)  # fmt: skip
def test_spans_of_dates(text: str, read: str | None, low: str, high: str, precision: str) -> None:
    found = quantities(text)
    if read is None:
        assert not any(each.ends for each in found)
        return
    (whole,) = found
    days = [date.fromordinal(int(each)).isoformat() for each in (whole.value, whole.value + whole.span)]
    assert (whole.text, days, whole.precision) == (read, [low, high], precision)
    assert whole.dimension == "date"
    for end in whole.ends:
        assert text[end.start : end.end] == end.text


@pytest.mark.parametrize(
    "text",
    [
        "1888–1884",
        "1888-84",
        "1884 and 1888",
        "1884/1888",
        "2025/27",
        "14–12 May 2019",
        "0.5–14 May 2019",
        "12–May 14, 2019",
        "14 May 12–15",
        "May 14–12, 2019",
        "May 12–32",
        "12 to 2019",
        "1884-888",
        "30 February to 3 March 2019",
        "1884 to 88",
    ],
)
def test_no_spans_of_dates(text: str) -> None:
    assert not any(each.ends for each in quantities(text))


def test_doubts_of_both_ends_are_kept() -> None:
    (found,) = quantities("1,200 to 1,300 kg")
    assert found.doubt == (
        "1,200 is read as 1200; with a decimal comma it would be 1.2; "
        "1,300 is read as 1300; with a decimal comma it would be 1.3"
    )


def test_the_end_has_the_system_of_its_unit() -> None:
    (found,) = quantities("3 to 5 pints")
    assert [len(each.others) for each in found.ends] == [1, 1]


@given(
    st.integers(min_value=0, max_value=900),
    st.integers(min_value=1, max_value=99),
    st.sampled_from(["–", "-", " to ", " – "]),
    st.sampled_from(["km", "kg", "%", "°C", "mph", "hours", "US gallons", "percentage points", "m²"]),
)
def test_ranges_read_back(low: int, more: int, joint: str, unit: str) -> None:
    text = f"{low}{joint}{low + more} {unit}"
    for written in (text, f"It takes {text}, or so."):
        (found,) = quantities(written)
        assert found.text == text
        assert [each.exact for each in found.ends] == [low, low + more]
        assert found.ends[0].unit == found.ends[1].unit == found.unit


@given(st.integers(min_value=1000, max_value=2190), st.integers(min_value=1, max_value=9))
def test_spans_of_years_read_back(first: int, more: int) -> None:
    for text in (
        f"{first}–{first + more}",
        f"{first} to {first + more}",
        f"between {first} and {first + more}",
    ):
        (found,) = quantities(f"In Ely, {text}.")
        assert (found.text, [each.exact for each in found.ends]) == (text, [first, first + more])


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=11))
def test_feet_and_inches_read_back_in_every_form(feet: int, inches: int) -> None:
    for text in (
        f"{feet} ft {inches} in",
        f"{feet}'{inches}\"",
        f"{feet} feet {inches} inches",
        f"{feet}′{inches}″",
    ):
        (found,) = quantities(text)
        assert (found.exact, found.unit, found.text) == (Fraction(12 * feet + inches, 12), "foot", text)
