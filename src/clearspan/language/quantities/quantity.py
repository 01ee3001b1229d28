"""One value in a text, and when two of them say the same."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

DATES = ("day", "month", "year")
"""Precisions of dates that agree with one another as far as both are precise, finest first."""

_TEMPERATURE, _KELVINS = "[temperature]", 0.6
# Temperatures are rounded to whole degrees; a share of their kelvins would let 0 °C agree with 40 °F.


@dataclass(frozen=True, slots=True)
class Quantity:
    """One value in a text; `text` is exactly the text from `start` to `end`.

    Attributes:
        value: in base units of its dimension (metres, kilograms, seconds …); for dates the proleptic ordinal of the
            first day that it may mean; for ranges the lower end.
        dimension: `[length]`, `[mass]` …, `money:USD`, `percent`, `percentage points`, `date`, `clock` (minutes after
            midnight), `ordinal` ('3rd'), `designation` (figures that are a name: '5G'), or `count` for a bare number.
        exact: the number as written, without its unit; for dates the year, 0 where none is given.
        unit: the pint unit, empty for counts, dates and money; money for each unit of something ('£3 per hour') has
            `1/hour`.
        precision: for dates `day`, `month`, `year`, `decade`, `century` or `day of year`; else empty.
        span: how far beyond `value` the value may lie: the length of a range, the days of a month; else 0.
        ends: the two ends of a range, each a quantity of its own in the unit of both; else empty.
        others: values that the same words have in other systems of units, where the text does not name its system.
        doubt: how else the words may be read, as a sentence would say it; empty where nothing is ambiguous.
    """

    value: float
    dimension: str
    exact: Fraction
    unit: str
    start: int
    end: int
    text: str
    precision: str = ""
    span: float = 0.0
    ends: tuple["Quantity", ...] = ()
    others: tuple[float, ...] = ()
    doubt: str = field(default="", compare=False)

    @property
    def number(self) -> float:
        """The number as written, without its unit."""
        return float(self.exact)

    def same(self, other: "Quantity", tolerance: float = 0.02) -> bool:
        """Whether both say the same.

        Values in different units agree within the relative tolerance, for one of them was converted and rounded, and
        temperatures within six tenths of a kelvin. Days, months and years agree as far as both are precise; a decade
        or a century is the same only as itself. Two ranges are the same if both their ends are; a range is never the
        same as one of its ends.
        """
        if self.dimension != other.dimension or bool(self.ends) != bool(other.ends):
            return False
        if self.ends:
            return all(a.same(b, tolerance) for a, b in zip(self.ends, other.ends, strict=True))
        if self.dimension == "date":
            return _same_date(self, other)
        if self.dimension == "designation":
            return self.text.casefold() == other.text.casefold()
        if self.unit == other.unit or _is_money(self):
            return not _other_rate(self, other) and _close(self.value, other.value, 1e-9)
        return any(
            abs(a - b) <= _KELVINS if self.dimension == _TEMPERATURE else _close(a, b, tolerance)
            for a in (self.value, *self.others)
            for b in (other.value, *other.others)
        )

    def consistent(self, other: "Quantity", tolerance: float = 0.02) -> bool:
        """Whether both can be true of one thing: the same, or what the one leaves open holds the other.

        A year lies in its decade, and an end in its range, without being the same as it. Of two different ranges, two
        opening hours say, only one can be right.
        """
        if self.same(other, tolerance):
            return True
        if self.dimension != other.dimension or self.dimension == "designation" or (self.ends and other.ends):
            return False
        if "day of year" in (self.precision, other.precision) or _other_rate(self, other):
            return False
        exact = self.unit == other.unit or _is_money(self)
        relative = tolerance * max(abs(self.value), abs(other.value))
        slack = 0.0 if exact else _KELVINS if self.dimension == _TEMPERATURE else relative
        return (
            self.value <= other.value + other.span + slack and other.value <= self.value + self.span + slack
        )

    def holds(self, other: "Quantity") -> bool:
        """Whether the other lies within what this one leaves open: a year in its decade, a number in its range."""
        within = self.value <= other.value and other.value + other.span <= self.value + self.span
        return self.dimension == other.dimension and other.precision != "day of year" and within


def _is_money(quantity: Quantity) -> bool:
    return quantity.dimension.startswith("money:")


def _other_rate(a: Quantity, b: Quantity) -> bool:
    """Whether money is for each of one thing and for each of another: a text may leave out what is plain."""
    return _is_money(a) and bool(a.unit and b.unit and a.unit != b.unit)


def _close(a: float, b: float, allowed: float) -> bool:
    return abs(a - b) <= allowed * max(abs(a), abs(b))


def _same_date(a: Quantity, b: Quantity) -> bool:
    if "day of year" in (a.precision, b.precision):
        exact = {a.precision, b.precision} <= {"day", "day of year"}
        return exact and _day(a).replace(year=4) == _day(b).replace(year=4)
    if a.precision in DATES and b.precision in DATES:
        coarse = max(a.precision, b.precision, key=DATES.index)
        if coarse == "year":
            return a.exact == b.exact
        first, second = _day(a), _day(b)
        return (
            first == second if coarse == "day" else (first.year, first.month) == (second.year, second.month)
        )
    return (a.value, a.span) == (b.value, b.span)


def _day(quantity: Quantity) -> date:
    return date.fromordinal(int(quantity.value))
