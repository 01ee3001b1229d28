"""Numbers in figures: thousands signs and decimal signs of every kind, exponents, fractions, and what is no number."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities.numerals import GREATEST, SIGNS, Number, figures, figures_end, plain

THIN, HARD = "\u202f", "\u00a0"


def read(text: str, position: int) -> Number:
    number = figures(text, position)
    assert number is not None
    return number


@pytest.mark.parametrize(
    ("text", "value", "read"),
    [
        ("12", "12", "12"),
        ("0", "0", "0"),
        ("0.5", "1/2", "0.5"),
        (".75 in", "3/4", ".75"),
        ("12.", "12", "12"),
        ("12,", "12", "12"),
        ("1,234.5", "1234.5", "1,234.5"),
        ("1,234,567", "1234567", "1,234,567"),
        ("1,234,567.89", "1234567.89", "1,234,567.89"),
        ("12,34,567", "1234567", "12,34,567"),
        ("2,5 kg", "2.5", "2,5"),
        ("0,75 l", "0.75", "0,75"),
        ("0,750 l", "0.75", "0,750"),
        ("12,5", "12.5", "12,5"),
        ("3,1416", "3.1416", "3,1416"),
        ("1.234,5 kg", "1234.5", "1.234,5"),
        ("1.234.567", "1234567", "1.234.567"),
        ("1.234.567,8", "1234567.8", "1.234.567,8"),
        ("1,234.567", "1234.567", "1,234.567"),
        ("1.234,567", "1234.567", "1.234,567"),
        ("1234,567", "1234.567", "1234,567"),
        (f"1{THIN}234,5", "1234.5", f"1{THIN}234,5"),
        (f"1{HARD}234{HARD}567", "1234567", f"1{HARD}234{HARD}567"),
        ("1\u2009234.5", "1234.5", "1\u2009234.5"),
        ("1'234'567.5", "1234567.5", "1'234'567.5"),
        ("1’234", "1234", "1’234"),
        (f"2019{HARD}5", "2019", "2019"),
        ("5'11", "5", "5"),
        ("1 234", "1234", "1 234"),
        ("1,2,3", "1", "1"),
        ("1937,1938", "1937", "1937"),
        ("1937,1938,1939", "1937", "1937"),
        ("3.5,4.5", "3.5", "3.5"),
        ("1e6", "1000000", "1e6"),
        ("5E-3", "0.005", "5E-3"),
        ("1e+3", "1000", "1e+3"),
        ("1e−3", "0.001", "1e−3"),
        ("1e6x", "1", "1"),
        ("10⁶", "1000000", "10⁶"),
        ("10⁻³ m", "0.001", "10⁻³"),
        ("10^6", "1000000", "10^6"),
        ("10**6", "1000000", "10**6"),
        ("10^-2", "0.01", "10^-2"),
        ("10^1234", "10", "10"),
        ("6.02 × 10²³", "602000000000000000000000", "6.02 × 10²³"),
        ("5 x 10^3", "5000", "5 x 10^3"),
        ("5·10^3", "5000", "5·10^3"),
        ("5*10**3", "5000", "5*10**3"),
        ("2²", "2", "2"),
        ("2^10", "2", "2"),
        ("2½ miles", "5/2", "2½"),
        ("2 ½", "5/2", "2 ½"),
        ("2 1/2 cups", "5/2", "2 1/2"),
        ("2 3⁄4", "11/4", "2 3⁄4"),
        ("2.5 1/2", "2.5", "2.5"),
        ("2 1/7", "2", "2"),
        ("24/7", "24", "24"),
        ("5/4", "5", "5"),
        ("1/7", "1", "1"),
        ("0/2", "0", "0"),
        ("1/2/3", "1", "1"),
        ("1/2.5", "1", "1"),
        ("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890",
         "1234567890123456789012345678901234567890"),
    ],
)  # fmt: skip
def test_figures(text: str, value: str, read: str) -> None:
    number = figures(text, 0)
    assert number is not None
    assert (number.value, text[: number.end], number.kind) == (Fraction(value), read, "figures")


@pytest.mark.parametrize(
    ("text", "value", "read", "kind"),
    [
        ("½ mile", "1/2", "½", "share"),
        ("⅓", "1/3", "⅓", "share"),
        ("⅞", "7/8", "⅞", "share"),
        ("1⁄2", "1/2", "1⁄2", "share"),
        ("1/2 cup", "1/2", "1/2", "slash"),
        ("15/16 inch", "15/16", "15/16", "slash"),
        ("31/32", "31/32", "31/32", "slash"),
        ("3/10", "3/10", "3/10", "slash"),
        ("007", "0", "007", "code"),
        ("0800", "0", "0800", "code"),
        ("1.2.3", "0", "1.2.3", "code"),
        ("192.168.1.1", "0", "192.168.1.1", "code"),
    ],
)
def test_fractions_and_codes(text: str, value: str, read: str, kind: str) -> None:
    number = figures(text, 0)
    assert number is not None
    assert (number.value, text[: number.end], number.kind) == (Fraction(value), read, kind)


@pytest.mark.parametrize(
    "text",
    ["1,234,5", "1.2,3,4", "1,23456,7", "1" * 41, "1e101", "1e-101", "1e999", "x", "..5", ".5.5", ".5,5"],
)
def test_what_cannot_be_read_is_not_guessed(text: str) -> None:
    assert figures(text, 0) is None


def test_the_greatest_and_the_least() -> None:
    most, least = figures("1e100", 0), figures("1e-100", 0)
    assert most is not None
    assert least is not None
    assert most.value == GREATEST == 1 / least.value
    nothing = figures("0e-200", 0)
    assert nothing is not None
    assert nothing.value == 0


@pytest.mark.parametrize(
    ("text", "value", "doubt"),
    [
        ("1,234", "1234", "1,234 is read as 1234; with a decimal comma it would be 1.234"),
        ("1.234", "1.234", "1.234 is read as 1.234; with a point for thousands it would be 1234"),
        ("12,500 kg", "12500", "12,500 is read as 12500; with a decimal comma it would be 12.5"),
        ("1,234 and 2,5", "1.234", "1,234 is read as 1.234; with a comma for thousands it would be 1234"),
        ("1.234 and 2,5", "1234", "1.234 is read as 1234; with a decimal point it would be 1.234"),
        ("1,234 or 1.234,5", "1.234", "1,234 is read as 1.234; with a comma for thousands it would be 1234"),
        ("1,234 and 2,5 and 2.5", "1234", "1,234 is read as 1234; with a decimal comma it would be 1.234"),
        ("1,234 and 0.5", "1234", "1,234 is read as 1234; with a decimal comma it would be 1.234"),
        ("1,234.5", "1234.5", ""),
        ("1.234,5", "1234.5", ""),
        ("0.234", "0.234", ""),
        ("1234.567", "1234.567", ""),
        ("1.2345", "1.2345", ""),
    ],
)
def test_what_may_be_read_in_two_ways_says_so(text: str, value: str, doubt: str) -> None:
    number = figures(text, 0)
    assert number is not None
    assert (number.value, number.doubt) == (Fraction(value), doubt)


def test_after_the_first_of_a_list_no_comma_is_decimal() -> None:
    text = "1,2,5"
    assert [read(text, at).value for at in (0, 2, 4)] == [1, 2, 5]
    assert read("a, 2,5", 3).value == Fraction(5, 2)


def test_a_power_of_ten_counts_as_a_scale() -> None:
    assert read("2 × 10^6", 0).scaled
    assert read("10⁶", 0).scaled
    assert not read("2000000", 0).scaled


@pytest.mark.parametrize(("text", "end"), [("12,345.6 km", 8), ("12, 3", 2), ("x", 1), ("1'2", 3)])
def test_where_figures_end(text: str, end: int) -> None:
    assert figures_end(text, 0) == end


def test_plain() -> None:
    assert [plain(Fraction(each)) for each in ("1234", "1.25", "-3")] == ["1234", "1.25", "-3"]


def test_every_sign_is_its_fraction() -> None:
    values = [read(sign, 0).value for sign in SIGNS]
    assert list(map(str, values)) == ("1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/6 5/6 1/8 3/8 5/8 7/8".split())


def written(value: int, thousands: str) -> str:
    return f"{value:,}".replace(",", thousands)


@given(
    st.integers(min_value=0, max_value=10**15), st.integers(min_value=0, max_value=99), st.sampled_from(",.")
)
def test_decimals_read_back_in_both_locales(value: int, decimals: int, thousands: str) -> None:
    sign = "." if thousands == "," else ","
    number = figures(f"{written(value, thousands)}{sign}{decimals:02}", 0)
    assert number is not None
    assert number.value == value + Fraction(decimals, 100)


@given(
    st.integers(min_value=10**6, max_value=10**15),
    st.sampled_from([",", ".", THIN, HARD, "\u2009", "'", "’"]),
)
def test_thousands_read_back(value: int, thousands: str) -> None:
    text = written(value, thousands)
    number = figures(text, 0)
    assert number is not None
    assert (number.value, number.end, number.doubt) == (value, len(text), "")


@given(st.integers(min_value=1, max_value=999), st.integers(min_value=-50, max_value=50))
def test_exponents_read_back(value: int, power: int) -> None:
    expected = value * Fraction(10) ** power
    for text in (f"{value}e{power}", f"{value} × 10^{power}", f"{value}*10**{power}"):
        assert read(text, 0).value == expected


@given(st.text(alphabet="0123456789.,'’ eE^*×x·⁰¹²½/⁄-−" + THIN, min_size=1, max_size=24))
def test_any_run_of_signs_is_read_or_left(text: str) -> None:
    for at, sign in enumerate(text):
        if sign.isdecimal() or sign in SIGNS or sign == ".":
            number = figures(text, at)
            assert number is None or at < number.end <= len(text)
