"""MeasuredMachine throughput of serving hardware, from a CSV file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clearspan.economy.scaling.laws.runs import number, read_columns
from clearspan.errors import BadInput
from clearspan.measure.estimate import short

_NEEDED = ("hardware", "batch", "tokens_per_second", "watts", "price_per_hour")

EXAMPLE = Path(__file__).parent / "examples" / "throughput.csv"
"""An example of a throughput file; its figures are invented and it says so."""


@dataclass(frozen=True, slots=True)
class Point:
    """MeasuredMachine throughput of one replica at one batch size.

    Attributes:
        hardware: what it ran on.
        batch: requests served at once.
        tokens_per_second: output tokens of all of them together.
        spread: standard deviation over repeated measurements divided by their mean; 0 if measured once.
        watts: drawn while busy.
        idle_watts: drawn while idle.
        price_per_hour: of one replica, US dollars, without electricity.
        input_tokens_per_second: read with nothing else to do; 0 if not measured.
    """

    hardware: str
    batch: int
    tokens_per_second: float
    spread: float
    watts: float
    idle_watts: float
    price_per_hour: float
    input_tokens_per_second: float = 0.0


def read_curves(path: Path) -> list[Point]:
    """Throughput curves of a CSV file; rows of the same hardware and batch are repeats and are averaged.

    Columns: hardware, batch, tokens_per_second, watts, price_per_hour; idle_watts if known (a third of `watts`
    otherwise) and input_tokens_per_second if known (reading then takes time as well). Lines that begin with # are
    remarks.

    Raises:
        NotFound: there is no such file.
        BadInput: a column is missing or a cell is not a positive number.
    """
    table = read_columns(path, _NEEDED)
    rows: dict[tuple[str, int], list[tuple[float, float, float, float, float]]] = {}
    for row, name in enumerate(table["hardware"]):
        batch, rate, watts = (
            number(path, c, row, table[c][row]) for c in ("batch", "tokens_per_second", "watts")
        )
        if batch != int(batch):
            raise BadInput(
                f"{path.name}, row {row + 2}, batch: {short(batch, 6)} is not a whole number.",
                do="Give the number of requests that were served at once.",
            )
        price = _free(path, "price_per_hour", row, table["price_per_hour"][row])
        idle = (
            _free(path, "idle_watts", row, table["idle_watts"][row]) if "idle_watts" in table else watts / 3
        )
        reading = (
            _free(path, "input_tokens_per_second", row, table["input_tokens_per_second"][row])
            if "input_tokens_per_second" in table
            else 0.0
        )
        rows.setdefault((name, int(batch)), []).append((rate, watts, idle, price, reading))
    return [_averaged(name, batch, repeats) for (name, batch), repeats in sorted(rows.items())]


def _averaged(name: str, batch: int, repeats: Sequence[tuple[float, float, float, float, float]]) -> Point:
    rates = [r[0] for r in repeats]
    mean = sum(rates) / len(rates)
    spread = float(np.std(rates, ddof=1)) / mean if len(rates) > 1 else 0.0
    watts, idle, price, reading = (sum(r[i] for r in repeats) / len(repeats) for i in (1, 2, 3, 4))
    return Point(name, batch, mean, spread, watts, min(idle, watts), price, reading)


def _free(path: Path, name: str, row: int, cell: str) -> float:
    """A number that may also be zero."""
    return 0.0 if cell in ("0", "0.0") else number(path, name, row, cell)
