"""Neighbours that are one quantity: compounds ('5 ft 11 in', '2 hours 30 minutes') and ranges ('£3.20 to £4').

In a range each end has what is written once for both: the unit or the scale of the second ('3 to 5 km', '$2–3
million'), the sign of money of the first, the half of the day, the month or the century.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from clearspan.language.quantities.conversion import ratio, to_base
from clearspan.language.quantities.dates import century, span
from clearspan.language.quantities.measures import Atom, in_unit
from clearspan.language.quantities.quantity import Quantity
from clearspan.language.quantities.unit_table import named
from clearspan.language.quantities.units import WrittenUnit

_CHAINS = (
    ("mile", "yard", "foot", "inch"),
    ("stone", "pound", "ounce"),
    ("year", "month"),
    ("week", "day", "hour", "minute", "second"),
)
_BELOW = {chain[i]: chain[i + 1 :] for chain in _CHAINS for i in range(len(chain) - 1)}
_WITH = re.compile(r",?\s(?:and\s)?|")
_DASH = re.compile(r"[–—-]|\s[–-]\s")
_SLASH = re.compile(r"/")
_TO = re.compile(r"\s(?:to|through|until|till)\s(?:the\s)?", re.IGNORECASE)
_AND = re.compile(r"\sand\s(?:the\s)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s(?:the\s)?$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s(?:the\s|about\s|around\s)?$", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:ris(?:es?|ing|en)|rose|f[ae]ll(?:s|ing|en)?|gr[eo]w(?:s|n|ing|th)?|(?:in|de)creas(?:es?|ed|ing)|"
    r"drop(?:s|ped|ping)?|chang(?:es?|ed|ing)|w[eo]nt|go(?:es|ing)?|rais(?:es?|ed|ing)|reduc(?:es?|ed|ing|tion)|cut|"
    r"declin(?:es?|ed|ing)|climb(?:s|ed|ing)?|shr[aiu]nk|expand(?:s|ed|ing)?|up|down|moved?|slid|jump(?:s|ed)?|"
    r"improv(?:es?|ed|ing|ement))\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s(?!(?:to|and|or|in|at|on|by|for|with|was|is|the|of|from)\b)[a-z]{2,}")
_HALF_OF_DAY = re.compile(r"[ap]\.?m\b", re.IGNORECASE)
_YEAR_AFTER = re.compile(r",?\s(\d{4})(?!\d|[.,]\d)")
_CONTEXT = 60
_NOON, _DAY = 720, 1440


def joined(text: str, atoms: Sequence[Atom]) -> list[Quantity]:
    """The quantities of a text, from its atoms in order."""
    whole: list[Atom] = []
    for atom in atoms:
        if whole and (made := _compound(text, whole[-1], atom)):
            whole[-1] = made
        else:
            whole.append(atom)
    found: list[Quantity] = []
    previous: Atom | None = None
    for atom in whole:
        if found and atom.quantity.start < found[-1].end:
            continue  # the year that 'May 12–14, 2019' has taken
        ranged = _range(text, previous, atom) if previous else None
        if ranged is None:
            found.append(atom.quantity)
            previous = atom
        else:
            found[-1], previous = ranged, None
    return found


def _compound(text: str, first: Atom, second: Atom) -> Atom | None:
    """Two measures of which the second goes on in a smaller unit, with less of it than makes one of the larger."""
    a, last, b = first.quantity, first.last or first.quantity, second.quantity
    if b.unit not in _BELOW.get(last.unit, ()) or not _WITH.fullmatch(text, a.end, b.start):
        return None
    part = b.exact * ratio(b.unit, last.unit)
    between = _BETWEEN.search(text, max(0, a.start - _CONTEXT), a.start)
    if between or last.exact.denominator > 1 or a.exact < 0 or not 0 <= part < 1:
        return None
    value = a.exact + b.exact * ratio(b.unit, a.unit)
    return Atom(in_unit(text, a.start, b.end, value, WrittenUnit(named(a.unit), b.end)), first.number, last=b)


def _range(text: str, first: Atom, second: Atom) -> Quantity | None:
    """The range from one atom to the next; None if they are two quantities of their own."""
    start, end = first.quantity.end, second.quantity.start
    before = text[max(0, first.quantity.start - _CONTEXT) : first.quantity.start]
    between = _BETWEEN.search(before)
    gap = next((each for each in (_DASH, _TO, _SLASH) if each.fullmatch(text, start, end)), None)
    if gap is None and not (between and _AND.fullmatch(text, start, end)):
        return None
    ends = _ends(text, first, second, gap)
    if ends is None:
        return None
    low, high = ends
    timed = low.dimension in ("date", "clock")
    if not timed and gap is _TO and _FROM.search(before) and _CHANGE.search(before):
        return None
    if low.dimension == "count" and not between and not _COUNTED.match(text, high.end):
        return None
    past_midnight = _DAY if low.dimension == "clock" and high.value <= low.value else 0
    if high.value + past_midnight <= low.value or (gap is _SLASH and high.exact - low.exact != 1):
        return None
    begin = low.start - (len(before) - between.start() if between else 0)
    return Quantity(
        value=low.value,
        dimension=low.dimension,
        exact=low.exact,
        unit=low.unit or high.unit,
        start=begin,
        end=high.end,
        text=text[begin : high.end],
        precision=low.precision if low.precision == high.precision else "",
        span=high.value + high.span + past_midnight - low.value,
        ends=(low, high),
        doubt="; ".join(dict.fromkeys(each.doubt for each in ends if each.doubt)),
    )


def _ends(
    text: str, first: Atom, second: Atom, gap: re.Pattern[str] | None
) -> tuple[Quantity, Quantity] | None:
    """Both ends of a range, each with what is written once; None if they are not of one kind."""
    a, b = first.quantity, second.quantity
    if b.dimension == "clock":
        return _clocks(first, b)
    if "date" in (a.dimension, b.dimension):
        return _dates(text, first, second, gap)
    if gap is _SLASH:
        return None
    if (first.bare and (b.unit or second.currency or second.bare)) or (first.fraction and b.unit):
        return _lent(first, second), b
    if a.unit == "degree" and b.dimension == "[temperature]":
        return replace(a, dimension=b.dimension, unit=b.unit, value=to_base(a.exact, b.unit)), b
    if first.currency and second.bare:
        amount = b.exact
        b = replace(b, dimension=a.dimension, value=float(amount))
        return _scaled(first, second, a), b
    if first.currency and second.currency and a.dimension == b.dimension:
        return replace(_scaled(first, second, a), unit=a.unit or b.unit), b
    alike = a.dimension == b.dimension and a.dimension not in ("designation", "ordinal")
    return (a, b) if alike else None


def _lent(first: Atom, second: Atom) -> Quantity:
    """A bare number with the unit, the currency and the scale of the second end."""
    b = second.quantity
    a = _scaled(first, second, first.quantity)
    if first.fraction and first.number:
        a = replace(a, exact=first.number.value)
    if second.currency:
        return replace(a, dimension=b.dimension, unit=b.unit)
    if not b.unit:
        return a
    value = to_base(a.exact, b.unit)
    others = tuple(value * other / b.value for other in b.others)
    # With a unit, '1,5' is one number and not two.
    doubt = first.number.doubt if first.number else ""
    return replace(a, dimension=b.dimension, unit=b.unit, value=value, others=others, doubt=doubt)


def _scaled(first: Atom, second: Atom, a: Quantity) -> Quantity:
    """The first end in the millions of the second, if it has none of its own and is smaller as written."""
    if second.scale == 1 or first.scale > 1 or not first.number or not second.number:
        return a
    if first.number.scaled or first.number.value >= second.number.value:
        return a
    amount = a.exact * second.scale
    return replace(a, exact=amount, value=a.value * second.scale)


def _clocks(first: Atom, b: Quantity) -> tuple[Quantity, Quantity] | None:
    """Times of day; the first without 'am' or 'pm' is in the half of the second that makes it earlier."""
    a = first.quantity
    if a.dimension == "clock" and (_HALF_OF_DAY.search(a.text) or not _HALF_OF_DAY.search(b.text)):
        return a, b
    hours = a.exact
    if not (a.dimension == "clock" or first.bare) or not 0 < hours < 13 or not _HALF_OF_DAY.search(b.text):
        return None
    if a.dimension == "count" and hours.denominator > 1:
        return None
    minutes = float(hours * 60) % _NOON
    later = minutes + _NOON
    half = b.value >= _NOON
    value = (later if later < b.value else minutes) if half else (minutes if minutes < b.value else later)
    return replace(a, dimension="clock", value=value, exact=Fraction(value) / 60, doubt=""), b


def _dates(
    text: str, first: Atom, second: Atom, gap: re.Pattern[str] | None
) -> tuple[Quantity, Quantity] | None:
    """Dates; a day without its month or year has that of the other, a short year the century of the first."""
    a, b = first.quantity, second.quantity
    if a.dimension == b.dimension:
        if a.precision != "day of year" or b.precision != "day":
            return a, b
        day, year = date.fromordinal(int(a.value)), int(b.exact)
        dated = span(text, a.start, a.end, year, day.month, day.day)
        return (dated, b) if dated else None
    if a.dimension == "ordinal" and b.precision == "century":
        era = " BC" if b.exact < 0 else ""
        earlier = century(f"{a.text} century{era}", 0, int(a.value), len(a.text))
        return (replace(earlier, start=a.start, end=a.end, text=a.text), b) if earlier else None
    number = first.number if first.bare else second.number if second.bare else None
    if number is None or number.value.denominator > 1:
        return None
    figure = int(number.value)
    if first.bare:
        return _same_month(a, b, figure)
    if a.precision == "year" and gap in (_DASH, _SLASH) and len(b.text) == 2:
        year = int(a.exact) // 100 * 100 + figure
        later = span(text, b.start, b.end, year)
        return (a, later) if later else None
    return _later_day(text, a, b, figure) if gap is _DASH else None


def _same_month(a: Quantity, b: Quantity, figure: int) -> tuple[Quantity, Quantity] | None:
    """'12–14 May 2019': the first day is of the second's month."""
    if b.precision not in ("day", "day of year") or not b.text[0].isdigit():
        return None
    last = date.fromordinal(int(b.value))
    if not 1 <= figure < last.day:
        return None
    first = last.replace(day=figure)
    return replace(b, value=float(first.toordinal()), start=a.start, end=a.end, text=a.text), b


def _later_day(text: str, a: Quantity, b: Quantity, figure: int) -> tuple[Quantity, Quantity] | None:
    """'May 12–14, 2019': the second day is of the first's month, and the year stands after it."""
    if a.precision != "day of year" or not a.text[0].isalpha():
        return None
    first = date.fromordinal(int(a.value))
    year = _YEAR_AFTER.match(text, b.end)
    in_year = int(year[1]) if year else first.year
    low = span(text, a.start, a.end, in_year, first.month, first.day)
    high = span(text, b.start, year.end() if year else b.end, in_year, first.month, figure)
    if low is None or high is None:
        return None
    if year is None:
        return a, replace(high, precision="day of year", exact=Fraction(0))
    return low, high
