"""Units changed into one another, exactly.

The factors are those of `unit_scales.txt`: of each row of the table of units its size in the base unit of its
dimension, and the powers of base dimensions that it is made of, as pint 0.25 has them. pint itself takes longer to be
ready than a question takes to be answered; a test holds the file against it.
"""

import re
from fractions import Fraction
from functools import cache
from importlib.resources import files

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


@cache
def _table() -> dict[str, tuple[str, dict[str, int]]]:
    """Of each unit its factor and its powers of base dimensions."""
    text = (files("clearspan.language.quantities") / "unit_scales.txt").read_text("utf-8")
    rows: dict[str, tuple[str, dict[str, int]]] = {}
    for line in text.splitlines():
        name, factor, powers = (cell.strip() for cell in line.split("|"))
        each = (power.rpartition("]") for power in powers.split())
        rows[name] = factor, {f"{base}]": int(exponent) for base, _, exponent in each}
    return rows


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
    powers = sorted(_powers(unit).items())
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
    if unit in _table():
        return Fraction(_table()[unit][0]), Fraction(0)
    above, below = _rate(unit)
    upper = _scale(above)[0] if above != "1" else Fraction(1)
    return upper / _scale(below)[0], Fraction(0)


def _powers(unit: str) -> dict[str, int]:
    """The exponents of the base dimensions, none of them 0."""
    if unit in _table():
        return _table()[unit][1]
    above, below = _rate(unit)
    powers = dict(_powers(above)) if above != "1" else {}
    for base, exponent in _powers(below).items():
        powers[base] = powers.get(base, 0) - exponent
    return {base: exponent for base, exponent in powers.items() if exponent}


def _rate(unit: str) -> tuple[str, str]:
    """What stands above and below the line of a unit that is no row of the table.

    Raises:
        KeyError: it is none at all.
    """
    above, over, below = unit.rpartition("/")
    if not over:
        raise KeyError(unit)
    return above, below


def _power(name: str, exponent: int) -> str:
    return name if exponent == 1 else f"{name} ** {exponent}"


def _plain(dimensionality: str) -> str:
    return dimensionality.replace("[", "").replace("]", "").replace(" ** ", "^")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
