"""Numbers in words: 'two hundred and fifty', 'a dozen', 'one and a half', 'two thirds', 'twenty-first'."""

import re
from dataclasses import dataclass
from fractions import Fraction

from clearspan.language.quantities.numerals import Number

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
CARDINALS: dict[str, int] = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
}
"""Lower-case word of a number that is a single word, below a hundred → the number."""
SCALES: dict[str, int] = {
    word: 1000**power for power, word in enumerate("thousand million billion trillion".split(), 1)
}
_MULTIPLIERS = {"dozen": 12, "hundred": 100, **SCALES}
_IRREGULAR = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"} | {
    "nine": "ninth",
    "twelve": "twelfth",
}
_ORDINALS: dict[str, int] = {
    _IRREGULAR.get(word, f"{word[:-1]}ieth" if word in _TENS else f"{word}th"): value
    for word, value in CARDINALS.items()
    if value
}
# 'First' is as often an adverb, 'second' a time, 'third' a part.
_LONE_ORDINALS = frozenset(word for word, value in _ORDINALS.items() if value > 3)
_PARTS: dict[str, int] = {"half": 2, "quarter": 4} | {
    word: value for word, value in _ORDINALS.items() if 3 <= value <= 10 or value in (12, 16, 20)
}
_PLURAL_PARTS: dict[str, int] = {f"{word}s": value for word, value in _PARTS.items() if word != "half"}

BEGINNINGS = frozenset({"a", "an", "half", "quarter", *CARDINALS, *_LONE_ORDINALS})
"""Lower-case words that a number in words may begin with."""

_MOST_WORDS = 32
_WORD = re.compile(r"[A-Za-z]+")
_GAP = re.compile(r"[\s-]")
_GOES_ON = re.compile(rf"-\w|\w|\s(?:{'|'.join(_MULTIPLIERS)})", re.IGNORECASE)
_OF = re.compile(r"\s+of\b")
_ALONE = re.compile(r"\s+of\b|\s*(?:[.,;:)]|$)")
_VOCABULARY = BEGINNINGS | {*_MULTIPLIERS, *_PARTS, *_PLURAL_PARTS, *_ORDINALS, "and", "point"}


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    end: int


def worded(text: str, position: int) -> Number | None:
    """The number in words that begins at a position; None if there is none."""
    words = _words(text, position)
    return _half(words) or _share(text, words) or _amount(words)


def ordinal(text: str, position: int) -> Number | None:
    """The ordinal in words that begins at a position, if it can be nothing else: 'fourth', 'twenty-first'."""
    words = _words(text, position)
    if not words:
        return None
    tens = CARDINALS.get(words[0].word, 0)
    if tens >= 20 and len(words) > 1 and 0 < _ORDINALS.get(words[1].word, 0) < 10:
        return Number(Fraction(tens + _ORDINALS[words[1].word]), words[1].end, "words")
    if words[0].word in _LONE_ORDINALS:
        return Number(Fraction(_ORDINALS[words[0].word]), words[0].end, "words")
    return None


def year_in_words(text: str, position: int) -> Number | None:
    """The number of a year as it is said, in two halves ('nineteen eighty-four'); None if there is none.

    Earlier centuries than the fourteenth are left: 'twelve thirty' is a time of day.
    """
    first = _WORD.match(text, position)
    hundreds = CARDINALS.get(first[0].lower(), 0) if first else 0
    if not 13 <= hundreds <= 20:
        return None
    words = _words(text, position)
    rest = _below_hundred(words[1:])
    if rest is None or not 10 <= rest[0] < 100:
        return None
    last = words[rest[1]].end
    return None if _GOES_ON.match(text, last) else Number(Fraction(100 * hundreds + rest[0]), last, "words")


def scale_at(text: str, position: int) -> tuple[int, int] | None:
    """What the words after a number multiply it by ('million', 'hundred thousand'), and where they end."""
    product, end = 1, position
    while (gap := _GAP.match(text, end)) and (word := _WORD.match(text, gap.end())):
        factor = _MULTIPLIERS.get(word[0].lower())
        if factor is None or product >= SCALES["trillion"]:
            break
        product, end = product * factor, word.end()
    return (product, end) if product > 1 else None


def _words(text: str, position: int) -> list[_Word]:
    """The words from a position on, as long as they may be of a number."""
    found: list[_Word] = []
    while len(found) < _MOST_WORDS and (match := _WORD.match(text, position)):
        word = match[0].lower()
        if word not in _VOCABULARY:
            break
        found.append(_Word(word, match.end()))
        gap = _GAP.match(text, match.end())
        if gap is None:
            break
        position = gap.end()
    return found


