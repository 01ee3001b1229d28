"""Units are converted exactly, and only within one dimension."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.language.quantities.conversion import convert, dimension, ratio, to_base
from clearspan.language.quantities.unit_table import UNITS

DIMENSIONS = {unit.name: dimension(unit.name) for unit in UNITS}


@pytest.mark.parametrize(
    "units",
    [
        ("watt", "horsepower", "joule/second", "kilowatt_hour/year"),
        ("megabit/second", "megabyte/second", "byte/second", "gigabyte/hour"),
        ("joule", "kilowatt_hour", "calorie", "newton*meter"),
        ("newton", "kilonewton"),
        ("meter/second", "knot", "mile/hour"),
    ],
)
def test_what_converts_has_one_dimension_however_it_is_made(units: tuple[str, ...]) -> None:
    assert len({dimension(unit) for unit in units}) == 1


def test_below_absolute_zero_there_is_no_temperature() -> None:
    with pytest.raises(BadInput, match="no such temperature"):
        convert(Fraction(-300), "degC", "degF")


@given(st.fractions(min_value=-(10**6), max_value=10**6), st.sampled_from(sorted(DIMENSIONS)), st.data())
def test_there_and_back_is_the_same(value: Fraction, unit: str, data: st.DataObject) -> None:
    value = abs(value) if DIMENSIONS[unit] == "[temperature]" else value
    target = data.draw(st.sampled_from([name for name, of in DIMENSIONS.items() if of == DIMENSIONS[unit]]))
    assert convert(convert(value, unit, target), target, unit) == value


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        ("4200", "foot", "meter", "1280.16"),
        ("1", "mile", "kilometer", "1.609344"),
        ("100", "degC", "degF", "212"),
        ("-40", "degF", "degC", "-40"),
        ("98.6", "degF", "degC", "37"),
        ("0", "degC", "kelvin", "273.15"),
        ("1", "pound", "gram", "453.59237"),
        ("2", "hour", "minute", "120"),
        ("1", "gallon", "liter", "3.785411784"),
        ("1", "imperial_gallon", "liter", "4.54609"),
        ("1", "acre", "meter**2", "4046.8564224"),
        ("1", "furlong", "meter", "201.168"),
        ("1", "fathom", "meter", "1.8288"),
        ("1", "long_ton", "kilogram", "1016.0469088"),
        ("1", "kilometer", "kilometer", "1"),
        ("2/3", "dimensionless", "percent", "200/3"),
        ("5", "permille", "percent", "0.5"),
        ("1", "byte", "bit", "8"),
        ("3", "decibel", "decibel", "3"),
        ("4", "percentage_point", "percentage_point", "4"),
    ],
)
def test_known_conversions(value: str, unit: str, target: str, expected: str) -> None:
    assert convert(Fraction(value), unit, target) == Fraction(expected)


def test_rates_convert_to_as_many_digits_as_are_shown() -> None:
    assert float(convert(Fraction(60), "mile/hour", "kilometer/hour")) == pytest.approx(96.56064, rel=1e-15)
    assert float(convert(Fraction(1), "kilogram/liter", "gram/centimeter**3")) == pytest.approx(1, rel=1e-15)


def test_other_dimensions_are_refused_with_both_named() -> None:
    with pytest.raises(BadInput) as caught:
        convert(Fraction(5), "meter**2", "kilogram")
    assert caught.value.what == "Square metres cannot be converted to kilograms."
    assert caught.value.why == "The first measures length^2, the second mass."
    assert caught.value.do == "Ask for a unit of the same kind."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("degree", "percent"),
        ("degree", "byte"),
        ("byte", "percent"),
        ("decibel", "percent"),
        ("percent", "percentage_point"),
        ("megabit/second", "hertz"),
        ("byte/second", "hertz"),
    ],
)
def test_what_pint_calls_dimensionless_is_told_apart(one: str, other: str) -> None:
    assert dimension(one) != dimension(other)


def test_base_values_compare_across_units() -> None:
    assert to_base(Fraction(1), "foot") == 0.3048
    assert to_base(Fraction(0), "degC") == 273.15
    assert to_base(Fraction(32), "degF") == 273.15
    assert to_base(Fraction(15), "percent") == 15.0
    assert to_base(Fraction(70), "decibel") == 70.0
    assert ratio("inch", "foot") == Fraction(1, 12)


def test_every_unit_has_the_size_that_pint_gives_it() -> None:
    make: Any = pint.UnitRegistry
    registry = make(non_int_type=Decimal, on_redefinition="ignore")
    # pint's own are those of the old American survey foot, which differ in the sixth digit.
    for definition in ("acre = 4840 * yard ** 2", "furlong = 220 * yard", "fathom = 2 * yard"):
        registry.define(definition)
    own = {"degC", "degF", "decibel", "percentage_point"}
    for unit in (row.name for row in UNITS if row.name not in own):
        one = registry.Quantity(Decimal(1), unit)
        base = one.to("percent") if dimension(unit) == "percent" else one.to_base_units()
        assert to_base(Fraction(1), unit) == pytest.approx(float(base.magnitude), rel=1e-15), unit
