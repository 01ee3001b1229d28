"""False sentences made from true ones: one thing is changed, and it is known which.

A corruption keeps nearly every word, so that a verifier that counts shared words is wrong about it. Each kind is what
engines get wrong in practice: a number, a unit, a date, a name, 'not', a direction, a scope, or who did what to whom.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from clearspan.language.quantities import Quantity, quantities
from clearspan.language.quantities.dates import MONTHS
from clearspan.overview.proof.numbers import NAME

CorruptionKind = Literal["number", "unit", "date", "name", "negation", "direction", "scope", "relation"]

_UNITS = (
    "feet metres, miles kilometres, inches centimetres, pounds kilograms, tons grams, hours minutes, "
    "days weeks, months years, acres hectares, million billion, thousand million, mg kg, km cm, "
    "kilometers miles, meters feet"
).split(", ")
_OPPOSITES = (
    "increased decreased, increases decreases, increase decrease, increasing decreasing, rose fell, "
    "rises falls, rising falling, higher lower, highest lowest, more fewer, most least, larger smaller, "
    "largest smallest, longer shorter, longest shortest, older younger, oldest youngest, faster slower, "
    "above below, before after, earlier later, first last, north south, northern southern, east west, "
    "eastern western, won lost, gained lost, opened closed, accepted rejected, allowed forbidden, "
    "approved rejected, supported opposed, safe dangerous, born died, began ended, improves worsens, "
    "reduces raises, reduced raised, promotes inhibits, positive negative, positively negatively, "
    "strong weak, major minor, common rare, always never, inside outside, upper lower, expanded shrank, "
    "warmer colder, hot cold, heavy light, prevent cause, prevents causes, present absent, "
    "public private, old new, early late, many few"
).split(", ")
_SCOPES = (
    ("some", "all"),
    ("most", "all"),
    ("many", "all"),
    ("several", "all"),
    ("few", "no"),
    ("often", "always"),
    ("usually", "always"),
    ("sometimes", "always"),
    ("generally", "always"),
    ("rarely", "never"),
    ("may", "must"),
    ("might", "must"),
    ("could", "must"),
    ("every", "hardly any"),
    ("partly", "entirely"),
    ("mainly", "exclusively"),
    ("about", "exactly"),
    ("up to", "more than"),
    ("at least", "at most"),
    ("at most", "at least"),
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|will|would|may|might|must|should|does|did|do)\b"
    r"(?!\s+(?:not|never|no)\b)"
)
_NOT = re.compile(r"\s+(?:not|never)\b|(?<=\w)n['’]t\b")
_NO_NUMBERS = frozenset({"date", "clock", "ordinal", "designation"})
_MONTH_NAMES = tuple(name.capitalize() for name in MONTHS if len(name) > 4)


@dataclass(frozen=True, slots=True)
class Corruption:
    """A sentence with one thing changed; `changed` is what stood there and `into` what stands there now."""

    text: str
    kind: CorruptionKind
    changed: str
    into: str


def corruptions(sentence: str, around: str, generator: random.Random) -> list[Corruption]:
    """At most one corruption of each kind; a kind for which the sentence has nothing to change is left out.

    Args:
        sentence: a true sentence.
        around: text that names are taken from: a name that its own document has makes the harder case.
        generator: the same one gives the same corruptions.
    """
    found: list[Corruption] = []
    for kind, change in _CHANGES.items():
        edit = change(sentence, around, generator)
        if edit is None:
            continue
        start, end, into = edit
        text = sentence[:start] + into + sentence[end:]
        if text.lower() != sentence.lower():
            found.append(Corruption(text[:1].upper() + text[1:], kind, sentence[start:end], into))
    return found


_Edit = tuple[int, int, str]


def _number(sentence: str, _: str, generator: random.Random) -> _Edit | None:
    found = [q for q in quantities(sentence) if q.dimension not in _NO_NUMBERS and q.text[:1].isdigit()]
    if not found:
        return None
    quantity = generator.choice(found)
    written = re.match(r"\d[\d,]*(?:\.\d+)?", quantity.text)
    if written is None:
        return None
    digits = written.group()
    into = _other_number(digits, generator)
    return (quantity.start, quantity.start + len(digits), into) if into != digits else None


def _other_number(digits: str, generator: random.Random) -> str:
    """A number of the same make: as many decimals, separators where there were any."""
    decimals = len(digits.partition(".")[2])
    value = float(digits.replace(",", "")) * generator.choice((0.1, 0.5, 0.7, 0.9, 1.1, 1.3, 2.0, 10.0))
    rounded = max(round(value, decimals), 10.0**-decimals)
    return f"{rounded:,.{decimals}f}" if "," in digits else f"{rounded:.{decimals}f}"


def _date(sentence: str, _: str, generator: random.Random) -> _Edit | None:
    dates = [quantity for quantity in quantities(sentence) if quantity.dimension == "date"]
    if not dates:
        return None
    chosen: Quantity = generator.choice(dates)
    year = re.search(r"\d{4}", chosen.text)
    month = next((name for name in _MONTH_NAMES if name in chosen.text), None)
    if month is not None and generator.random() < 0.5:
        start = chosen.start + chosen.text.index(month)
        return start, start + len(month), generator.choice([name for name in _MONTH_NAMES if name != month])
    if year is None:
        return None
    shifted = int(year.group()) + generator.choice((-30, -10, -5, -2, -1, 1, 2, 5, 10, 30))
    return chosen.start + year.start(), chosen.start + year.end(), str(shifted)


def _name(sentence: str, around: str, generator: random.Random) -> _Edit | None:
    own = [match for match in _names(sentence) if match.start() > 0]
    others = {match.group() for match in _names(around)}
    pairs = [
        (match, other)
        for match in own
        for other in sorted(others)
        if len(other.split()) == len(match.group().split()) and other not in sentence
    ]
    if not pairs:
        return None
    match, other = generator.choice(pairs)
    return match.start(), match.end(), other


def _names(text: str) -> list[re.Match[str]]:
    """Names inside sentences: a capital at the start of a sentence proves nothing."""
    whole = re.compile(rf"(?<![.!?:”\"]\s)(?<!^)(?<!\n)(?:{NAME.pattern})(?:\s+(?:{NAME.pattern}))*")
    return [match for match in whole.finditer(text) if match.group().lower() not in MONTHS]


def _negation(sentence: str, *_: object) -> _Edit | None:
    if match := _NOT.search(sentence):
        return match.start(), match.end(), ""
    if match := _AUXILIARY.search(sentence):
        return match.end(), match.end(), " not"
    return None


def _scope(sentence: str, _: str, generator: random.Random) -> _Edit | None:
    found = [
        (match.start(), match.end(), into)
        for word, into in _SCOPES
        for match in re.finditer(rf"\b{word}\b", sentence)
    ]
    return generator.choice(found) if found else None


def _relation(sentence: str, _: str, generator: random.Random) -> _Edit | None:
    """Two names change places; only where a verb stands between them, since 'A and B' is 'B and A'."""
    found = list(re.finditer(rf"(?:{NAME.pattern})(?:\s+(?:{NAME.pattern}))*", sentence))
    pairs = [
        (first, second)
        for first, second in pairwise(found)
        if re.search(
            r"\b(?:\w+ed|is|was|has|had|than|of|by|from|to|in)\b", sentence[first.end() : second.start()]
        )
    ]
    if not pairs:
        return None
    first, second = generator.choice(pairs)
    between = sentence[first.end() : second.start()]
    return first.start(), second.end(), f"{second.group()}{between}{first.group()}"


def _exchange(sentence: str, pairs: Sequence[str], generator: random.Random, pattern: str) -> _Edit | None:
    """One word of a pair for the other, whichever stands in the sentence."""
    found: list[_Edit] = []
    for pair in pairs:
        one, other = pair.split()
        for word, into in ((one, other), (other, one)):
            for match in re.finditer(pattern.replace("{}", word), sentence):
                space = match.group()[: len(match.group()) - len(word)]
                found.append((match.start(), match.end(), space + into))
    return generator.choice(found) if found else None


_CHANGES: Mapping[CorruptionKind, Callable[[str, str, random.Random], _Edit | None]] = {
    "number": _number,
    "unit": lambda sentence, _, generator: _exchange(sentence, _UNITS, generator, r"(?<=\d)[\s-]?{}\b"),
    "date": _date,
    "name": _name,
    "negation": _negation,
    "direction": lambda sentence, _, generator: _exchange(sentence, _OPPOSITES, generator, r"\b{}\b"),
    "scope": _scope,
    "relation": _relation,
}
