"""Numbers with their units, money, percentages and dates, as they stand in a text.

Comparing what two texts say needs values, not spellings: '4,200 feet' and '1,280 m' are the same length.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from clearspan.language.units import UNITS, dimension, to_base

_NUMBER = r"(?:\d{1,3}(?:[,\u202f\u00a0]\d{3})+|\d+)(?:\.\d+)?"
_SCALE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORD_NUMBERS = {word: float(value) for value, word in enumerate(_SMALL)} | {
    word: float(value) for word, value in _TENS.items()
}
MONTHS = {
    name[: length or None]: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
    for length in (0, 3)
} | {"sept": 9}
_MONTH = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"

_UNIT_WORDS = "|".join(
    re.escape(spelling).replace("_", r"[\s-]") for spelling in sorted(UNITS, key=len, reverse=True)
)
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d{{2}}(?:-\d{{2}})?)"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH}),?\s+(?P<y1>\d{{4}})"
    rf"|(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
    rf"|(?P<m3>{_MONTH})\s+(?P<y3>\d{{4}})"
    rf"|(?P<y4>(?:1[0-9]|20|21)\d{{2}})(?![\d,.]*\d|\s*(?:%|percent)|[\s-]?(?:{_UNIT_WORDS})\b))\b",
    re.IGNORECASE,
)
_UNIT_DIGITS = "|".join(_SMALL[1:10])
_WORD = rf"(?:(?:twenty|{'|'.join(_TENS)})-(?:{_UNIT_DIGITS})|{'|'.join(_TENS)}|{'|'.join(_SMALL)})"
_CLOCK = re.compile(
    rf"(?<![\d$£€.,])(?:(?P<h12>1[0-2]|0?[1-9])(?:[:.](?P<m12>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?"
    rf"|(?P<h24>[01]\d|2[0-3])[:.](?P<m24>[0-5]\d)(?![\d.,]*\d|\s*(?:%|percent)|[\s-]?(?:{_UNIT_WORDS})\b)"
    rf"|\b(?P<word>noon|midnight)\b)",
    re.IGNORECASE,
)
_TABLE_CELL = re.compile(
    rf"\((?:(?P<money>[$£€])|(?P<percent>%|percent)|(?P<unit>{_UNIT_WORDS}))\):\s(?P<number>{_NUMBER})(?=;|$|\s*\n)",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    rf"(?<![\w.])(?P<sign>[−-](?=\d))?(?P<money>[$£€]\s?)?(?:(?P<number>{_NUMBER})|\b(?P<word>{_WORD})\b)"
    rf"(?:[\s-](?P<scale>{'|'.join(_SCALE)})\b)?"
    rf"(?:\s?(?P<percent>%|percent\b|per\s+cent\b)|[\s\u00a0\u202f-]?(?P<unit>{_UNIT_WORDS})(?![\w²³])|\s(?P<currency>dollars|pounds\s+sterling|euros)\b)?",
    re.IGNORECASE,
)
_CURRENCY = {"$": "USD", "£": "GBP", "€": "EUR", "dollars": "USD", "euros": "EUR", "pounds sterling": "GBP"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One value in a text.

    Attributes:
        value: in base units of its dimension (metres, kilograms, seconds …); for dates the proleptic ordinal
            of the first day that it may mean.
        dimension: `[length]`, `[mass]` …, `money:USD`, `percent`, `date`, `clock` (minutes after midnight), or `count`
            for a bare number.
        number: the value as written, without its unit.
        unit: the pint unit, empty for counts, money, percentages and dates.
        start, end: character offsets into the text.
        precision: for dates `day`, `month` or `year`; else empty.
    """

    value: float
    dimension: str
    number: float
    unit: str
    start: int
    end: int
    text: str
    precision: str = ""

    def same(self, other: "Quantity", tolerance: float = 0.02) -> bool:
        """Whether both say the same, within a relative tolerance; dates agree as far as both are precise."""
        if self.dimension != other.dimension:
            return False
        if self.dimension == "date":
            return _same_date(self, other)
        largest = max(abs(self.value), abs(other.value))
        allowed = tolerance if self.unit != other.unit else 1e-9
        return abs(self.value - other.value) <= allowed * largest


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a text in order, not overlapping; dates are read before bare numbers."""
    found = [_date(match) for match in _DATE.finditer(text)]
    dates = [quantity for quantity in found if quantity is not None]
    taken = [(quantity.start, quantity.end) for quantity in dates]
    measures = [_clock(match) for match in _CLOCK.finditer(text)]
    measures = [
        clock
        for clock in measures
        if not any(clock.start < end and start < clock.end for start, end in taken)
    ]
    taken += [(clock.start, clock.end) for clock in measures]
    # A table row carries its unit in the name of the column: 'Weight (tonnes): 70'.
    for match in (*_TABLE_CELL.finditer(text), *_MEASURE.finditer(text)):
        if any(_start(match) < end and start < match.end() for start, end in taken):
            continue
        measures.append(_measure(match))
        taken.append((measures[-1].start, measures[-1].end))
    return tuple(sorted([*dates, *measures], key=lambda quantity: quantity.start))


def _date(match: re.Match[str]) -> Quantity | None:
    groups = match.groupdict()
    if groups["iso"]:
        parts = [int(part) for part in groups["iso"].split("-")]
        year, month, day = parts[0], parts[1], parts[2] if len(parts) > 2 else None
    else:
        year = int(next(groups[key] for key in ("y1", "y2", "y3", "y4") if groups[key]))
        name = next((groups[key] for key in ("m1", "m2", "m3") if groups[key]), None)
        month = MONTHS[name.lower().rstrip(".")] if name else None
        number = next((groups[key] for key in ("d1", "d2") if groups[key]), None)
        day = int(number) if number else None
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    precision = "day" if day else "month" if month else "year"
    return Quantity(
        value=float(first.toordinal()),
        dimension="date",
        number=float(year),
        unit="",
        start=match.start(),
        end=match.end(),
        text=match.group(),
        precision=precision,
    )


def _clock(match: re.Match[str]) -> Quantity:
    groups = match.groupdict()
    if groups["word"]:
        minutes = 720 if groups["word"].lower() == "noon" else 0
    elif groups["half"]:
        hours = int(groups["h12"]) % 12 + (12 if groups["half"].lower() == "p" else 0)
        minutes = hours * 60 + int(groups["m12"] or 0)
    else:
        minutes = int(groups["h24"]) * 60 + int(groups["m24"])
    return Quantity(minutes, "clock", minutes / 60, "", match.start(), match.end(), match.group())


def _measure(match: re.Match[str]) -> Quantity:
    groups: dict[str, str | None] = {"sign": None, "scale": None, "currency": None, **match.groupdict()}
    if groups["number"]:
        number = float(re.sub(r"[,\u202f\u00a0]", "", groups["number"]))
    else:
        number = sum(_WORD_NUMBERS[part] for part in (groups.get("word") or "").lower().split("-"))
    if groups["scale"]:
        number *= _SCALE[groups["scale"].lower()]
    if groups["sign"]:
        number = -number
    unit, kind, value = "", "count", number
    currency = groups["currency"] or (groups["money"] or "").strip()
    if currency:
        kind = f"money:{_CURRENCY[' '.join(currency.lower().split())]}"
    elif groups["percent"]:
        kind = "percent"
    elif groups["unit"]:
        unit = UNITS[re.sub(r"[\s-]", "_", groups["unit"].lower())]
        kind, value = dimension(unit), to_base(number, unit)
    start = _start(match)
    return Quantity(value, kind, number, unit, start, match.end(), match.string[start : match.end()])


def _start(match: re.Match[str]) -> int:
    return match.start("number") if match.re is _TABLE_CELL else match.start()


def _same_date(a: Quantity, b: Quantity) -> bool:
    first, second = date.fromordinal(int(a.value)), date.fromordinal(int(b.value))
    coarse = {a.precision, b.precision}
    if "year" in coarse:
        return first.year == second.year
    if "month" in coarse:
        return (first.year, first.month) == (second.year, second.month)
    return first == second
