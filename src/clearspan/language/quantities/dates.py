"""Dates as they are written: days, months, years, decades and centuries, each a span of days.

A date is the days that it may mean: '1937' all of that year, 'the 1990s' ten years. 'May' and 'march' are months only
where nothing says that they are verbs; a day and a month without a year are a date of any year.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from clearspan.language.quantities.number_words import year_in_words
from clearspan.language.quantities.numerals import NOUN_AFTER
from clearspan.language.quantities.quantity import Quantity
from clearspan.language.quantities.units import unit_at

MONTH_NAMES = "January February March April May June July August September October November December".split()
MONTHS: dict[str, int] = {
    form.lower(): number for number, name in enumerate(MONTH_NAMES, 1) for form in (name, name[:3])
} | {"sept": 9}
"""Lower-case name or abbreviation of a month → its number."""

_VERBS = frozenset({"may", "march", "mar"})
_MONTH = (
    rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b"
    r"(?:(?:(?<=\b[a-z]{3})(?<!may)|(?<=\bsept))\.)?"
)
_DAY = r"(?P<day>\d{1,2})"
_NTH = r"(?P<nth>st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d|[.,]\d)"

_ISO = re.compile(r"(?P<year>\d{4})-(?:(?P<month>\d{1,2})-(?P<day>\d{1,2})|(?P<only>\d{2}))(?![\d-])")
_DAY_FIRST = re.compile(rf"{_DAY}{_NTH}[\s-](?:of\s)?{_MONTH}(?:(?:,?\s|-){_YEAR})?", re.IGNORECASE)
_MONTH_FIRST = re.compile(
    rf"{_MONTH}\s(?:the\s)?{_DAY}{_NTH}(?![\w:%]|[.,]\d)(?:,?\s(?:(?P<year>\d{{4}}))(?!\d))?", re.IGNORECASE
)
_MONTH_YEAR = re.compile(rf"{_MONTH},?\s(?:of\s)?(?P<year>\d{{4}})(?!\d|[.,]\d)", re.IGNORECASE)
_NUMERIC = re.compile(
    r"(?P<first>\d{1,2})(?P<sign>[/.])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})(?![\w/]|[.,]\d)"
)
_DECADE = re.compile(r"(?P<year>1[0-9]\d0|2[01]\d0)['’]?s\b")
_SHORT_DECADE = re.compile(r"(?P<mark>['’])?(?P<year>\d0)s\b")
_ERA = re.compile(r"(?P<year>\d{1,4})\s?(?P<era>BCE?|CE|AD)\b")
_AD = re.compile(r"AD\s(?P<year>\d{1,4})(?!\w|[.,]\d)")
_PLAIN = re.compile(r"(?P<year>1[0-9]\d\d|2[01]\d\d)(?![\w%]|\s?(?:%|percent|per\scent)|[.,'’]\d|-\d+-\d)")
_BEFORE_CHRIST = re.compile(r"\sBCE?\b")
_CENTURY = re.compile(r"[\s-]centur(?:y|ies)\b", re.IGNORECASE)
_OF_DECADE = re.compile(r"\b(?:the|early|mid|late)[\s-]$", re.IGNORECASE)
_BEFORE_MONTH = re.compile(
    r"(?:\b(?:in|of|on|since|by|until|till|from|and|to|or|during|early|late|mid|last|next|this|between|before|after|for|was"
    r"|is|every|each)[\s-]|[(,;:–—-]\s?|^)$",
    re.IGNORECASE,
)
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|since|by|until|till|from|the|its|their|this|that|his|her|our|during|between|before|after|circa|early|late|"
    r"mid|spring|summer|autumn|winter|year)\s|-)$",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\s(?:people|men|women|children|[a-z]{2,}(?<!s)s)\b(?<!\bhas)(?<!\bwas)(?<!\bits)(?<!\bdoes)(?<!\bperhaps)(?<!\balways)"
)
_OPENS = re.compile(r"(?:^|[.!?])\s*$")
_ASKS = re.compile(r"[^.!?]{0,200}\?")
_SOMEBODYS = re.compile(
    r"\b(?:his|her|their|my|your|our|whose)\s(?:(?:early|mid|late)[\s-])?$", re.IGNORECASE
)
_CONTEXT = 12
_YEAR_DAYS = 365.2425


def date_at(text: str, position: int) -> Quantity | None:
    """The date that begins at a position with a figure or an apostrophe; None if none does."""
    return _first(_FROM_FIGURE, text, position)


def worded_date(text: str, position: int) -> Quantity | None:
    """The date that begins at a position with the name of a month, or with 'AD'; None if none does."""
    return _first(_FROM_WORD, text, position)


def told_year(text: str, position: int) -> Quantity | None:
    """The year that is said from a position on, 'nineteen eighty-four'; None if none is."""
    number = year_in_words(text, position)
    return _alone(text, position, number.end, int(number.value)) if number else None


def century(text: str, start: int, number: int, end: int) -> Quantity | None:
    """The century whose ordinal ends at `end`; None if no 'century' follows."""
    match = _CENTURY.match(text, end)
    if match is None or not 1 <= number <= 99:
        return None
    if before_christ := _BEFORE_CHRIST.match(text, match.end()):
        year, days = 100 * number, 100 * _YEAR_DAYS - 1
        return _before_christ(text, start, before_christ.end(), "century", year, days)
    first = date(100 * number - 99, 1, 1)
    return _quantity(text, start, match.end(), "century", first, date(100 * number, 12, 31))


def is_age(text: str, start: int) -> bool:
    """Whether the '60s' that begin here are somebody's."""
    return bool(_SOMEBODYS.search(text, max(0, start - _CONTEXT), start))


