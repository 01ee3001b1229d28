"""Numbers in figures: thousands signs, decimal points and commas, exponents, fractions.

Readers of English take a comma for a thousands sign and a point for a decimal one; most of Europe does the reverse.
What can only be the one or the other is read as that ('2,5', '1.234,5'). What can be both ('1,234') is read as English
has it, unless other numbers of the same text show that its commas are decimal; either way the doubt is told.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

GREATEST = 10**100
"""Numbers beyond this, or as small as its inverse, are no quantities that anybody states."""

_MOST_FIGURES = 40
_GAP = "\u00a0\u202f\u2009"
_RUN = re.compile(rf"\d+(?:[.,'’{_GAP}]\d+)*")
_SPACED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?P<decimals>[.,]\d+)?(?![.,]?\d| \d)")
_LABEL = re.compile(r"\b[A-Z]\w*\.? $")
_DECIMALS = re.compile(rf"\.\d{{1,{_MOST_FIGURES}}}(?![\d.,])")
SIGNS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
"""Fractions of a single character."""

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = r"(?:\^|\*\*)(?P<power>[−-]?\d{1,3})(?!\d)|(?P<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
_TIMES_TEN = re.compile(rf"\s?[×x·*]\s?10(?:{_POWER})")
_OF_TEN = re.compile(_POWER)
_E = re.compile(r"[eE](?P<power>[+−-]?\d{1,3})(?!\w)")
_FRACTION = re.compile(r"(\d{1,2})(?:/|⁄)(\d{1,2})(?![\w/⁄])(?![.,]\d)")
_AFTER_WHOLE = re.compile(rf"\s?(?=[{SIGNS}])|\s(?=\d{{1,2}}[/⁄]\d)")
_DENOMINATORS = frozenset({2, 3, 4, 5, 6, 8, 10, 16, 32})
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])\d+(?:\.\d{3})*,(?:\d{1,2}|\d{4,})(?![\d,])")
_DECIMAL_POINT = re.compile(r"(?<![\d.,])\d+(?:,\d{3})*\.(?:\d{1,2}|\d{4,})(?![\d.])")

NOUN_AFTER = re.compile(
    r"\s(?!(?:to|and|or|in|at|on|by|for|with|was|is|are|the|an?|of|from|per|each|then|now|so|but|as|if|later|long|before|after|"
    r"more|less|than|ago|until|till|faster|slower|apart|into|between)\b)[a-z]{2,}"
)
"""A word that may be what a number counts, or what an amount is said of."""

Kind = Literal["figures", "words", "share", "half", "slash", "code"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in a text.

    Attributes:
        end: where it ends.
        kind: `share` for a mere fraction ('two thirds', '½'), `half` for 'half a', whose unit is still to come, `slash`
            for a fraction that may be something else ('1/2'), `code` for figures that are no number ('007', '3.5.1').
        doubt: how else it may be read; empty where it cannot.
        scaled: whether its own words say millions or the like, or it is a power of ten.
    """

    value: Fraction
    end: int
    kind: Kind
    doubt: str = ""
    scaled: bool = False


def figures(text: str, position: int) -> Number | None:
    """The number in figures that begins at a position; None if none does that could be read."""
    if text[position] in SIGNS:
        return Number(_sign(text[position]), position + 1, "share")
    if text[position] == ".":
        decimals = _DECIMALS.match(text, position)
        return decimals and Number(Fraction(decimals[0]), decimals.end(), "figures")
    if slash := _slash(text, position):
        return slash
    if spaced := _spaced(text, position):
        return spaced
    run = _RUN.match(text, position)
    if run is None or run.end() - position > _MOST_FIGURES:
        return None
    # After '1,' of '1,2,5' the comma lists numbers, and is no decimal one.
    listed = text[position - 1 : position] == "," and text[position - 2 : position - 1].isdigit()
    whole = _literal(run[0].partition(",")[0] if listed else run[0], text)
    if whole is None or whole.kind == "code":
        return whole and Number(whole.value, position + whole.end, "code")
    end = position + whole.end
    if end == run.end() and (more := _mixed(text, end, whole.value)):
        return more
    value, last = _exponent(text, position, end, whole.value)
    if value and not 1 <= abs(value) * GREATEST <= GREATEST**2:
        return None
    return Number(value, last, "figures", whole.doubt, scaled=last > end)


def figures_end(text: str, position: int) -> int:
    """Where the figures end that begin at a position, with the separators among them."""
    run = _RUN.match(text, position)
    return run.end() if run else position + 1


def _spaced(text: str, position: int) -> Number | None:
    """A number whose thousands stand apart by ordinary spaces: '2 500', '1 000,5'; not 'Room 12 300 people'."""
    match = _SPACED.match(text, position)
    if match is None or text[:position][-2:-1].isdigit():
        return None
    whole, decimals = match[0].replace(" ", ""), match["decimals"] or ""
    groups = match[0].count(" ")
    if groups == 1 and not decimals and _LABEL.search(text, max(0, position - _MOST_FIGURES), position):
        return None
    value = Fraction(whole.replace(",", "."))
    doubt = "" if groups > 1 or decimals else f"{match[0]} is read as {whole}; they may be two numbers"
    return Number(value, match.end(), "figures", doubt)


def plain(value: Fraction) -> str:
    """A number that was read from decimals, without signs for thousands."""
    return f"{value.numerator}" if value.denominator == 1 else f"{float(value)}"


