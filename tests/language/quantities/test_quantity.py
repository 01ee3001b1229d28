"""When two quantities say the same, can both be true, or hold one another."""

import pytest

from clearspan.language.quantities import Quantity, quantities


def read(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


SAME = [
    ("the same number in the same unit", "5 km", "5 km", True),
    ("another number in the same unit, however near", "5 km", "5.001 km", False),
    ("spelt out", "5 km", "five kilometres", True),
    ("converted and rounded to two parts in a hundred", "4,200 feet", "1,280 metres", True),
    ("converted, and beyond", "4,200 feet", "1,310 metres", False),
    ("another dimension", "5 km", "5 kg", False),
    ("in one system of two", "5 gallons", "5 US gallons", True),
    ("in the other system of two", "5 gallons", "5 imperial gallons", True),
    ("in neither", "5 gallons", "30 litres", False),
    ("a range and itself", "3 to 5 km", "between 3 and 5 km", True),
    ("a range in other units", "3 to 5 km", "3,000 to 5,000 m", True),
    ("a range with another end", "3 to 5 km", "3 to 6 km", False),
    ("a range and one of its ends", "3 to 5 km", "3 km", False),
    ("an amount of money", "£5", "5 pounds sterling", True),
    ("another currency", "£5", "€5", False),
    ("money for each hour, where the other leaves it out", "£5 an hour", "£5", True),
    ("money for each hour and each day", "£5 an hour", "£5 a day", False),
    ("a year and a day of it", "1937", "27 May 1937", True),
    ("a month and a day of it", "May 1937", "27 May 1937", True),
    ("a month and a day of another", "June 1937", "27 May 1937", False),
    ("two days", "27 May 1937", "28 May 1937", False),
    ("a year and another", "1937", "1938", False),
    ("a decade and a year of it", "the 1930s", "1937", False),
    ("a decade and itself", "the 1930s", "the '30s", True),
    ("a day of any year, and the day in one", "27 May", "27 May 1937", True),
    ("a day of any year, and another", "27 May", "28 May 1937", False),
    ("a day of any year, and a month", "27 May", "May 1937", False),
    ("two days of any year", "27 May", "May 27", True),
    ("29 February of any year", "29 February", "29 February 2020", True),
    ("names of figures in any case", "F-16", "f-16".upper(), True),
    ("other names", "F-16", "F-18", False),
    ("shares and percentages", "one half", "50%", True),
    ("percentages and percentage points", "5%", "5 percentage points", False),
    ("times of day", "5:30 pm", "17:30", True),
]


@pytest.mark.parametrize(("rule", "one", "other", "same"), SAME)
def test_the_same(rule: str, one: str, other: str, same: bool) -> None:
    a, b = read(one), read(other)
    assert a.same(b) is same, rule
    assert b.same(a) is same, rule
    assert a.same(a)


def test_how_near_a_converted_value_must_be_can_be_chosen() -> None:
    feet, metres = read("4,200 feet"), read("1,281 metres")
    assert feet.same(metres)
    assert not feet.same(metres, tolerance=1e-5)
    assert read("4,200 to 4,300 feet").same(read("1,281 to 1,311 m"), tolerance=0.01)
    assert not read("4,200 to 4,300 feet").same(read("1,281 to 1,311 m"), tolerance=1e-5)


@pytest.mark.parametrize(
    ("rule", "one", "other", "consistent"),
    [
        ("the same", "5 km", "5 km", True),
        ("a year in its decade", "1937", "the 1930s", True),
        ("a year outside", "1940", "the 1930s", False),
        ("a year before", "1929", "the 1930s", False),
        ("a year in its century", "1937", "the 20th century", True),
        ("an end in its range", "3 km", "3 to 5 km", True),
        ("what lies in a range", "4 km", "3 to 5 km", True),
        ("what lies beyond it", "6 km", "3 to 5 km", False),
        ("in other units, nearly", "5,050 m", "3 to 5 km", True),
        ("in the same unit, nearly", "5.05 km", "3 to 5 km", False),
        ("ranges that overlap", "3 to 5 km", "4 to 6 km", True),
        ("another dimension", "4 kg", "3 to 5 km", False),
        ("names of figures", "F-16", "F-18", False),
        ("a day of any year, and a year", "27 May", "1937", False),
        ("BC and its century", "150 BC", "2nd century BC", True),
        ("BC and the century after Christ", "150 BC", "2nd century", False),
    ],
)
def test_both_can_be_true(rule: str, one: str, other: str, consistent: bool) -> None:
    a, b = read(one), read(other)
    assert a.consistent(b) is consistent, rule
    assert b.consistent(a) is consistent, rule


@pytest.mark.parametrize(
    ("whole", "part", "holds"),
    [
        ("the 1930s", "1937", True),
        ("the 1930s", "27 May 1937", True),
        ("the 1930s", "1930", True),
        ("the 1930s", "1939", True),
        ("the 1930s", "1940", False),
        ("1937", "the 1930s", False),
        ("3 to 5 km", "4 km", True),
        ("3 to 5 km", "3 km", True),
        ("3 to 5 km", "5 km", True),
        ("3 to 5 km", "2.9 km", False),
        ("3 to 5 km", "4 kg", False),
        ("3 to 5 km", "4 to 6 km", False),
        ("1937", "27 May", False),
    ],
)
def test_what_one_leaves_open_may_hold_the_other(whole: str, part: str, holds: bool) -> None:
    assert read(whole).holds(read(part)) is holds


def test_a_number_is_as_it_is_written() -> None:
    assert read("2½ miles").number == 2.5
    assert read("4,200 feet").value == pytest.approx(1280.16)
