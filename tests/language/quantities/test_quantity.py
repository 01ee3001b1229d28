"""When two quantities say the same, when both can be true, and when the one leaves the other open."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities import Quantity, quantities


def one(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("4,200 feet", "1,280 metres"),
        ("4,200 feet", "4200 ft"),
        ("1,000 metres", "1.019 km"),
        ("35 °C", "95 °F"),
        ("two thirds", "66.67%"),
        ("two thirds", "two-thirds"),
        ("5‰", "0.5%"),
        ("£4", "4 pounds sterling"),
        ("£4 an hour", "£4"),
        ("£4 an hour", "£4 per hour"),
        ("1937", "27 May 1937"),
        ("May 1937", "27 May 1937"),
        ("May 1937", "1937"),
        ("27 May 1937", "1937-05-27"),
        ("27 May", "27 May 1937"),
        ("27 May", "May 27"),
        ("the 1990s", "1990s"),
        ("the 19th century", "the nineteenth century"),
        ("44 BC", "44 BCE"),
        ("29 February", "29 February 2020"),
        ("one half", "50%"),
        ("9am", "09:00"),
        ("10–12 kg", "10 to 12 kg"),
        ("10–12 kg", "10,000 to 12,000 g"),
        ("between 1884 and 1888", "1884-88"),
        ("5G", "5g"),
        ("3rd", "3rd"),
        ("twelve", "12"),
        ("10 gallons", "37.85 litres"),
        ("10 gallons", "45.46 litres"),
        ("10 US gallons", "37.85 litres"),
        ("746 W", "1 hp"),
        ("100 MB/s", "800 Mbps"),
        ("20 °C", "68 °F"),
        ("2 500 km", "2,500 km"),
        ("$5 trn", "$5 trillion"),
        ("CAD $5", "C$5"),
    ],
)
def test_the_same(text: str, other: str) -> None:
    assert one(text).same(one(other))
    assert one(other).same(one(text))
    assert one(text).consistent(one(other))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("4,200 feet", "4,201 feet"),
        ("1,000 metres", "1.021 km"),
        ("4,200 feet", "4,200 kg"),
        ("35 °C", "35 °F"),
        ("5%", "5 percentage points"),
        ("£4", "$4"),
        ("£4", "£4.01"),
        ("£4 an hour", "£4 a day"),
        ("1937", "1938"),
        ("27 May 1937", "28 May 1937"),
        ("May 1937", "June 1937"),
        ("May 1937", "May 1938"),
        ("27 May", "28 May 1937"),
        ("the 1990s", "the 1980s"),
        ("the 1900s", "the 1800s"),
        ("10–12 kg", "10–13 kg"),
        ("10–12 kg", "9–12 kg"),
        ("10–12 kg", "9 kg"),
        ("10am to 4pm", "10am to 7pm"),
        ("5G", "4G"),
        ("3rd", "4th"),
        ("3rd", "3"),
        ("150 BC", "2nd century"),
        ("27 May", "May 1937"),
        ("3 to 5 km", "4 to 6 km"),
        ("F-16", "F-18"),
        ("10 US gallons", "45.46 litres"),
        ("5 mJ", "5 MJ"),
        ("50 Nm", "50 nm"),
        ("10 kN", "10 knots"),
        ("5 MBps", "5 Mbps"),
        ("0 °C", "40 °F"),
        ("2 500 km", "500 km"),
        ("NT$5", "$5"),
        ("MX$5", "$5"),
        ("5 mg/dl", "5 mg"),
        ("10 imperial gallons", "37.85 litres"),
    ],
)
def test_not_even_consistent(text: str, other: str) -> None:
    for a, b in ((one(text), one(other)), (one(other), one(text))):
        assert not a.same(b)
        assert not a.consistent(b)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("the 1990s", "1994"),
        ("the 1990s", "27 May 1999"),
        ("the 20th century", "the 1990s"),
        ("the 20th century", "1901"),
        ("£3.20 to £4", "£4"),
        ("£3.20 to £4", "£3.20"),
        ("between 3 and 5 km", "4 km"),
        ("between 3 and 5 km", "4,000 m"),
        ("1884–1888", "1886"),
        ("9am–5:30pm", "noon"),
        ("2nd century BC", "150 BC"),
    ],
)
def test_what_is_open_is_consistent_with_what_it_holds_but_not_the_same(wide: str, narrow: str) -> None:
    whole, part = one(wide), one(narrow)
    assert not whole.same(part)
    assert not part.same(whole)
    assert whole.consistent(part)
    assert part.consistent(whole)
    assert whole.holds(part)
    assert not part.holds(whole)


@pytest.mark.parametrize(
    ("wide", "beyond"),
    [
        ("the 1990s", "1989"),
        ("the 1990s", "2000"),
        ("between 3 and 5 km", "6 km"),
        ("between 3 and 5 km", "2,000 m"),
        ("between 3 and 5 km", "4 kg"),
        ("1884–1888", "1889"),
        ("the 1990s", "27 May"),
    ],
)
def test_what_lies_beyond_is_neither_consistent_nor_held(wide: str, beyond: str) -> None:
    assert not one(wide).consistent(one(beyond))
    assert not one(beyond).consistent(one(wide))
    assert not one(wide).holds(one(beyond))


def test_an_end_in_another_unit_may_be_rounded() -> None:
    assert one("3 to 5 km").consistent(one("3.1 miles"))
    assert not one("3 to 5 km").consistent(one("3.2 miles"))
    assert one("3 to 5 km").consistent(one("16,800 feet"), tolerance=0.03)
    assert not one("£3 to £4").consistent(one("£4.01 an hour"))


def test_a_tolerance_is_of_the_larger_value() -> None:
    assert one("100 m").same(one("0.102 km"))
    assert not one("100 m").same(one("0.1021 km"))
    assert one("100 m").same(one("0.11 km"), tolerance=0.1)
    assert one("4,200 to 4,300 feet").same(one("1,281 to 1,311 m"))
    assert not one("4,200 to 4,300 feet").same(one("1,281 to 1,311 m"), tolerance=1e-5)


def test_the_number_is_as_written() -> None:
    assert one("two thirds of a mile").number == 2 / 3
    assert one("4,200 feet").exact == Fraction(4200)
    assert one("27 May 1937").exact == Fraction(1937)
    assert one("27 May").exact == Fraction(0)


TEXTS = (
    "4,200 feet", "1,280 m", "5%", "two thirds", "£4", "£4 an hour", "$4", "1937", "May 1937", "27 May 1937", "27 May",
    "the 1990s", "the 19th century", "9am", "9am to 5pm", "3 to 5 km", "5G", "3rd", "12", "5 pp", "10 pints", "−5 °C",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_everything_is_the_same_as_itself(text: str) -> None:
    assert one(text).same(one(text))
    assert one(text).consistent(one(text))


@given(st.sampled_from(list(combinations(TEXTS, 2))))
def test_both_are_symmetric(pair: tuple[str, str]) -> None:
    a, b = map(one, pair)
    assert a.same(b) == b.same(a)
    assert a.consistent(b) == b.consistent(a)
    assert not a.same(b) or a.consistent(b)
