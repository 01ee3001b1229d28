"""Times of day: '9am', '5:30 p.m.', '17:30', 'half past nine', 'noon'; in minutes after midnight."""

import re
from fractions import Fraction

from clearspan.language.quantities.number_words import CARDINALS, worded
from clearspan.language.quantities.numerals import figures
from clearspan.language.quantities.quantity import Quantity
from clearspan.language.quantities.units import unit_at

_HALF = re.compile(
    r"(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])(?:m\b|\.\s?m\b\.?)", re.IGNORECASE
)
_FULL = re.compile(r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\w:]|[.,]\d|\s?%)")
_DOTTED = re.compile(r"(?P<hour>[01]\d|2[0-3])\.(?P<minute>[0-5]\d)(?![\w:]|[.,]\d|\s?%)")
_BEFORE_DOTTED = re.compile(
    r"(?:\b(?:at|from|until|till|to|before|after|between|and|opens?|closes?)\s|[–-]\s?|\|\s)$",
    re.IGNORECASE,
)
_AFTER_DOTTED = re.compile(r"\s(?:train|bus|ferry|boat|sailing|service|flight|departure)", re.IGNORECASE)
_HOURS = {word: value for word, value in CARDINALS.items() if 1 <= value <= 12} | {"noon": 12, "midnight": 12}
_HOUR = rf"(?P<hour>1[0-2]|[1-9]|{'|'.join(sorted(_HOURS, key=len, reverse=True))})(?![\w-]|[.,:]\d)"
_SHARP = re.compile(rf"{_HOUR}\s?o['’]clock\b", re.IGNORECASE)
_PART = re.compile(r"(?P<half>half)\b|(?:a\s)?quarter\b", re.IGNORECASE)
_SIDE = re.compile(rf"(?P<minutes>\sminutes?)?\s(?P<side>past|to)\s{_HOUR}", re.IGNORECASE)
_FEW_WORDS = re.compile(r"\w+(?:[\s-]\w+)?(?:\sminutes?)?\s(?:past|to)\s", re.IGNORECASE)
_AT = re.compile(r"\bat\s$", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"\s(?:in\sthe\s(?P<part>morning|afternoon|evening)|at\snight)\b", re.IGNORECASE)
_NAMED = {"noon": 720, "midnight": 0}
WORDS = frozenset(_NAMED)
_NOON = 720
_CONTEXT = 9


def clock_at(text: str, position: int) -> Quantity | None:
    """The time of day that begins at a position; None if none does."""
    if match := _HALF.match(text, position):
        hours = int(match["hour"]) % 12 + (12 if match["half"] in "pP" else 0)
        return _quantity(text, position, match.end(), 60 * hours + int(match["minute"] or 0))
    match = _FULL.match(text, position)
    if match is None and (dotted := _DOTTED.match(text, position)) and _is_time(text, dotted):
        match = dotted
    if match is None or unit_at(text, match.end() + (text[match.end() : match.end() + 1] == " ")):
        return None
    minutes = 60 * int(match["hour"]) + int(match["minute"])
    if minutes >= 13 * 60:
        return _quantity(text, position, match.end(), minutes)
    return _in_part_of_day(text, position, match.end(), minutes)


def told_clock(text: str, position: int) -> Quantity | None:
    """The time of day that is said from a position on: 'half past nine', 'ten to six', 'nine o’clock'."""
    if sharp := _SHARP.match(text, position):
        return _in_part_of_day(text, position, sharp.end(), 60 * _hour(sharp))
    said = _minutes_said(text, position) if _FEW_WORDS.match(text, position) else None
    match = _SIDE.match(text, said[1]) if said else None
    if (
        said is None
        or match is None
        or unit_at(text, match.end() + (text[match.end() : match.end() + 1] == " "))
    ):
        return None
    minutes, before = said[0], match["side"].lower() == "to"
    sure = _PART.match(text, position) or match["minutes"] or _AT.search(text, max(0, position - 3), position)
    # 'Ten to twelve' alone is a range; nobody says 'half to nine'.
    if before and (minutes == 30 or not sure):
        return None
    total = 60 * _hour(match) + (-minutes if before else minutes)
    return _in_part_of_day(text, position, match.end(), total)


def _minutes_said(text: str, position: int) -> tuple[int, int] | None:
    """The minutes of 'half past' and 'ten to', from one to thirty, and where they end."""
    if part := _PART.match(text, position):
        return (30 if part["half"] else 15), part.end()
    number = figures(text, position) if text[position].isdigit() else worded(text, position)
    if number is None or number.value.denominator > 1 or not 0 < number.value <= 30:
        return None
    return int(number.value), number.end


def named_clock(text: str, position: int, word: str) -> Quantity:
    """The time of day of a word: noon or midnight."""
    return _quantity(text, position, position + len(word), _NAMED[word.lower()])


def _is_time(text: str, match: re.Match[str]) -> bool:
    """Whether 10.30 is a time and not a number: nobody writes 07.15 for one, and other words speak of times."""
    before = _BEFORE_DOTTED.search(text, max(0, match.start() - _CONTEXT), match.start())
    return match["hour"][0] == "0" or bool(before or _AFTER_DOTTED.match(text, match.end()))


def _hour(match: re.Match[str]) -> int:
    return _HOURS.get(match["hour"].lower()) or int(match["hour"])


def _in_part_of_day(text: str, start: int, end: int, minutes: int) -> Quantity:
    """A time of at most twelve hours, in the half of the day that 'in the evening' after it says."""
    match = _PART_OF_DAY.match(text, end)
    if match is None:
        return _quantity(text, start, end, minutes)
    part, early = (match["part"] or "night").lower(), minutes % _NOON
    late = part in ("afternoon", "evening") or (part == "night" and early >= _NOON // 2)
    return _quantity(text, start, match.end(), early + _NOON if late else early)


def _quantity(text: str, start: int, end: int, minutes: int) -> Quantity:
    return Quantity(float(minutes), "clock", Fraction(minutes, 60), "", start, end, text[start:end])
