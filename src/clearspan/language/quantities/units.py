"""Units where they stand in a text: the longest that begins at a place, with the system that its words name.

Signs are read in the case they are listed in. A longer one that fits one unit only is also read in capitals, in small
letters, with a capital first and with K for k ('KM', 'Kg', 'KWh'; not 'mw', nor 'mHz', whose m is another prefix).
C and F are degrees where the text speaks of temperatures.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from clearspan.language.quantities.conversion import dimension, ratio
from clearspan.language.quantities.unit_table import IMPERIAL, UNITS, US, Unit, named


@dataclass(frozen=True, slots=True)
class WrittenUnit:
    """A unit that stands in a text: up to where, and the units of other systems that its words may mean as well."""

    unit: Unit
    end: int
    others: tuple[Unit, ...] = ()


def known_unit(words: str, system: str = "") -> Unit | None:
    """The unit that a text is, whole: 'kilometres', 'square feet', 'US gallons', 'km/h'; None if it is none."""
    found = unit_at(words, 0, system or system_of(words))
    return found.unit if found and found.end == len(words) else None


def unit_at(text: str, position: int, system: str = "") -> WrittenUnit | None:
    """The unit that begins at a position, the longest there is; None if none does.

    Args:
        system: which one is meant where the words right before the unit name none.
    """
    adjective = _SYSTEM.match(text, position)
    found = _simple(text, adjective.end(), _system(adjective)) if adjective else None
    if adjective and (found is None or not found.unit.system):
        return None
    found = found or _simple(text, position, system)
    below = each_at(text, found.end, system) if found else None
    if found is None or below is None or not _is_rate(text, found, below):
        return found
    unit = named(f"{found.unit.name}/{below.unit.name}")
    others = tuple(
        named(f"{above.name}/{under.name}")
        for above, under in (
            *((o, below.unit) for o in found.others),
            *((found.unit, o) for o in below.others),
        )
    )
    return WrittenUnit(unit, below.end, others)


def each_at(text: str, position: int, system: str = "") -> WrittenUnit | None:
    """What something is for each of, as it is written after it: '/h', ' per 100 g', ' an hour'; None if nothing is."""
    over = _PER.match(text, position)
    if over is None:
        return None
    count = None if over["article"] else _COUNT.match(text, over.end())
    found = _simple(text, count.end() if count else over.end(), system)
    # 'A second' is rather another one where a word follows.
    if found is None or (
        over["article"] and found.unit.name == "second" and _WORD_AFTER.match(text, found.end)
    ):
        return None
    if count is None:
        return found
    number = int(count[1].replace(",", ""))
    unit, *others = (named(f"{number}*{each.name}") for each in (found.unit, *found.others))
    return WrittenUnit(unit, found.end, tuple(others))


def initial_at(text: str, position: int) -> Unit | None:
    """The unit of which the lone letter here may be the initial, whatever the text speaks of."""
    match = _WORD.match(text, position)
    return _INITIALS.get(match[0]) if match else None


@lru_cache(maxsize=16)
def system_of(text: str) -> str:
    """`US` or `imperial`, if a text names the one and not the other; else empty."""
    found = {_system(match) for match in _SYSTEM.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def spelled(name: str, value: Fraction) -> str:
    """A unit as a person writes it after a value: 'kilometres', '°C', 'square feet', '%'."""
    unit = named(name)
    if unit.signs and (name in _SIGNED or unit.dimension == "percent"):
        return unit.signs[0]
    return unit.one if abs(value) == 1 else unit.many


def _simple(text: str, position: int, system: str) -> WrittenUnit | None:
    """A unit without a 'per': the longest run of words, or a sign."""
    if symbol := _SYMBOL.match(text, position):
        return WrittenUnit(_SIGNS[symbol[0].replace(" ", "").replace("º", "°")][0], symbol.end())
    for end in reversed(_word_ends(text, position)):
        written = text[position:end]
        units = (
            _SIGNS.get(written)
            or _WORDS.get(_SEPARATOR.sub("_", written.lower()))
            or _recased(_SEPARATOR.sub("_", written))
            or _initials(text, written)
        )
        if units and (not _CONTINUES.match(text, end) or _goes_on(text, end, units[0])):
            chosen = next((unit for unit in units if unit.system == system), units[0])
            rest = units if not system and len(units) > 1 else ()
            return WrittenUnit(chosen, end, tuple(unit for unit in rest if unit is not chosen))
    return None


def _is_rate(text: str, above: WrittenUnit, below: WrittenUnit) -> bool:
    """Whether two units make a rate: '10 km/6 miles' says one thing twice, and 'eight hours a day' are hours."""
    over, of, each = (
        _PER.match(text, above.end),
        dimension(above.unit.name),
        dimension(below.unit.name),
    )
    if over and over["article"]:
        return each == "[time]" != of
    return of != each or not below.unit.name[0].isdigit()


def _goes_on(text: str, end: int, unit: Unit) -> bool:
    """Whether figures of a smaller unit follow right after a unit: '2h30min'."""
    figures = _FIGURES.match(text, end)
    word = _WORD.match(text, figures.end()) if figures else None
    smaller = (_SIGNS.get(word[1]) or _WORDS.get(word[1].lower()) or ()) if word else ()
    return any(
        dimension(each.name) == dimension(unit.name) and ratio(each.name, unit.name) < 1 for each in smaller
    )


def _initials(text: str, written: str) -> tuple[Unit, ...] | None:
    """The unit of a lone letter, in a text that speaks of what it measures."""
    unit = _INITIALS.get(written)
    return (unit,) if unit and _of_temperature(text) else None


@lru_cache(maxsize=16)
def _of_temperature(text: str) -> bool:
    """Whether a text speaks of temperatures: in a word, or with both C and F standing alone."""
    alone = set(_LONE_LETTER.findall(text))
    return alone >= _INITIALS.keys() or _TEMPERATURES.search(text) is not None


def _word_ends(text: str, position: int) -> list[int]:
    """Where each of the first words ends, as long as a unit may go on; none if the first begins no unit."""
    ends: list[int] = []
    word = _WORD.match(text, position)
    if word is None or word[1].lower() not in _FIRST_WORDS:
        return ends
    while word and len(ends) < _LONGEST:
        ends.append(word.end())
        between = _SEPARATOR.match(text, word.end())
        word = _WORD.match(text, between.end()) if between else None
    return ends


def _system(match: re.Match[str]) -> str:
    return US if match[1] else IMPERIAL


def _signs(rows: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    found: dict[str, tuple[Unit, ...]] = {}
    for row in rows:
        for sign in row.signs:
            found[sign] = (*found.get(sign, ()), row)
    return found


def _recased(written: str) -> tuple[Unit, ...] | None:
    """What a sign in another case than its own can only be."""
    if written[:1] == "K" and (units := _SIGNS.get(f"k{written[1:]}")):
        return units
    plain = written.isupper() or written.islower() or written[1:].islower()
    return _LOOSE.get(written.lower()) if plain else None


def _loose() -> dict[str, tuple[Unit, ...]]:
    """Longer signs in lower case where these are of one unit, or of one in each system."""
    found: dict[str, tuple[Unit, ...]] = {}
    for sign, units in _SIGNS.items():
        if len(sign) > 1:
            found[sign.lower()] = tuple(dict.fromkeys((*found.get(sign.lower(), ()), *units)))
    return {sign: units for sign, units in found.items() if len(units) == 1 or units[0].system}


def _words(rows: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    """Words in lower case."""
    found: dict[str, tuple[Unit, ...]] = {}
    for row in rows:
        for spelling in row.spellings:
            found[spelling] = (*found.get(spelling, ()), row)
    return found


_SEPARATOR = re.compile(r"\.?[\s-]")
_WORD = re.compile(r"([^\W\d_]+|%)(?:/s[²2](?!\w))?(?:[²³]|[23](?!\w))?")
_SYMBOL = re.compile(r"[%‰″′](?![\s-]?(?i:points?)\b)|[°º](?:\s?[CF](?!\w))?")
_SYSTEM = re.compile(
    r"\b(?:(US|U\.S\.|USA|American)|(?i:imperial|british|UK|U\.K\.))(?!\w)[\s-]*",
)
_SIGNED = frozenset({"degC", "degF", "kelvin"})
_PER = re.compile(r"\s?/\s?|\s+per\s+|\s+(?P<article>an?)\s+", re.IGNORECASE)
_COUNT = re.compile(r"([1-9]\d{0,2}(?:,?\d{3}){0,2})[\s-]?(?=[^\W\d])")
_FIGURES = re.compile(r"\d{1,3}(?!\d)")
_WORD_AFTER = re.compile(r"\s[a-z]")
_LONE_LETTER = re.compile(r"(?<![^\W\d])[A-Z](?!\w)")
_TEMPERATURES = re.compile(
    r"°|\b(?:temperatures?|degrees?|celsius|fahrenheit|centigrade|kelvins?|heat(?:s|ed|ing)?|hot(?:ter|test)?|oven|"
    r"cold(?:er|est)?|warm(?:s|ed|er|est|ing)?|cool(?:s|ed|er|est|ing)?|boil(?:s|ed|ing)?|melt(?:s|ed|ing)?|"
    r"fr[eo]ez(?:es?|ing)|frozen?|thermometers?)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"[\w²³]")
_SIGNS = _signs(UNITS)
_INITIALS = {initial: unit for unit in UNITS for initial in unit.initials}
_LOOSE = _loose()
_WORDS = _words(UNITS)
_LONGEST = max(spelling.count("_") for spelling in _WORDS) + 1
_FIRST_WORDS = frozenset(
    match[1].lower()
    for spelling in (*_SIGNS, *_LOOSE, *_WORDS, *_INITIALS)
    if (match := _WORD.match(spelling))
)
