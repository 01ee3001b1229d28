"""Bars: a measured value against its bound, printed, exported and kept in the measurements document.

Every benchmark and every `clearspan check …` ends in `report`, so that all of them print the same table,
take the same `--json` and `--write`, and exit with 0 only if every bar holds.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import PlainSerializer

from clearspan.errors import BadInput
from clearspan.measure.estimate import finite, short
from clearspan.measure.processor import processor

Cell = str | int | float | None


def _finite_cells(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    return [[finite(cell) if isinstance(cell, float) else cell for cell in row] for row in rows]


Rows = Annotated[Sequence[Sequence[Cell]], PlainSerializer(_finite_cells, return_type=list[list[Cell]])]


@dataclass(frozen=True, slots=True)
class Bar:
    """One measured value and the bound it is held to.

    Attributes:
        name: what is measured, with its unit.
        value: the measurement; NaN never holds.
        bound: the bound itself.
        sense: `>=`, `<=` or `==`, read as `value sense bound`.
    """

    name: str
    value: float
    bound: float
    sense: Literal[">=", "<=", "=="] = ">="

    @property
    def holds(self) -> bool:
        if math.isnan(self.value):
            return False
        if self.sense == ">=":
            return self.value >= self.bound
        if self.sense == "<=":
            return self.value <= self.bound
        return self.value == self.bound

    def as_dict(self) -> dict[str, str | float | bool | None]:
        value = None if math.isnan(self.value) else self.value
        return {"name": self.name, "value": value, "bar": f"{self.sense} {self.bound:g}", "holds": self.holds}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading, printed as they are; numbers are formatted to four significant digits."""

    title: str
    columns: Sequence[str]
    rows: Rows
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What one benchmark or check found.

    Attributes:
        section: the heading of its section in the measurements document; one section a benchmark.
        command: how to run it again.
        tables: the figures behind the bars, baselines included.
        bars: what is promised.
        notes: plain sentences: how it was measured, what fell short and why.
    """

    section: str
    command: str
    tables: Sequence[Table]
    bars: Sequence[Bar]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def holds(self) -> bool:
        return all(bar.holds for bar in self.bars)


def report(result: Report, *, as_json: bool = False, write: Path | None = None) -> int:
    """Print a report and return the exit status: 0 only if every bar holds.

    Args:
        result: what was found.
        as_json: end with one line `{"bars": [...]}` for programs.
        write: the measurements document whose section is replaced (or appended); None writes nothing.
    """
    text = as_markdown(result)
    print(text)
    if write is not None:
        replace_section(write, result.section, text)
    if as_json:
        print(json.dumps({"bars": [bar.as_dict() for bar in result.bars]}))
    return 0 if result.holds else 1


def as_markdown(result: Report) -> str:
    """The report as a Markdown section that reads as well in a terminal."""
    today = datetime.now(UTC).date().isoformat()
    parts = [f"## {result.section}", f"Measured {today} with `{result.command}` on {processor()}."]
    for table in result.tables:
        parts.append(f"**{table.title}**\n\n{_markdown_table(table.columns, table.rows)}")
        if table.note:
            parts.append(table.note)
    if result.bars:
        rows = [
            (bar.name, bar.value, f"{bar.sense} {bar.bound:g}", "yes" if bar.holds else "NO")
            for bar in result.bars
        ]
        parts.append(f"**Bars**\n\n{_markdown_table(('bar', 'value', 'bound', 'holds'), rows)}")
    parts.extend(result.notes)
    return "\n\n".join(parts) + "\n"


def replace_section(document: Path, section: str, text: str) -> None:
    """Replace the section `## {section}` of a Markdown document, or append it."""
    if not text.startswith(f"## {section}"):
        raise BadInput(f"The text does not open with its heading '## {section}'.")
    old = document.read_text("utf-8") if document.exists() else "# Measurements\n"
    pattern = re.compile(rf"^## {re.escape(section)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    found = pattern.search(old)
    appended = f"{old.rstrip()}\n\n{text}\n"
    new = pattern.sub(lambda _: text + "\n", old, count=1) if found else appended
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(new.rstrip() + "\n", "utf-8")


def format_cell(cell: Cell) -> str:
    """A cell as text: four significant digits for floats, as `short` writes them from ten thousand on, a dash for
    nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, float):
        if math.isnan(cell):
            return "nan"
        if cell.is_integer() and abs(cell) < 1e7:
            return f"{cell:.0f}"
        return f"{cell:.4g}" if 1e-4 <= abs(cell) < 9999.5 else short(cell, 4)
    return str(cell)


def _markdown_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    cells = [[format_cell(cell).replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]

    def line(values: Sequence[str]) -> str:
        return (
            "| " + " | ".join(value.ljust(width) for value, width in zip(values, widths, strict=True)) + " |"
        )

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(columns), rule, *(line(row) for row in cells)])
