"""Units changed into one another, by pint, exactly."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from clearspan.errors import BadInput
from clearspan.language.quantities.unit_table import named

_SCALES = {
    "degC": (Fraction(1), Fraction("273.15")),
    "degF": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
    "decibel": (Fraction(1), Fraction(0)),
    "percentage_point": (Fraction(1), Fraction(0)),
}
"""Factor and offset of units with another zero, and of those that pint lacks or understands as something else."""

_COUNTED = re.compile(r"(?:(?<=/)|^)(\d+)\*")
"""The number in what a rate is for each of: 'kilocalorie/100*gram'."""

# pint's own are those of the old American survey foot, which differ in the sixth digit.
_DEFINITIONS = (
    "acre = 4840 * yard ** 2",
    "furlong = 220 * yard",
    "fathom = 2 * yard",
)


@cache
def _registry() -> Any:
    import pint

    # pint's annotation names float alone; Decimal is documented and keeps conversions exact.
    make: Any = pint.UnitRegistry
    registry = make(non_int_type=Decimal, on_redefinition="ignore")
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@cache
def dimension(unit: str) -> str:
    """The dimension of a unit, e.g. `[length]`; units with equal dimensions convert into one another."""
    unit = _COUNTED.sub("", unit)
    row = named(unit)
    if row.dimension:
        return row.dimension
    above, _, below = unit.rpartition("/")
    composed = above and not (row.signs or row.spellings)
    if composed and (named(below).dimension or (above != "1" and named(above).dimension)):
        return f"{dimension(above) if above != '1' else '1'} / {dimension(below)}"
    # pint keeps the order in which a unit was made of others: of watts and of horsepower it is another one.
    powers = sorted(_registry().Unit(unit).dimensionality.items())
    over = " * ".join(_power(name, exponent) for name, exponent in powers if exponent > 0) or "1"
    return " / ".join((over, *(_power(name, -exponent) for name, exponent in powers if exponent < 0)))


def convert(value: Fraction, unit: str, target: str) -> Fraction:
    """A value in another unit of the same dimension.

    Raises:
        BadInput: the dimensions differ, or a temperature lies below absolute zero; says so.
    """
    if dimension(unit) != dimension(target):
        raise BadInput(
            f"{_capital(named(unit).many)} cannot be converted to {named(target).many}.",
            why=f"The first measures {_plain(dimension(unit))}, the second {_plain(dimension(target))}.",
            do="Ask for a unit of the same kind.",
        )
    (factor, offset), (other, shift) = _scale(unit), _scale(target)
    if dimension(unit) == "[temperature]" and value * factor + offset < 0:
        raise BadInput(
            "There is no such temperature.",
            why="It lies below absolute zero, −273.15 °C.",
            do="Check its sign.",
        )
    return (value * factor + offset - shift) / other


def to_base(value: Fraction, unit: str) -> float:
    """A value in the base unit of its dimension (metres, kilograms, seconds, kelvins, percent …), for comparing."""
    factor, offset = _scale(unit)
    return float(value * factor + offset)


def ratio(unit: str, target: str) -> Fraction:
    """How many of the target one of a unit is; both of one dimension, and neither a scale of temperature."""
    return _scale(unit)[0] / _scale(target)[0]


@cache
def _scale(unit: str) -> tuple[Fraction, Fraction]:
    """Factor and offset to the base unit: every unit here is a straight line in its base."""
    if unit in _SCALES:
        return _SCALES[unit]
    if count := _COUNTED.search(unit):
        factor, offset = _scale(_COUNTED.sub("", unit))
        return factor / int(count[1]), offset
    one = _registry().Quantity(Decimal(1), unit)
    base = one.to("percent") if dimension(unit) == "percent" else one.to_base_units()
    # The last of pint's 28 digits may be off by one: a litre would be 0.0009999….
    return Fraction(f"{base.magnitude:.24g}"), Fraction(0)


def _power(name: str, exponent: Any) -> str:
    return name if exponent == 1 else f"{name} ** {float(exponent):g}"


def _plain(dimensionality: str) -> str:
    return dimensionality.replace("[", "").replace("]", "").replace(" ** ", "^")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
