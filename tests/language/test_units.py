"""Units are read as people write them, and converted exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.language.units import UNITS, convert, dimension, known_unit, spelled, to_base

LENGTHS = sorted({unit for unit in UNITS.values() if dimension(unit) == "[length]"})


@given(
    st.decimals(min_value="0.001", max_value=10**6, places=3),
    st.sampled_from(LENGTHS),
    st.sampled_from(LENGTHS),
)
def test_there_and_back_is_the_same(value: Decimal, unit: str, target: str) -> None:
    back = convert(convert(value, unit, target), target, unit)
    assert abs(back - value) <= abs(value) * Decimal("1e-18")


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        ("4200", "foot", "meter", "1280.16"),
        ("1", "mile", "kilometer", "1.609344"),
        ("100", "degC", "degF", "212"),
        ("-40", "degF", "degC", "-40"),
        ("1", "pound", "gram", "453.59237"),
        ("2", "hour", "minute", "120"),
    ],
)
def test_known_conversions(value: str, unit: str, target: str, expected: str) -> None:
    assert convert(Decimal(value), unit, target).quantize(Decimal("1e-9")) == Decimal(expected)


def test_other_dimensions_are_refused_with_both_named() -> None:
    with pytest.raises(BadInput, match="length") as caught:
        convert(Decimal(5), "meter", "kilogram")
    assert "mass" in str(caught.value)


def test_every_spelling_is_a_unit_that_pint_knows() -> None:
    for spelling, unit in UNITS.items():
        assert known_unit(spelling.replace("_", " ")) == unit or "_" in spelling
        assert dimension(unit)
        assert spelled(unit, Decimal(2))


def test_words_that_are_no_units_are_not_read_as_units() -> None:
    assert known_unit("as") is None
    assert known_unit("in") is None
    assert known_unit("bridges") is None


def test_base_values_compare_across_units() -> None:
    assert to_base(1.0, "foot") == pytest.approx(0.3048)
    assert to_base(0.0, "degC") == pytest.approx(273.15)
