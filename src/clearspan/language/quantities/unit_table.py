"""The one table of units, in `unit_table.txt`: how each is written, said, and converted.

Only what is listed counts as a unit: pint alone would read 'as' as attoseconds. A row has the pint unit, its signs,
its words (singular and plural as they are said and written, then other spellings) and, where they apply, the system
that gives these words a size of its own, a dimension that pint does not tell apart, and what else the words may mean.
A sign in brackets is read only where the text speaks of what it measures. Square and cubic forms of lengths, and rates
('km/h', 'grams per 100 ml', 'miles an hour'), need no rows.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LENGTHS = "millimeter centimeter meter kilometer inch foot yard mile".split()
US, IMPERIAL = "US", "imperial"


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the table.

    Attributes:
        name: as pint has it; what a quantity keeps.
        one, many: as it is said and written after 1, and after any other number.
        signs: short forms, in the case they are read in.
        initials: short forms that are as often something else: 'C' is a vitamin and a grade.
        spellings: lower-case words, spaces as underscores.
        system: `US` or `imperial` where other systems have a unit of the same words and another size; else empty.
        dimension: where pint's does not tell it apart (an angle, a level, a percentage); else empty.
        doubt: what else the words may mean; empty where nothing.
    """

    name: str
    one: str
    many: str
    signs: tuple[str, ...]
    spellings: tuple[str, ...]
    system: str = ""
    dimension: str = ""
    doubt: str = ""
    initials: tuple[str, ...] = ()


def _rows() -> list[Unit]:
    text = (files("clearspan.language.quantities") / "unit_table.txt").read_text("utf-8")
    rows: list[Unit] = []
    for line in text.splitlines():
        name, signs, words, *rest = (cell.strip() for cell in line.split("|"))
        system, dimension, doubt = (*rest, "", "", "")[:3]
        forms = words.split()
        one, many = (form.replace("_", " ") for form in (*forms, "", "")[:2])
        spellings = dict.fromkeys(form.lower().replace("-", "_") for form in forms)
        plain = tuple(sign for sign in signs.split() if sign[0] != "(")
        initials = tuple(sign.strip("()") for sign in signs.split() if sign[0] == "(")
        rows.append(Unit(name, one, many, plain, tuple(spellings), system, dimension, doubt, initials))
    return [*rows, *(power for row in rows if row.name in _LENGTHS for power in _powers(row))]


def _powers(length: Unit) -> list[Unit]:
    """The square and the cubic unit of a length."""
    signs = [sign for sign in length.signs if sign.isalpha()]
    return [
        Unit(
            f"{length.name}**{exponent}",
            f"{word} {length.one}",
            f"{word} {length.many}",
            tuple(f"{sign}{mark}" for sign in signs for mark in (raised, str(exponent))),
            tuple(f"{before}_{each}" for before in (word, short) for each in (*length.spellings, *signs)),
        )
        for word, short, exponent, raised in (("square", "sq", 2, "²"), ("cubic", "cu", 3, "³"))
    ]


UNITS: tuple[Unit, ...] = tuple(_rows())
"""Every row of the table, and the squares and cubes of lengths."""

_BY_NAME = {row.name: row for row in reversed(UNITS)}


@cache
def named(name: str) -> Unit:
    """The unit of pint's name, a rate ('gram/liter', 'kilocalorie/100*gram'), or each of something ('1/mile**2')."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    above, over, below = name.rpartition("/")
    if not over:
        count, _, each = name.partition("*")
        counted = f"{count} {named(each).many}"
        return Unit(name, counted, counted, (), (), named(each).system)
    under = named(below)
    if above == "1":
        return Unit(name, f"per {under.one}", f"per {under.one}", (), ())
    upper = named(above)
    one, many = (f"{each} per {under.one}" for each in (upper.one, upper.many))
    return Unit(name, one, many, (), (), upper.system or under.system)
