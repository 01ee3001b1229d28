"""The grammar of quantities, text by text: what is read of each, with everything that a quantity holds.

A file of `grammar/` is of one module. A text stands at the beginning of a line, and below it what is read of it, a
quantity a line: its text, its dimension, its number with the unit, and its value; then, where there are any, its
precision and span, its ends, its values in other systems, and its doubt.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from clearspan.language import quantities as room
from clearspan.language.quantities import Quantity, quantities
from clearspan.language.quantities.reading import measured
from clearspan.language.quantities.units import spelled

GRAMMAR = Path(__file__).with_name("grammar")


def told(quantity: Quantity) -> str:
    parts = [quantity.text, quantity.dimension, f"{quantity.exact} {quantity.unit}".strip()]
    parts.append(f"= {quantity.value:.7g}")
    if quantity.precision or quantity.span:
        parts.append(f"{quantity.precision} +{quantity.span:g}".strip())
    if quantity.ends:
        parts.append(" … ".join(f"({told(end)})" for end in quantity.ends))
    if quantity.others:
        parts.append("or " + ", ".join(f"{other:.6g}" for other in quantity.others))
    return " | ".join([*parts, quantity.doubt] if quantity.doubt else parts)


def read() -> Iterator[tuple[str, str, list[str]]]:
    """Where each text stands, as 'dates:12'; the text; what is read of it."""
    for file in sorted(GRAMMAR.glob("*.txt")):
        of_file: list[tuple[str, str, list[str]]] = []
        for number, line in enumerate(file.read_text("utf-8").splitlines()[1:], 2):
            if line.startswith("    "):
                of_file[-1][2].append(line.strip())
            else:
                of_file.append((f"{file.stem}:{number}", line, []))
        yield from of_file


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, expected, id=place) for place, text, expected in read()],
)
def test_a_text_is_read(text: str, expected: list[str]) -> None:
    assert [told(quantity) for quantity in quantities(text)] == expected


@pytest.mark.parametrize("before", ["It has ", "About that: ", "(", "Once, "])
@pytest.mark.parametrize("text", ["4,200 feet", "12 km/h", "£3.20", "15%", "2½ miles", "two hundred people"])
def test_a_quantity_is_the_same_wherever_it_stands(before: str, text: str) -> None:
    (alone,), (inside,) = quantities(text), quantities(f"{before}{text} more.")
    assert told(inside) == told(alone)
    assert inside.start == len(before)
    assert inside.value == alone.value


def test_every_file_is_of_a_module() -> None:
    modules = {path.stem for path in Path(next(iter(room.__path__))).glob("*.py")}
    assert {file.stem for file in GRAMMAR.glob("*.txt")} <= modules


@pytest.mark.parametrize(
    ("text", "stretch", "expected"),
    [
        ("It is 5 km long.", "5 km", "5 km | [length] | 5 kilometer | = 5000"),
        ("It is 5 km long.", "5", None),
        ("It has 5 ships.", "5", None),
        ("It is a mile long.", "a mile", "a mile | [length] | 1 mile | = 1609.344"),
        ("It is one mile long.", "one mile", "one mile | [length] | 1 mile | = 1609.344"),
        ("It is an hour away.", "an hour", "an hour | [time] | 1 hour | = 3600"),
        ("It is a mile long.", "a mile long", None),
        ("It is a ship.", "a ship", None),
        (
            "An imperial gallon and a gallon.",
            "a gallon",
            "a gallon | [length] ** 3 | 1 imperial_gallon | = 0.00454609",
        ),
        (
            "One eats a calorie.",
            "a calorie",
            "a calorie | [length] ** 2 * [mass] / [time] ** 2 | 1 calorie | = 4.184 | "
            "a calorie of food is a kilocalorie",
        ),
    ],
)
def test_what_a_stretch_of_a_text_measures(text: str, stretch: str, expected: str | None) -> None:
    start = text.index(stretch)
    found = measured(text, start, start + len(stretch))
    assert (told(found) if found else None) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("kilometer", "5", "kilometres"),
        ("kilometer", "1", "kilometre"),
        ("kilometer", "-1", "kilometre"),
        ("kilometer", "1/2", "kilometres"),
        ("degC", "5", "°C"),
        ("percent", "5", "%"),
        ("foot**2", "5", "square feet"),
        ("kilometer/hour", "5", "kilometres per hour"),
        ("1/mile**2", "5", "per square mile"),
    ],
)
def test_a_unit_is_spelt_after_its_value(name: str, value: str, expected: str) -> None:
    assert spelled(name, Fraction(value)) == expected
