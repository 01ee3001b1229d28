"""Cells as values: what is a number, money, a percentage, a date, a rank; and what is only text."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.overview.answering.tables.values import (
    CellKind,
    cell_value,
    told_scale,
    without_footnote,
)


@pytest.mark.parametrize(
    ("text", "kind", "exact"),
    [
        ("1,234", "number", Fraction(1234)),
        ("76", "number", Fraction(76)),
        ("-5", "number", Fraction(-5)),
        ("(92)", "number", Fraction(-92)),
        ("$ 60.3", "money", Fraction("60.3")),
        ("$(7,125)", "money", Fraction(-7125)),
        ("$ (1,212)", "money", Fraction(-1212)),
        ("45.2%", "percent", Fraction("45.2")),
        ("(1.6)%", "percent", Fraction("-1.6")),
        ("(45.2%)", "percent", Fraction("-45.2")),
        ("1,263 [1]", "number", Fraction(1263)),
        ("608.7 km²", "number", Fraction("608.7")),
        ("12 (4)", "number", Fraction(12)),
        ("T–2nd", "rank", Fraction(2)),
        ("1:39:50.252", "duration", Fraction("5990.252")),
        ("3.2 million", "number", Fraction("3.2")),
        ("Nelson", "text", None),
        ("—", "empty", None),
        ("n/a", "empty", None),
        ("", "empty", None),
    ],
)
def test_kinds_and_values(text: str, kind: CellKind, exact: Fraction | None) -> None:
    value = cell_value(text)
    assert (value.kind, value.exact) == (kind, exact)


@pytest.mark.parametrize(
    ("text", "precision", "year"),
    [
        ("2014", "year", 2014),
        ("FY 2018", "year", 2018),
        ("16 Feb 2003", "day", 2003),
        ("1972–1975", "year", 1972),
    ],
)
def test_dates(text: str, precision: str, year: int) -> None:
    value = cell_value(text)
    assert (value.kind, value.precision, value.year) == ("date", precision, year)


def test_a_scale_in_the_cell_counts_when_values_are_compared() -> None:
    assert cell_value("$1.5 million").amount == 1_500_000
    assert cell_value("$900,000").amount == 900_000
    assert cell_value("Nelson").amount is None


def test_a_value_is_recognised_however_it_is_written() -> None:
    assert cell_value("10,000").keys & cell_value("10000").keys
    assert cell_value("16 Feb 2003").keys >= {"y2003", "m2", "d16"}
    assert not cell_value("1937").keys & cell_value("1938").keys


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("(in thousands)", 1000),
        ("$ millions", 1_000_000),
        ("in billions, except per share", 10**9),
        ("shares", 1),
    ],
)
def test_scales_that_a_header_tells(text: str, scale: int) -> None:
    assert told_scale(text) == scale


def test_footnotes_are_left_off() -> None:
    assert without_footnote("Orca[2]") == "Orca"
    assert without_footnote("Orca †") == "Orca"
    assert without_footnote("[2]") == "[2]"


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12).filter(lambda number: not 1000 <= number < 2200))
def test_whole_numbers_are_read_as_they_are_written(number: int) -> None:
    for text in (str(number), f"{number:,}"):
        assert cell_value(text).exact == number


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_value(text: str) -> None:
    value = cell_value(text)
    assert (value.exact is None) == (value.kind in ("text", "empty"))
