"""What a cell of a table holds: a number, money, a percentage, a date, a rank, a time by the clock, or words."""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from clearspan.language.quantities import Quantity, quantities
from clearspan.language.quantities.number_words import SCALES
from clearspan.language.words import words

CellKind = Literal["number", "money", "percent", "date", "rank", "duration", "text", "empty"]
CELL_KINDS: tuple[CellKind, ...] = ("number", "money", "percent", "date", "rank", "duration", "text", "empty")

_LONGEST = 60
"""Characters beyond which a cell is prose, whatever numbers stand in it."""

_EMPTY = re.compile(r"[\s\-–—−?*/.]*|n/?a|none|tbd|nil", re.IGNORECASE)
_PLAIN = re.compile(
    r"(?P<minus>[-−–]\s?)?(?P<sign>[$€£¥]\s?)?(?P<open>\()?\s?(?P<inner>[$€£¥]\s?)?[-−]?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s?(?P<percent>%)?\s?(?P<close>\))?\s?(?P<after>%)?"
    r"(?:\s?(?:\(\w{1,2}\)|\[\w{1,7}\]|[*†‡]))*"
)
_CLOCK = re.compile(r"\+?(?:(\d{1,3}):)?(\d{1,3})[:'](\d{2}(?:\.\d+)?)\"?")
_RANK = re.compile(r"T?[-–=]?\s?(\d{1,4})(?:st|nd|rd|th)\b", re.IGNORECASE)
_LEADING = re.compile(r"[^\w(+−-]*[+]?(?P<number>[−-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[−-]?\d+(?:\.\d+)?)")
_YEAR = re.compile(r"1[0-9]\d\d|20\d\d|21\d\d")
_FOOTNOTE = re.compile(r"\s*(?:\[\w{1,7}\]|[†‡*]+|\(\w\))\s*$")


@dataclass(frozen=True, slots=True)
class CellValue:
    """A cell as a value.

    Attributes:
        kind: `empty` where nothing is stated, `text` where no value is.
        exact: the number as written (money without its sign, percentages as percent, a time by the clock in seconds,
            the rank); for dates the proleptic ordinal of their first day. None for text and nothing.
        precision: of dates: `day`, `month` or `year`; else empty.
        keys: what a question must share with it to mean the same value, e.g. `=4200`, `y2003`, `m2`, `d16`.
        scale: a power of ten that the cell itself tells ('3.2 million').
    """

    kind: CellKind
    exact: Fraction | None = None
    precision: str = ""
    keys: frozenset[str] = frozenset()
    scale: int = 1

    @property
    def amount(self) -> Fraction | None:
        """What it comes to, its own scale counted in; for comparing and calculating."""
        return None if self.exact is None else self.exact * self.scale

    @property
    def year(self) -> int | None:
        """The year of a date that has one."""
        if self.kind != "date" or self.exact is None:
            return None
        return date.fromordinal(int(self.exact)).year


@lru_cache(maxsize=16_384)
def cell_value(text: str) -> CellValue:
    """The value of a cell's text."""
    if _EMPTY.fullmatch(text.strip()):
        return CellValue("empty")
    plain = _PLAIN.fullmatch(text.strip())
    if plain:
        return _plain(plain)
    if len(text) > _LONGEST:
        return CellValue("text")
    return _read(_FOOTNOTE.sub("", text.strip()))


def keys_of(quantity: Quantity) -> frozenset[str]:
    """What a quantity of a question, or of a cell, is recognised by."""
    if quantity.dimension == "date":
        return _date_keys(quantity)
    return frozenset((f"={_number_key(quantity.exact)}",))


def without_footnote(text: str) -> str:
    """A cell's text without a trailing footnote mark such as `[1]` or `†`."""
    return _FOOTNOTE.sub("", text) or text


def told_scale(words_before: str) -> int:
    """The power of ten that words such as '(in thousands)' or '$ millions' tell; 1 where they tell none."""
    for word in words(words_before):
        for form in (word, word.removesuffix("s")):
            if form in SCALES and SCALES[form] >= 1000:
                return int(SCALES[form])
    return 1


def _plain(found: re.Match[str]) -> CellValue:
    digits = found["number"]
    value = Fraction(digits.replace(",", ""))
    bare = not (found["sign"] or found["inner"] or found["percent"] or found["after"] or found["open"])
    if bare and not found["minus"] and _YEAR.fullmatch(digits):
        return CellValue(
            "date",
            Fraction(date(int(digits), 1, 1).toordinal()),
            "year",
            frozenset((f"y{digits}", f"={digits}")),
        )
    accounting = found["open"] and found["close"]
    if found["minus"] or accounting or "-" in found[0].split(digits)[0]:
        value = -value
    keys = frozenset((f"={_number_key(value)}",))
    if found["percent"] or found["after"]:
        return CellValue("percent", value, keys=keys)
    return CellValue("money" if found["sign"] or found["inner"] else "number", value, keys=keys)


def _read(text: str) -> CellValue:
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups()
        total = Fraction(hours or 0) * 3600 + Fraction(minutes) * 60 + Fraction(seconds)
        return CellValue("duration", total)
    if rank := _RANK.match(text):
        return CellValue("rank", Fraction(rank[1]), keys=frozenset((f"={rank[1]}",)))
    found = quantities(text)
    keys = frozenset[str]().union(*(keys_of(each) for whole in found for each in (whole.ends or (whole,))))
    first = found[0] if found else None
    if first is not None and first.ends:
        first = first.ends[0]
    if (
        first is not None
        and first.dimension == "date"
        and first.precision in ("day", "month", "year")
        and first.value >= 1
    ):
        share = (first.end - first.start) / len(text)
        if share > 0.4 or first.start == 0:
            return CellValue("date", Fraction(int(first.value)), first.precision, keys)
    leading = _LEADING.match(text)
    if first is not None and leading and first.start <= leading.start("number"):
        scale = next(
            (int(value) for word, value in SCALES.items() if value >= 1000 and f" {word}" in text), 1
        )
        if first.dimension.startswith("money:"):
            return CellValue("money", first.exact / scale, "", keys, scale)
        if first.dimension == "percent":
            return CellValue("percent", first.exact, keys=keys)
        if scale > 1:
            return CellValue("number", first.exact / scale, "", keys, scale)
    if leading:
        value = Fraction(leading["number"].replace(",", "").replace("−", "-"))
        return CellValue("number", value, keys=keys | {f"={_number_key(value)}"})
    return CellValue("text", keys=keys)


def _date_keys(quantity: Quantity) -> frozenset[str]:
    day = date.fromordinal(max(1, int(quantity.value)))
    keys: set[str] = set()
    if quantity.exact:
        keys |= {f"y{day.year}", f"={day.year}"}
    if quantity.precision in ("month", "day", "day of year"):
        keys.add(f"m{day.month}")
    if quantity.precision in ("day", "day of year"):
        keys.add(f"d{day.day}")
    return frozenset(keys)


def _number_key(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"
