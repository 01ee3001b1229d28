"""A number and what it is a number of: a unit, money, a percentage, or nothing but a count."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from clearspan.language.quantities.conversion import dimension, to_base
from clearspan.language.quantities.currencies import (
    CURRENCIES,
    Currency,
    after_number,
    letter_scale,
    of_country,
    pence_at,
)
from clearspan.language.quantities.dates import century, is_age
from clearspan.language.quantities.number_words import scale_at
from clearspan.language.quantities.numerals import NOUN_AFTER, Number, plain
from clearspan.language.quantities.quantity import Quantity
from clearspan.language.quantities.unit_table import Unit, named
from clearspan.language.quantities.units import (
    WrittenUnit,
    each_at,
    initial_at,
    known_unit,
    system_of,
    unit_at,
)

_ORDINAL = re.compile(r"(st|nd|rd|th)\b")
_TOKEN = re.compile(r"\w*(?:-\d+)*")
_OF_A = re.compile(r"\s+of\s+(?:an?|the|one)(?=\s)", re.IGNORECASE)
_OF = re.compile(r"\s+of\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s-]?")
_FEET_AND_INCHES = re.compile(r"(\d{1,2})\s?['′’]\s?(\d{1,2}(?:\.\d{1,2})?)\s?(?:[\"″”]|'')")
_ARC = re.compile(r"\s?(\d{1,2})[′'](?:\s?(\d{1,2}(?:\.\d+)?)[″\"])?")
_INCHES = re.compile(
    r"\s?in\b(?=\.?\s*(?:[(),;×]|$|x\s?\d|(?:in|into|to|long|wide|tall|high|deep|thick|across|diameter)\b))"
)
_COUNTED_OVER = re.compile(r"(?:\s[a-z]+){0,2}(?=\sper\s)")
_AREAS = frozenset({"[length] ** 2", "[length] ** 3"})
_COLUMN = re.compile(r"\(([^()\n]{1,30})\):\s$")
_CELL_ENDS = re.compile(r";|\s*$|\s*\n")
_LONGEST_COLUMN = 36
_MOST_PENCE = 99
_NEVER_METRES = re.compile(
    r"\s(?:people|persons|inhabitants|residents|citizens|men|women|children|adults|voters|users|customers|members|"
    r"subscribers|visitors|tourists|passengers|viewers|listeners|followers|speakers|workers|employees|students|pupils|"
    r"refugees|migrants|households|deaths|jobs)\b",
    re.IGNORECASE,
)
_FOOT, _INCH = WrittenUnit(named("foot"), 0), WrittenUnit(named("inch"), 0)
_STERLING = next(currency for currency in CURRENCIES if currency.code == "GBP")


@dataclass(frozen=True, slots=True)
class Atom:
    """A quantity with what its neighbours may borrow of it.

    Attributes:
        number: as it was read; None for dates and times of day.
        currency: of money.
        scale: what the words or the letter after the number multiply it by.
        last: of a compound ('5 ft 11 in'), its last part.
    """

    quantity: Quantity
    number: Number | None = None
    currency: Currency | None = None
    scale: int = 1
    last: Quantity | None = None

    @property
    def bare(self) -> bool:
        """Whether it is a number and nothing else."""
        return self.number is not None and self.quantity.dimension == "count" and not self.quantity.unit

    @property
    def fraction(self) -> bool:
        """Whether it is a fraction of what is still to come: the first of '1/2 to 3/4 mile'."""
        fraction = self.number is not None and self.number.kind in ("share", "slash")
        return fraction and self.quantity.unit in ("", "dimensionless")


def measure(
    text: str, start: int, number: Number, *, negative: bool = False, currency: Currency | None = None
) -> Atom | None:
    """What a number that was read is a number of; None if it is none after all ('half a' of nothing).

    Args:
        start: where the quantity begins: the sign of money, a minus sign, or the number.
        number: as read.
        negative: whether a minus stands before it.
        currency: whose sign stands before it.
    """
    if number.kind == "code":
        return designation(text, start, number.end)
    value = -number.value if negative else number.value
    if currency is not None:
        return _money(text, start, number, value, currency, number.end)
    if special := _nth(text, start, number, value) or _feet_and_inches(text, start, number):
        return special
    end, of_a = number.end, _OF_A.match(text, number.end) if number.kind in ("share", "slash") else None
    scale, end = scale_at(text, of_a.end() if of_a else end) or (1, end)
    if scale == 1 and number.kind == "figures":
        scale, end = _tight_scale(text, end)
        if scale > 1 and text[end - 1] in "mM":
            number = replace(number, doubt=f"{text[end - 1]} is read as millions; it may be metres")
    if found := after_number(text, end):
        return _money(text, start, number, value, found[0], found[1], scale)
    if value <= _MOST_PENCE and number.kind == "figures" and (last := pence_at(text, end)):
        return _money(text, start, number, value / 100, _STERLING, last)
    unit = _unit_after(text, number, of_a.end() if of_a and scale == 1 else end)
    if unit is None:
        return _unmeasured(text, start, number, value, scale, end)
    amount, last = value * scale, unit.end
    if unit.unit.name == "degree" and (arc := _ARC.match(text, last)):
        amount += Fraction(arc[1]) / 60 + Fraction(arc[2] or 0) / 3600
        last = arc.end()
    return Atom(in_unit(text, start, last, amount, unit, _doubt(text, number, unit)), number, scale=scale)


def in_column(text: str, start: int, number: Number) -> Atom | None:
    """A number of a table, whose unit stands in the name of its column: 'Weight (tonnes): 70'."""
    column = _COLUMN.search(text, max(0, start - _LONGEST_COLUMN), start)
    if column is None or not _CELL_ENDS.match(text, number.end):
        return None
    name = column[1]
    for currency in CURRENCIES:
        if name in (currency.code, *currency.signs):
            amount = float(number.value)
            money = Quantity(
                amount, currency.dimension, number.value, "", start, number.end, text[start : number.end]
            )
            return Atom(money, number, currency)
    unit = known_unit(name)
    if unit is None:
        return None
    written = WrittenUnit(unit, number.end)
    return Atom(in_unit(text, start, number.end, number.value, written, number.doubt), number)


def in_unit(text: str, start: int, end: int, value: Fraction, unit: WrittenUnit, doubt: str = "") -> Quantity:
    """A value in a unit, as a quantity of a text."""
    name = unit.unit.name
    return Quantity(
        value=to_base(value, name),
        dimension=dimension(name),
        exact=value,
        unit=name,
        start=start,
        end=end,
        text=text[start:end],
        others=tuple(to_base(value, other.name) for other in unit.others),
        doubt=doubt,
    )


def _money(
    text: str, start: int, number: Number, value: Fraction, currency: Currency, end: int, scale: int = 1
) -> Atom:
    """An amount of money, with its scale and what it is paid for each of ('£3m', '$5 million', '£12 an hour').

    Args:
        scale: that was read already, before the word for the currency.
    """
    more, end = letter_scale(text, end) or scale_at(text, end) or (1, end)
    scale *= more
    if found := after_number(text, end):
        end = found[1] if found[0].code == currency.code or currency.code == "USD" else end
        currency = found[0] if currency.code == "USD" else currency
    doubts = [number.doubt]
    if country := of_country(text, end, currency):
        if NOUN_AFTER.match(text, country[1]):
            doubts.append(f"read as {country[0].many};{text[end : country[1]]} may be of what follows")
        currency, end = country
    unit = ""
    if each := each_at(text, end):
        unit, end = f"1/{each.unit.name}", each.end
    amount = value * scale
    doubt = "; ".join(each for each in (*doubts, currency.doubt(text[start:end])) if each)
    quantity = Quantity(
        float(amount), currency.dimension, amount, unit, start, end, text[start:end], doubt=doubt
    )
    return Atom(quantity, number, currency, scale)


def _nth(text: str, start: int, number: Number, value: Fraction) -> Atom | None:
    """An ordinal in figures, or the century that it counts."""
    match = _ORDINAL.match(text, number.end)
    if match is None or number.kind != "figures" or value.denominator != 1 or value < 0:
        return None
    last = int(value) % 100
    fitting = "th" if last in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(last % 10, "th")
    if match[1] != fitting:
        return None
    return nth(text, start, int(value), match.end())


def designation(text: str, start: int, end: int, doubt: str = "") -> Atom:
    """Figures that are a name, from here to the end of the word that `end` lies in."""
    token = _TOKEN.match(text, end)
    last = token.end() if token else end
    return Atom(Quantity(0.0, "designation", Fraction(0), "", start, last, text[start:last], doubt=doubt))


def nth(text: str, start: int, value: int, end: int) -> Atom:
    """An ordinal that ends here, or the century that it counts."""
    if found := century(text, start, value, end):
        return Atom(found)
    return Atom(Quantity(float(value), "ordinal", Fraction(value), "", start, end, text[start:end]))


def _feet_and_inches(text: str, start: int, number: Number) -> Atom | None:
    match = _FEET_AND_INCHES.match(text, start)
    if match is None or number.kind != "figures" or Fraction(match[2]) >= 12:
        return None
    value = number.value + Fraction(match[2]) / 12
    return Atom(in_unit(text, start, match.end(), value, _FOOT), number)


def _tight_scale(text: str, end: int) -> tuple[int, int]:
    """'1.3bn' and '10k' without money; other letters may be units, but nobody measures people in metres."""
    found = letter_scale(text, end)
    letter = text[end : found[1]].strip() if found else ""
    if found is None or letter in ("K", "b", "B"):
        return 1, end
    return found if letter not in ("m", "M") or _NEVER_METRES.match(text, found[1]) else (1, end)


def _unit_after(text: str, number: Number, end: int) -> WrittenUnit | None:
    gap = _SEPARATOR.match(text, end)
    at = gap.end() if gap else end
    found = unit_at(text, at) or (unit_at(text, end) if at > end else None)
    if found is None:
        inches = _INCHES.match(text, end) if number.kind in ("figures", "slash") else None
        return WrittenUnit(_INCH.unit, inches.end()) if inches else None
    if found.end - end == 1 and at == end and text[end].isalpha() and _is_name(text, number, end):
        return None
    if found.unit.system and found.others and (system := system_of(text)):
        return unit_at(text, at, system)
    return found


def _is_name(text: str, number: Number, end: int) -> bool:
    """Whether a number with one letter right after it is a name: '5g' of a network, '4K' of a screen, her '60s'."""
    letter = text[end]
    if letter == "s":
        return is_age(text, end - 2)
    generation = letter == "g" and number.value in range(2, 7) and not _OF.match(text, end + 1)
    return letter == "K" or generation


def _unmeasured(text: str, start: int, number: Number, value: Fraction, scale: int, end: int) -> Atom | None:
    """A number of nothing that is a unit: a count, a share, a density, or a name."""
    initial = _initial(text, end)
    if text[end : end + 1].isalpha() or text[end : end + 1] == "_":
        return designation(text, start, end, initial)
    if number.kind == "slash" and not _OF.match(text, end):
        return replace(designation(text, start, end), number=number)
    if number.kind == "half" and scale == 1:
        return None
    amount = value * scale
    if number.kind in ("share", "slash") and scale == 1:
        share = Quantity(
            to_base(value, "dimensionless"), "percent", value, "dimensionless", start, end, text[start:end]
        )
        return Atom(share, number)
    doubt = number.doubt or initial
    if not doubt and "," in text[start:end] and "." not in text[start:end] and amount.denominator > 1:
        doubt = f"{text[start:end]} is read as {plain(amount)}; it may be two numbers"
    if (counted := _COUNTED_OVER.match(text, end)) and (each := each_at(text, counted.end())):
        name = f"1/{each.unit.name}"
        if dimension(each.unit.name) in _AREAS:
            density = WrittenUnit(Unit(name, "", "", (), ()), each.end)
            return Atom(in_unit(text, start, each.end, amount, density, doubt), number, scale=scale)
    count = Quantity(float(amount), "count", amount, "", start, end, text[start:end], doubt=doubt)
    return Atom(count, number, scale=scale)


def _initial(text: str, end: int) -> str:
    """What a lone letter after a number may mean, in a text that does not say."""
    at = end + (text[end : end + 1] == " ")
    unit = initial_at(text, at)
    return f"{text[at]} may be {unit.many}" if unit else ""


def _doubt(text: str, number: Number, unit: WrittenUnit) -> str:
    doubts = [number.doubt, unit.unit.doubt]
    if text[number.end : unit.end] == "m":
        doubts.append("m is read as metres; it may be millions")
    return "; ".join(doubt for doubt in doubts if doubt)
