"""Times of day: '9am', '5:30 p.m.', '17:30', 'noon'; in minutes after midnight."""

import re
from fractions import Fraction

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
_NAMED = {"noon": 720, "midnight": 0}
WORDS = frozenset(_NAMED)
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
    return _quantity(text, position, match.end(), 60 * int(match["hour"]) + int(match["minute"]))


def named_clock(text: str, position: int, word: str) -> Quantity:
    """The time of day of a word: noon or midnight."""
    return _quantity(text, position, position + len(word), _NAMED[word.lower()])


def _is_time(text: str, match: re.Match[str]) -> bool:
    """Whether 10.30 is a time and not a number: nobody writes 07.15 for one, and other words speak of times."""
    before = _BEFORE_DOTTED.search(text, max(0, match.start() - _CONTEXT), match.start())
    return match["hour"][0] == "0" or bool(before or _AFTER_DOTTED.match(text, match.end()))


def _quantity(text: str, start: int, end: int, minutes: int) -> Quantity:
    return Quantity(float(minutes), "clock", Fraction(minutes, 60), "", start, end, text[start:end])