def _sign(character: str) -> Fraction:
    return Fraction(unicodedata.numeric(character)).limit_denominator(10)


def _slash(text: str, position: int) -> Number | None:
    """A fraction such as 3/4: less than one, and of a denominator that people use."""
    match = _FRACTION.match(text, position)
    if match is None:
        return None
    above, below = int(match[1]), int(match[2])
    if not 0 < above < below or below not in _DENOMINATORS:
        return None
    return Number(Fraction(above, below), match.end(), "share" if "⁄" in match[0] else "slash")


def _mixed(text: str, end: int, whole: Fraction) -> Number | None:
    """A whole number with a fraction: 2½, 2 1/2."""
    between = _AFTER_WHOLE.match(text, end)
    if between is None or whole.denominator != 1:
        return None
    at = between.end()
    part = Number(_sign(text[at]), at + 1, "share") if text[at] in SIGNS else _slash(text, at)
    return part and Number(whole + part.value, part.end, "figures")


def _exponent(text: str, start: int, end: int, value: Fraction) -> tuple[Fraction, int]:
    """The number times its power of ten, if it has one, and where that ends."""
    match = _TIMES_TEN.match(text, end) or _E.match(text, end)
    base = value
    if match is None and text[start:end] == "10":
        match, base = _OF_TEN.match(text, end), Fraction(1)
    if match is None:
        return value, end
    written = match.groupdict()["power"] or match["raised"].translate(_RAISED)
    return base * Fraction(10) ** int(written.replace("−", "-")), match.end()


def _literal(run: str, text: str) -> Number | None:
    """The number that a run of figures and separators begins with; None if its separators fit none."""
    for shape, read in _SHAPES:
        if match := shape.match(run):
            return read(match, text)
    return None


def _whole(match: re.Match[str], _: str) -> Number:
    return Number(Fraction(int(re.sub(r"\D", "", match[0]))), match.end(), "figures")


def _with_decimals(match: re.Match[str], _: str) -> Number:
    whole, decimals = re.sub(r"\D", "", match["whole"]), match["decimals"]
    return Number(Fraction(int(whole + decimals), 10 ** len(decimals)), match.end(), "figures")


def _either(match: re.Match[str], text: str) -> Number:
    """One separator before three figures: of thousands, or decimal."""
    written = match[0]
    thousands, decimals = _whole(match, text), _with_decimals(match, text)
    comma = "," in written
    grouped = comma != _has_decimal_commas(text)
    taken, other = (thousands, decimals) if grouped else (decimals, thousands)
    sign = "comma" if comma else "point"
    how = f"with a decimal {sign} it would be" if grouped else f"with a {sign} for thousands it would be"
    doubt = f"{written} is read as {plain(taken.value)}; {how} {plain(other.value)}"
    return Number(taken.value, taken.end, "figures", doubt)


@lru_cache(maxsize=16)
def _has_decimal_commas(text: str) -> bool:
    """Whether numbers of a text that can be read in one way only have decimal commas, and none a decimal point."""
    return bool(_DECIMAL_COMMA.search(text)) and not _DECIMAL_POINT.search(text)


def _listed(match: re.Match[str], text: str) -> Number | None:
    """The first of several numbers with commas and no spaces between them."""
    return _literal(match[0].partition(",")[0], text)


def _head(match: re.Match[str], text: str) -> Number | None:
    """What stands before a space or an apostrophe that separates no thousands."""
    return _literal(match[0], text)


def _code(match: re.Match[str], _: str) -> Number:
    return Number(Fraction(0), match.end(), "code")


# The first shape that fits a whole run says how it is read; the last ones fit its beginning.
_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Number | None]], ...] = (
    (re.compile(r"0\d+$"), _code),
    (re.compile(r"\d+$"), _whole),
    (re.compile(r"(?P<whole>[1-9]\d{0,2})[.,](?P<decimals>\d{3})$"), _either),
    (re.compile(r"(?P<whole>\d+)\.(?P<decimals>\d+)$"), _with_decimals),
    (re.compile(r"\d{4}(?:,\d{4})+$"), _listed),
    (re.compile(r"(?P<whole>\d+),(?P<decimals>\d+)$"), _with_decimals),
    (
        re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,}$|[1-9]\d{0,2}(?:\.\d{3}){2,}$|[1-9]\d?(?:,\d{2})+,\d{3}$"),
        _whole,
    ),
    (re.compile(r"(?P<whole>[1-9]\d{0,2}(?:,\d{3})+)\.(?P<decimals>\d+)$"), _with_decimals),
    (re.compile(r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3})+),(?P<decimals>\d+)$"), _with_decimals),
    (re.compile(rf"[1-9]\d{{0,2}}(?:([{_GAP}'’])\d{{3}})(?:\1\d{{3}})*$"), _whole),
    (
        re.compile(rf"(?P<whole>[1-9]\d{{0,2}}([{_GAP}'’])\d{{3}}(?:\2\d{{3}})*)[.,](?P<decimals>\d+)$"),
        _with_decimals,
    ),
    (re.compile(r"(?:\d{1,2}|\d{4})(?:,(?:\d{1,2}|\d{4}))+$|\d+(?:\.\d+)?(?:,\d+\.\d+)+$"), _listed),
    (re.compile(r"\d+(?:\.\d+){2,}$"), _code),
    (re.compile(rf"[\d.,]+(?=[{_GAP}'’])"), _head),
)
