"""Quantities in running text: found once each, in order, at their places, whatever the text is."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities import quantities
from clearspan.language.quantities.reading import measured


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is 4,200 feet (1,280 metres) long", "4,200 feet=[length] | 1,280 metres=[length]"),
        ("May 27, 1937, and 2019-05-14", "May 27, 1937=date | 2019-05-14=date"),
        ("three towers and 15% more", "three=count | 15%=percent"),
        ("minus −60 °C at 30 mph", "−60 °C=[temperature] | 30 mph=[length] / [time]"),
        ("no numbers here", ""),
        ("", ""),
        ("The Harbour Club lasted through the 1990s.", "1990s=date"),
        ("The Orrin 3 supports 5G and weighs 190g.", "3=count | 5G=designation | 190g=[mass]"),
        ("May opened it on 3 May 2019, and may again.", "3 May 2019=date"),
        ("It was open 9am–5pm for £3 to £4 in 1984–88.", "9am–5pm=clock | £3 to £4=money:GBP | 1984–88=date"),
        ("COVID-19, F-16s, U-235 and CVE-2025-55183", "COVID-19=designation | F-16s=designation | "
         "U-235=designation | CVE-2025-55183=designation"),
        ("A4, B52, M25, H2O, x2 and CO2", ""),
        ("Mid-1990s, Pre-1939 and Post-2008 ones", "1990s=date | 1939=date | 2008=date"),
        ("a top-10 list of under-16 players", "10=count | 16=count"),
        ("Call 415-346-2356 or 555-0134.", "415-346-2356=designation | 555-0134=designation"),
        ("Call 020 7946 0958.", "020=designation | 7946=count | 0958=designation"),
        ("at 192.168.1.1, version 3.5.1", "192.168.1.1=designation | 3.5.1=designation"),
        ("a twenty-five-year-old, 5-a-side", "twenty-five-year=[time] | 5=count"),
        ("pages 10,11 and 1,2,3", "10,11=count | 1=count | 2=count | 3=count"),
        ("USD 5 or US$5 or CAD or A", "USD 5=money:USD | US$5=money:USD"),
        ("in 1937.5 or 1,937.", "1937.5=count | 1,937=count"),
        ("no one, one another, one of them", "one=count"),
        ("No one", ""),
        ("12345678901234567890123456789012345678901 and 5", "5=count"),
        ("minus 5, 10 minus 5, minus ten, minus x", "minus 5=count | 10=count | 5=count | minus ten=count"),
        ("…5 km, ...5 km and a.5", "5 km=[length]"),
        ("noon, afternoon and midnightly", "noon=clock"),
        ("Weight (t): 70; Height (m): 3", "70=[mass] | 3=[length]"),
        ("two hundred and fifty people in the 21st century", "two hundred and fifty=count | 21st century=date"),
        ("one-and-a-half hours, half a dozen", "one-and-a-half hours=[time] | half a dozen=count"),
        ("AD 79 and ad 5", "AD 79=date | 5=count"),
        ("AD-5", "AD-5=designation"),
    ],
)  # fmt: skip
def test_what_is_found(text: str, expected: str) -> None:
    assert " | ".join(f"{each.text}={each.dimension}" for each in quantities(text)) == expected


@pytest.mark.parametrize(
    ("text", "start", "end", "exact", "unit"),
    [
        ("How many feet are in a mile", 21, 27, 1, "mile"),
        ("an hour", 0, 7, 1, "hour"),
        ("one US gallon", 0, 13, 1, "gallon"),
        ("A British gallon", 0, 16, 1, "imperial_gallon"),
        ("in the UK, a gallon", 11, 19, 1, "imperial_gallon"),
        ("5 km to miles", 0, 4, 5, "kilometer"),
        ("3 to 5 km", 0, 9, 3, "kilometer"),
    ],
)
def test_what_a_stretch_measures(text: str, start: int, end: int, exact: int, unit: str) -> None:
    found = measured(text, start, end)
    assert found is not None
    assert (found.exact, found.unit, found.start, found.end) == (exact, unit, start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("5 km long", 0, 9),
        ("5 people", 0, 8),
        ("5", 0, 1),
        ("a mile away", 0, 11),
        ("a person", 0, 8),
        ("mile", 0, 4),
    ],
)
def test_what_measures_nothing_or_more(text: str, start: int, end: int) -> None:
    assert measured(text, start, end) is None


def test_a_calorie_that_is_asked_for_may_be_of_food() -> None:
    found = measured("a calorie", 0, 9)
    assert found is not None
    assert found.doubt == "a calorie of food is a kilocalorie"


def test_a_gallon_that_is_asked_for_may_be_of_either_system() -> None:
    found = measured("a gallon", 0, 8)
    assert found is not None
    assert found.others == pytest.approx((0.00454609,))


PIECES = (
    "1", "12", "1,234", "2,5", "1937", "'90s", "1990s", "1/2", "½", "5'11\"", "£", "$", "€", "USD ", "–", "-", "−",
    " to ",
    "between ", " and ", "from ", "a ", "an ", "half ", "quarter ", "third", "of ", "two ", "hundred ", "million ",
    "twenty-", "first", "km", "kg", "m", "g", "s", "%", "°", "C", " per ", "/", "hour", "gallon", "US ", "UK ", "May ",
    "may ", "March ", "27 ", "th", "st", "nd", "am", "pm", ":", ".", ",", " ", "\n", "(m): ", ")", "BC",
    "AD ", "century", "noon", "minus ", "e", "10^", "× 10", "²", "k", "bn", "p", "COVID-", "C ", "h", "min", " past ",
    "nineteen ", "eighty-four ", ":45 ", "took ", " o'clock", " Canadian", "x", "é", "’", "\u00a0", "\u202f", "in",
    "ft ",
)  # fmt: skip


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_read_and_spans_are_exact_and_ordered(text: str) -> None:
    found = quantities(text)
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for each in found:
        assert each.start < each.end
        assert each.text == each.text.strip()
        assert each.span >= 0
        assert each.same(each)
        assert not each.ends or all(each.start <= end.start < end.end <= each.end for end in each.ends)
        assert not each.ends or each.holds(each.ends[0])


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_stands_around_a_quantity_does_not_change_it(text: str) -> None:
    """A quantity of a sentence is read alike when other sentences stand before and after it."""
    alone = [each.text for each in quantities(f"It is 45 km {text}")][:1]
    assert alone[0].startswith("45 km")
    among = quantities(f"There it stands. It is 45 km {text}")
    assert among[0].text == alone[0]


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["m", "km", "feet", "kg", "hours"]))
def test_grouped_and_plain_numbers_are_the_same(value: int, unit: str) -> None:
    grouped, plain = quantities(f"about {value:,} {unit} of it"), quantities(f"about {value} {unit} of it")
    assert grouped[0].same(plain[0])
    assert grouped[0].value == plain[0].value


@pytest.mark.parametrize(
    "piece",
    [
        *PIECES,
        "1,234 ",
        "1h",
        "half past ",
        "took 1:45 ",
        "1 g/1",
        "1 US ",
        "1 gallon ",
        "1-",
        "May 1 ",
        "9am–",
        "between 1 and ",
    ],
)
def test_the_time_is_linear_in_the_length_of_the_worst_texts(piece: str) -> None:
    read = quantities.__wrapped__

    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        start = time.process_time()
        read(text)
        return time.process_time() - start

    seconds(1_000)
    # Four times as long: four times the time, with room for a machine that is busy; sixteen times if it were squared.
    assert min(seconds(8_000) for _ in range(2)) < 10 * max(min(seconds(2_000) for _ in range(3)), 0.002)