def span(
    text: str, start: int, end: int, year: int, month: int | None = None, day: int | None = None
) -> Quantity | None:
    """A date as precise as its parts; None if the calendar has no such day."""
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return _quantity(text, start, end, "day", first, first)
    if month:
        last = date(year, month, calendar.monthrange(year, month)[1])
        return _quantity(text, start, end, "month", first, last)
    return _quantity(text, start, end, "year", first, date(year, 12, 31))


def _quantity(
    text: str, start: int, end: int, precision: str, first: date, last: date, doubt: str = ""
) -> Quantity:
    return Quantity(
        value=float(first.toordinal()),
        dimension="date",
        exact=Fraction(0 if precision == "day of year" else first.year),
        unit="",
        start=start,
        end=end,
        text=text[start:end],
        precision=precision,
        span=float(last.toordinal() - first.toordinal()),
        doubt=doubt,
    )


def _iso(match: re.Match[str]) -> Quantity | None:
    month, day = int(match["month"] or match["only"]), int(match["day"] or 0) or None
    return span(match.string, *match.span(), int(match["year"]), month, day)


def _named(match: re.Match[str]) -> Quantity | None:
    """A day of a named month, with or without a year."""
    text, month = match.string, MONTHS[match["month"].lower()]
    if match["year"]:
        return span(text, *match.span(), int(match["year"]), month, int(match["day"]))
    end = match.end()
    if match["month"].islower() and match["month"] in _VERBS and not match["nth"]:
        return None
    if match.start("month") == match.start() and (_is_verb(match) or _measured(text, end)):
        return None
    try:
        # Any leap year will do: 29 February is a day of the year.
        day = date(4, month, int(match["day"]))
    except ValueError:
        return None
    return _quantity(text, match.start(), end, "day of year", day, day)


def _month_first(match: re.Match[str]) -> Quantity | None:
    return None if match["year"] and int(match["year"]) > 2199 else _named(match)


def _month_year(match: re.Match[str]) -> Quantity | None:
    year = int(match["year"])
    if not 1000 <= year < 2200 or _is_verb(match) or _measured(match.string, match.end()):
        return None
    return span(match.string, *match.span(), year, MONTHS[match["month"].lower()])


def _numeric(match: re.Match[str]) -> Quantity | None:
    """Day, month and year in figures; which of the first two is the month may be open."""
    text, year = match.string, int(match["year"])
    first, second = int(match["first"]), int(match["second"])
    read = [span(text, *match.span(), year, month, day) for day, month in ((first, second), (second, first))]
    fitting = [found for found in read if found is not None]
    if not fitting or first == second or len(fitting) == 1 or match["sign"] == ".":
        return fitting[0] if fitting else None
    days = (date.fromordinal(int(found.value)) for found in fitting)
    told = " or ".join(f"{day.day} {MONTH_NAMES[day.month - 1]}" for day in days)
    whole = date(year, 1, 1), date(year, 12, 31)
    return _quantity(text, *match.span(), "year", *whole, f"{match[0]} is {told}; only its year is read")


