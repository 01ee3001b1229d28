"""Numbers as people read them, checks on what people give, and estimates with their intervals."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import PlainSerializer, TypeAdapter

from clearspan.errors import BadInput

Array = NDArray[np.float64]

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def finite(value: float | None) -> float | None:
    """`value`, or None where JSON has no word for it."""
    return None if value is None or not math.isfinite(value) else float(value)


def _all_finite(values: Iterable[float]) -> list[float | None]:
    return [finite(value) for value in values]


Number = Annotated[float, PlainSerializer(finite, return_type=float | None)]
"""A number that is null in JSON where it is not finite."""

Numbers = Annotated[Sequence[float], PlainSerializer(_all_finite, return_type=list[float | None])]
"""Several of them."""


def for_json(value: object) -> Any:
    """A dataclass as what JSON can hold, field by field; numbers that are not finite become None."""
    return TypeAdapter[Any](type(value)).dump_python(value, mode="json")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with the interval it is known to, or with a statement of how it was counted.

    Attributes:
        value: the point estimate.
        unit: its unit; empty for pure numbers.
        low: lower end of the 95 % interval; None where nothing supports an interval.
        high: upper end of the 95 % interval.
        how: where the interval comes from, or how the value was counted.
    """

    value: Number
    unit: str = ""
    low: Number | None = None
    high: Number | None = None
    how: str = ""

    def __str__(self) -> str:
        text = f"{short(self.value)}{_unit(self.unit)}"
        if self.low is None or self.high is None:
            return text
        low, high = short(self.low), short(self.high)
        return text if low == high else f"{text} [{low} to {high}]"


def estimate(value: float, draws: Sequence[float] | Array, unit: str, how: str) -> Estimate:
    """An estimate whose 95 % interval is the 2.5th to the 97.5th percentile of `draws`.

    Draws that are not finite (a drawn law that cannot reach the loss asked for) are left out and counted in
    `how`; with more than half of them left out there is no interval.
    """
    array = np.asarray(draws, dtype=np.float64)
    usable = array[np.isfinite(array)]
    lost = len(array) - len(usable)
    if len(usable) < max(20, len(array) // 2):
        reason = "no draws of the constants" if not len(array) else f"{lost} of {len(array)} draws cannot"
        return Estimate(value, unit, how=f"no interval: {reason}")
    low, high = np.percentile(usable, [2.5, 97.5])
    note = f"{how}; {lost} of {len(array)} draws cannot reach it" if lost else how
    return Estimate(value, unit, float(low), float(high), note)


def positive(name: str, value: float) -> float:
    """`value`, if it is a positive finite number.

    Raises:
        BadInput: it is zero, negative, NaN or infinite.
    """
    if not math.isfinite(value) or value <= 0:
        raise BadInput(
            f"{name} must be a positive number, not {short(value)}.",
            do="Give it in plain units, such as 13e9 for thirteen billion.",
        )
    return float(value)


def share(name: str, value: float) -> float:
    """`value`, if it is between 0 and 1.

    Raises:
        BadInput: it is outside, or NaN.
    """
    if not 0 <= value <= 1:
        raise BadInput(
            f"{name} must be between 0 and 1, not {short(value)}.", do="Give a share: 0.71 for 71 %."
        )
    return float(value)


def short(value: float, digits: int = 3) -> str:
    """A number as people write it: significant digits with a letter up to trillions, powers of ten beyond.

    >>> short(6.97e9), short(6.58e17), short(5.76e23), short(1e22), short(0.0012), short(12345.6, 6)
    ('6.97B', '6.58e17', '5.76e23', '1e22', '0.0012', '12.3456k')
    """
    if not math.isfinite(value):
        return str(value)
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)
    if exponent >= 15 or exponent < -4:
        return f"{float(mantissa):.{digits}g}e{exponent}"
    rounded = float(f"{mantissa}e{exponent}")
    for scale, letter in _SCALES:
        if abs(rounded) >= scale:
            return f"{rounded / scale:.{digits}g}{letter}"
    return f"{rounded:.{max(digits, 3)}g}"


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""
