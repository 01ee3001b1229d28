"""The grammar of quantities, text by text: what is read of each, with everything that a quantity holds.

A file of `grammar/` is of one module. A text stands at the beginning of a line, and below it what is read of it, a
quantity a line: its text, its dimension and its number with the unit; then, where there are any, its precision and
span, its value if it is a date or a time, its ends, its values in other systems, and its doubt.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.language import quantities as room
from clearspan.language.quantities import Quantity, quantities

GRAMMAR = Path(__file__).with_name("grammar")


def told(quantity: Quantity) -> str:
    parts = [quantity.text, quantity.dimension, f"{quantity.exact} {quantity.unit}".strip()]
    if quantity.precision or quantity.span:
        parts.append(f"{quantity.precision} +{quantity.span:g}".strip())
    if quantity.dimension in ("clock", "date"):
        parts.append(f"at {quantity.value:g}")
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
