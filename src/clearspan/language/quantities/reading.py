"""All quantities of a text: where one may begin, which of the grammars reads it, and up to where."""

import re
from fractions import Fraction
from functools import lru_cache

from clearspan.language.quantities.clocks import WORDS as CLOCK_WORDS
from clearspan.language.quantities.clocks import clock_at, named_clock, told_clock
from clearspan.language.quantities.currencies import FIRST_WORDS as CURRENCY_WORDS
from clearspan.language.quantities.currencies import SIGNS as CURRENCY_SIGNS
from clearspan.language.quantities.currencies import before_number
from clearspan.language.quantities.dates import MONTHS, date_at, told_year, worded_date
from clearspan.language.quantities.durations import duration_at
from clearspan.language.quantities.joining import joined
from clearspan.language.quantities.measures import Atom, designation, in_column, in_unit, measure, nth
from clearspan.language.quantities.number_words import BEGINNINGS, ordinal, worded
from clearspan.language.quantities.numerals import SIGNS as FRACTION_SIGNS
from clearspan.language.quantities.numerals import figures, figures_end
from clearspan.language.quantities.quantity import Quantity
from clearspan.language.quantities.units import system_of, unit_at

_TOKEN = re.compile(
    rf"[^\W\d_]\w*|\.?\d|[{FRACTION_SIGNS}{re.escape(CURRENCY_SIGNS)}]|['’](?=\d0s)|[−–-](?=[\d.{re.escape(CURRENCY_SIGNS)}])"
)
_REST = re.compile(r"[^\W\d]\w*")
_CODE = re.compile(r"\d{1,20}(?:-\d{1,20}){2,}(?!\w)|\d{1,20}-0\d{1,20}(?!\w)")
_NAME_BEFORE = re.compile(r"(?<![\w-])[A-Z]\w*-$")
_PREFIXES = frozenset("mid- pre- post- early- late- non- sub- top- under- over- near-".split())
_WORDS = BEGINNINGS | CLOCK_WORDS | MONTHS.keys() | {"minus", "ad"}
_ARTICLE = re.compile(r"(?:an?|one)\s", re.IGNORECASE)
_NO = re.compile(r"\bno\s$", re.IGNORECASE)
_LONGEST_NAME = 24


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a text in order, not overlapping."""
    atoms: list[Atom] = []
    end = 0
    while token := _TOKEN.search(text, end):
        atom, end = _atom(text, token, atoms[-1].quantity.end if atoms else 0)
        if atom is not None:
            atoms.append(atom)
            # What is left of a word begins nothing, but in '2h30min' more figures follow.
            rest = _REST.match(text, atom.quantity.end)
            end = rest.end() if rest else atom.quantity.end
    return tuple(joined(text, atoms))


def measured(text: str, start: int, end: int) -> Quantity | None:
    """What a stretch of a text measures, if it is one quantity in a unit and nothing else; 'a mile' counts as one."""
    for quantity in quantities(text):
        if (quantity.start, quantity.end) == (start, end):
            return quantity if quantity.unit else None
    article = _ARTICLE.match(text, start)
    unit = unit_at(text, article.end(), system_of(text)) if article else None
    return in_unit(text, start, end, Fraction(1), unit, unit.unit.doubt) if unit and unit.end == end else None


def _atom(text: str, token: re.Match[str], last: int) -> tuple[Atom | None, int]:
    """What begins at a token, if anything, and from where to read on if nothing does.

    Args:
        last: where the quantity before it ends.
    """
    start, first = token.start(), token[0]
    if first[0].isalpha():
        return _from_word(text, start, first, last), token.end()
    if first in "'’":
        found = date_at(text, start)
        return (Atom(found) if found else None), token.end()
    if first in "−–-":
        return (None if start == last > 0 else _negative(text, start, token.end())), token.end()
    if first in CURRENCY_SIGNS:
        return _amount(text, start), token.end()
    before = text[start - 1 : start]
    # In '2h30min' the second begins where the first has ended.
    if (before.isalnum() and start != last) or before in ("_", "."):
        return None, figures_end(text, token.end() - 1)
    return _from_figure(text, start, last), figures_end(text, token.end() - 1)


def _from_word(text: str, start: int, word: str, last: int) -> Atom | None:
    lower = word.lower()
    if word[0].isupper() and (word in CURRENCY_WORDS or word[:3] in CURRENCY_WORDS):
        return _amount(text, start)
    if lower not in _WORDS:
        return None
    if lower in CLOCK_WORDS:
        return Atom(named_clock(text, start, word))
    if lower in MONTHS or lower == "ad":
        found = worded_date(text, start)
        return Atom(found) if found else None
    if lower == "minus":
        # Between two numbers it takes the one from the other.
        return (
            None if last and not text[last:start].strip() else _negative(text, start, start + len("minus "))
        )
    if lower == "one" and (
        _NO.search(text, max(0, start - 3), start) or text.startswith(" another", start + 3)
    ):
        return None
    if found := told_clock(text, start) or told_year(text, start):
        return Atom(found)
    if found := ordinal(text, start):
        return nth(text, start, int(found.value), found.end)
    number = worded(text, start)
    return measure(text, start, number) if number else None


def _from_figure(text: str, start: int, last: int) -> Atom | None:
    if text[start - 1 : start] == "-":
        earliest = max(last, start - _LONGEST_NAME)
        named = _NAME_BEFORE.search(text, earliest, start)
        if named and named[0].lower() not in _PREFIXES:
            return designation(text, named.start(), figures_end(text, start))
    if found := date_at(text, start):
        return Atom(found)
    if found := duration_at(text, start) or told_clock(text, start) or clock_at(text, start):
        return Atom(found)
    if code := _CODE.match(text, start):
        return designation(text, start, code.end())
    number = figures(text, start)
    if number is None:
        return None
    return in_column(text, start, number) or measure(text, start, number)


def _negative(text: str, start: int, position: int) -> Atom | None:
    """A quantity with a minus sign, or the word, before it."""
    before = text[max(0, start - 2) : start]
    if (
        before[-1:].isalnum()
        or before[-1:] in (".", "_", ")")
        or (before[-1:].isspace() and before[0].isdigit())
    ):
        return None
    found = before_number(text, position)
    at = found[1] if found else position
    number = (
        figures(text, at) if text[at : at + 1].isdigit() or text[at : at + 1] == "." else worded(text, at)
    )
    if number is None:
        return None
    return measure(text, start, number, negative=True, currency=found[0] if found else None)


def _amount(text: str, start: int) -> Atom | None:
    """An amount of money whose sign or code stands before it."""
    found = before_number(text, start)
    number = figures(text, found[1]) if found else None
    return measure(text, start, number, currency=found[0]) if found and number else None