def _half(words: list[_Word]) -> Number | None:
    """'Half a', 'half an': of what follows."""
    if len(words) > 1 and words[0].word == "half" and words[1].word in ("a", "an"):
        return Number(Fraction(1, 2), words[1].end, "half")
    return None


def _share(text: str, words: list[_Word]) -> Number | None:
    """A mere fraction: 'two thirds', 'one fifth', 'a quarter of', 'quarter of'."""
    first = words[0].word if words else ""
    if first == "quarter":
        return Number(Fraction(1, 4), words[0].end, "share") if _OF.match(text, words[0].end) else None
    if len(words) < 2:
        return None
    above, part = CARDINALS.get(first, 0), words[1]
    if above > 1 and part.word in _PLURAL_PARTS and above < _PLURAL_PARTS[part.word]:
        return Number(Fraction(above, _PLURAL_PARTS[part.word]), part.end, "share")
    if part.word not in _PARTS:
        return None
    # 'A third bridge' is no part of a bridge, and 'a quarter' may be of a year or of a town.
    alone = _OF if part.word in ("half", "quarter") else _ALONE
    if above == 1 or (first in ("a", "an") and alone.match(text, part.end)):
        return Number(Fraction(1, _PARTS[part.word]), part.end, "share")
    return None


def _amount(words: list[_Word]) -> Number | None:
    """A whole number, with a fraction or decimals after it."""
    found = _cardinal(words)
    if found is None:
        return None
    value, used = found
    rest = words[used:]
    if [each.word for each in rest[:1]] == ["point"]:
        decimals = [CARDINALS.get(each.word, 10) for each in rest[1:]]
        count = next((i for i, each in enumerate(decimals) if each > 9), len(decimals))
        if count:
            value += Fraction(int("".join(map(str, decimals[:count]))), 10**count)
            used += 1 + count
    elif part := _and_part(rest):
        value += part
        used += 3
    return Number(value, words[used - 1].end, "words", scaled=words[used - 1].word in SCALES)


def _and_part(words: list[_Word]) -> Fraction | None:
    """'And a half', 'and three quarters'."""
    if len(words) < 3 or words[0].word != "and":
        return None
    above = 1 if words[1].word in ("a", "an") else CARDINALS.get(words[1].word, 0)
    below = (_PARTS if above == 1 else _PLURAL_PARTS).get(words[2].word, 0)
    return Fraction(above, below) if 0 < above < below else None


def _cardinal(words: list[_Word]) -> tuple[Fraction, int] | None:
    """A whole number and how many words it takes: groups below a thousand, each with a smaller scale than before."""
    total, used, least = 0, 0, 10**15
    while True:
        joined = 1 if used and used < len(words) and words[used].word == "and" else 0
        group = _group(words[used + joined :], first=not used)
        if group is None:
            break
        value, taken = group
        after = used + joined + taken
        scale = SCALES.get(words[after].word, 1) if after < len(words) else 1
        # 'Two thousand and three thousand' are two numbers, and so are 'a hundred and two thousand'.
        if scale >= least or (joined and scale > 1):
            break
        total, used, least = total + value * scale, after + (scale > 1), scale
        if scale == 1:
            break
    return (Fraction(total), used) if used else None


def _group(words: list[_Word], *, first: bool) -> tuple[int, int] | None:
    """A number below a thousand, or some dozens, and how many words it takes; 'a' counts only before a hundred."""
    if not words:
        return None
    if words[0].word in ("a", "an"):
        if not first or len(words) < 2 or words[1].word not in _MULTIPLIERS:
            return None
        value, used = 1, 1
    else:
        below = _below_hundred(words)
        if below is None:
            return None
        value, used = below
    word = words[used].word if used < len(words) else ""
    if word == "dozen":
        return value * 12, used + 1
    if word != "hundred":
        return value, used
    value, used = value * 100, used + 1
    joined = 1 if used < len(words) and words[used].word == "and" else 0
    rest = _below_hundred(words[used + joined :])
    if rest is None:
        return value, used
    after = used + joined + rest[1]
    if joined and after < len(words) and words[after].word in _MULTIPLIERS and words[after].word == "hundred":
        return value, used
    return value + rest[0], after


def _below_hundred(words: list[_Word]) -> tuple[int, int] | None:
    value = CARDINALS.get(words[0].word) if words else None
    if value is None:
        return None
    unit = CARDINALS.get(words[1].word, 0) if len(words) > 1 else 0
    if value >= 20 and 0 < unit < 10:
        return value + unit, 2
    return value, 1
