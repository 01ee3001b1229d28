"""What the commands of `clearspan plan` share: numbers with letters, prices, and how a plan is shown."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clearspan.cli.options import FOLDER, json_option

if TYPE_CHECKING:
    from clearspan.economy.scaling.plans.plan import Plan

_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}


class Count(click.ParamType[float]):
    """A number that may end in k, M, B or T (thousand, million, billion, trillion)."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, int | float):
            return float(value)
        text = str(value).strip().replace(",", "").replace("_", "")
        scale = _LETTERS.get(text[-1:].lower(), 1.0)
        try:
            return float(text[:-1] if scale > 1 else text) * scale
        except ValueError:
            self.fail(f"{value!r} is not a number; write 7B, 2T or 5.76e23.", param, ctx)


COUNT = Count()

_PRICES = (
    click.option("--hardware", default="h100", show_default=True, help="h100, h200, b200 or a100."),
    click.option("--price-per-hour", type=float, help="USD an hour of one accelerator."),
    click.option(
        "--training-utilisation", type=float, default=0.40, show_default=True, help="Share of peak."
    ),
    click.option("--input-utilisation", type=float, default=0.50, show_default=True, help="On input tokens."),
    click.option("--dollars-per-kwh", type=float, default=0.08, show_default=True, help="Of electricity."),
    click.option("--electricity-extra", is_flag=True, help="The hourly price leaves out electricity."),
)


def priced(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of prices."""
    for option in reversed(_PRICES):
        command = option(command)
    return command


def shown(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--json` and `--charts`."""
    as_json = json_option()
    charts = click.option(
        "--charts", type=FOLDER, help="Write every chart into this folder, as SVG with its data as CSV."
    )
    return as_json(charts(command))


def print_plan(found: "Plan") -> None:
    """Title, sentences, tables, numbers with intervals, and notes, for a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from clearspan.measure.bars import format_cell

    console = Console(highlight=False)
    console.print(Text(found.title, "bold"))
    for sentence in found.summary:
        console.print(Text(sentence))
    for table in found.tables:
        console.print()
        shown_table = Table(title=Text(table.title, "bold"), title_justify="left", box=None, pad_edge=False)
        cells = [[format_cell(cell).replace(" [", "\n[") for cell in row] for row in table.rows]
        for i, column in enumerate(table.columns):
            words = [word for text in (column, *(row[i] for row in cells)) for word in text.split()]
            widest = max(map(len, words), default=0)
            shown_table.add_column(Text(column, "dim"), overflow="fold", no_wrap=i == 0, min_width=widest)
        for row in cells:
            shown_table.add_row(*map(Text, row))
        console.print(shown_table)
        if table.note:
            console.print(Text(table.note, "dim"))
    if found.notes:
        console.print()
    for note in found.notes:
        console.print(Text(f"· {note}", "dim"))


def write_charts(found: "Plan", folder: Path) -> list[Path]:
    """Write every chart of a plan as SVG and CSV; returns what was written.

    Raises:
        StorageError: the folder cannot be written to.
    """
    from clearspan.errors import StorageError
    from clearspan.measure.charts import as_csv
    from clearspan.measure.svg import as_svg

    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for chart in found.charts:
            for ending, text in (("svg", as_svg(chart)), ("csv", as_csv(chart))):
                path = folder / f"{chart.name}.{ending}"
                path.write_text(text, "utf-8")
                written.append(path)
    except OSError as error:
        raise StorageError(f"The charts cannot be written to {folder}.", why=str(error)) from error
    return written