def _decade(match: re.Match[str]) -> Quantity | None:
    year = int(match["year"])
    if year % 100:
        return _quantity(match.string, *match.span(), "decade", date(year, 1, 1), date(year + 9, 12, 31))
    doubt = f"{match[0]} is read as the century; it may be the first ten years of it"
    return _quantity(match.string, *match.span(), "century", date(year, 1, 1), date(year + 99, 12, 31), doubt)


def _short_decade(match: re.Match[str]) -> Quantity | None:
    """'90s of the last century, or of this one where the last is as likely."""
    text, start = match.string, match.start()
    before = text[max(0, start - _CONTEXT) : start]
    qualifies = match["mark"] or _OF_DECADE.search(before) or NOUN_AFTER.match(text, match.end())
    if is_age(text, start) or not qualifies:
        return None
    short = int(match["year"])
    year = 1900 + short if short >= 20 else 2000 + short
    doubt = f"{match[0]} is read as the {year}s" if short <= 30 or not match["mark"] else ""
    if not match["mark"] and not _OF_DECADE.search(before):
        doubt += f"; it may be {short} seconds"
    return _quantity(match.string, *match.span(), "decade", date(year, 1, 1), date(year + 9, 12, 31), doubt)


def _era(match: re.Match[str]) -> Quantity | None:
    year = int(match["year"])
    if not match["era"].startswith("B"):
        return span(match.string, *match.span(), year)
    if year == 0:
        return None
    return _before_christ(match.string, *match.span(), "year", year, 365.0)


def _before_christ(text: str, start: int, end: int, precision: str, year: int, days: float) -> Quantity:
    """So many days from the first of a year BC on: the calendar of the standard library begins with year 1."""
    first = 1 - year * _YEAR_DAYS
    return Quantity(
        first, "date", Fraction(-year), "", start, end, text[start:end], precision, span=float(days)
    )


def _after_christ(match: re.Match[str]) -> Quantity | None:
    return span(match.string, *match.span(), int(match["year"]))


def _plain(match: re.Match[str]) -> Quantity | None:
    return _alone(match.string, *match.span(), int(match["year"]))


def _alone(text: str, start: int, end: int, year: int) -> Quantity | None:
    """A year that stands alone: not a number of some unit, nor one that counts what follows it."""
    before = text[max(0, start - _CONTEXT) : start]
    if _measured(text, end):
        return None
    if before.strip() and not _BEFORE_YEAR.search(before) and _PEOPLE.match(text, end):
        return None
    return span(text, start, end, year)


def _measured(text: str, end: int) -> bool:
    """Whether a unit follows a number that ends here."""
    after = end + (text[end : end + 1] in (" ", "-", "\u00a0", "\u202f"))
    return unit_at(text, after) is not None


def _is_verb(match: re.Match[str]) -> bool:
    """Whether 'may' or 'march' before a number is a verb: small, with no word before a month, or opening a question."""
    word, text = match["month"], match.string
    if word.lower() not in _VERBS:
        return False
    before = text[max(0, match.start() - _CONTEXT) : match.start()]
    if word.islower():
        return not _BEFORE_MONTH.search(before)
    return bool(_OPENS.search(before)) and bool(_ASKS.match(text, match.end()))


_Patterns = tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Quantity | None]], ...]


def _first(patterns: _Patterns, text: str, position: int) -> Quantity | None:
    for pattern, read in patterns:
        match = pattern.match(text, position)
        found = read(match) if match else None
        if found is not None:
            return found
    return None


_FROM_FIGURE: _Patterns = (
    (_ISO, _iso),
    (_DAY_FIRST, _named),
    (_NUMERIC, _numeric),
    (_DECADE, _decade),
    (_SHORT_DECADE, _short_decade),
    (_ERA, _era),
    (_PLAIN, _plain),
)
_FROM_WORD: _Patterns = (
    (_MONTH_FIRST, _month_first),
    (_MONTH_YEAR, _month_year),
    (_AD, _after_christ),
)
