"""Training runs from a CSV file: size, data, loss, and whatever else a law needs."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.errors import BadInput, NotFound
from clearspan.measure.estimate import Array

COLUMNS: dict[str, tuple[str, ...]] = {
    "parameters": ("parameters", "params", "model size", "n"),
    "tokens": ("tokens", "total_tokens", "training tokens", "d"),
    "flops": ("flops", "flop", "training flop", "compute"),
    "loss": ("loss", "val_loss", "validation loss"),
    "unique_tokens": ("unique_tokens", "unique tokens"),
    "accuracy": ("accuracy", "acc"),
    "group": ("group", "family", "cluster"),
}
"""Names a column may have, without regard to capitals."""


@dataclass(frozen=True, slots=True)
class Runs:
    """n training runs.

    Attributes:
        parameters: parameters of the model, (n,).
        tokens: tokens seen in training, repeats included, (n,).
        loss: final loss in nats per token, (n,).
        unique_tokens: different tokens seen, (n,); equal to `tokens` where the file does not say.
        group: runs that share a cause of error (a cluster, a seed) and are resampled together, n labels.
    """

    parameters: Array
    tokens: Array
    loss: Array
    unique_tokens: Array
    group: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.loss)

    @property
    def flops(self) -> Array:
        """Training compute 6·N·D, FLOP, (n,)."""
        return FLOPS_PER_TRAINING_TOKEN * self.parameters * self.tokens

    def where(self, keep: NDArray[Any]) -> "Runs":
        """The runs of a mask or of indices."""
        chosen: NDArray[np.int64] = np.arange(len(self))[keep]
        return replace(
            self,
            parameters=self.parameters[chosen],
            tokens=self.tokens[chosen],
            loss=self.loss[chosen],
            unique_tokens=self.unique_tokens[chosen],
            group=tuple(self.group[int(i)] for i in chosen),
        )

    def without_highest(self, count: int) -> "Runs":
        """All but the `count` runs of highest loss, in their order."""
        if not 0 <= count < len(self):
            raise BadInput(
                f"Of {len(self)} runs, {count} cannot be left out.",
                do=f"Leave out between 0 and {len(self) - 1}.",
            )
        return self.where(np.sort(np.argsort(self.loss, kind="stable")[: len(self) - count]))


def read_runs(path: Path, needs: Sequence[str] = ()) -> Runs:
    """Runs of a CSV file with a header line.

    Needed are `loss`, and two of `parameters`, `tokens` and `flops` (the third follows from C = 6·N·D);
    `unique_tokens` and `group` are read where they exist. `COLUMNS` lists the names each may have.

    Args:
        path: the file.
        needs: further columns that must exist, such as `unique_tokens`.

    Raises:
        NotFound: there is no such file.
        BadInput: a column is missing, a cell is no number, or a value is not positive; names line and column.
    """
    table = read_columns(path)
    rows = len(next(iter(table.values())))
    found = {name: _find(table, name) for name in COLUMNS}
    for name in ("loss", *needs):
        if found[name] is None:
            raise _missing(path, name, list(table))
    known = {name: _numbers(path, name, found[name]) for name in ("parameters", "tokens", "flops")}
    parameters, tokens = _size_and_data(path, known, list(table))
    loss = np.array([number(path, "loss", row, cell) for row, cell in enumerate(found["loss"] or [])])
    unique = _numbers(path, "unique_tokens", found["unique_tokens"])
    group = found["group"] or [str(i) for i in range(rows)]
    runs = Runs(parameters, tokens, loss, tokens if unique is None else unique, tuple(group))
    if np.any(runs.unique_tokens > runs.tokens * (1 + 1e-9)):
        row = int(np.argmax(runs.unique_tokens > runs.tokens * (1 + 1e-9))) + 2
        raise BadInput(
            f"{path.name}, row {row}: there are more unique tokens than tokens.",
            why="Tokens count repeats, so they are never fewer than the unique ones.",
            do="Correct the row, or leave it out.",
        )
    return runs


def read_tasks(path: Path) -> tuple[Array, Array]:
    """Loss and accuracy of models, from a CSV file with these two columns.

    Raises:
        NotFound: there is no such file.
        BadInput: a column is missing, or a cell is not a positive number.
    """
    table = read_columns(path)
    columns: list[Array] = []
    for name in ("loss", "accuracy"):
        cells = _find(table, name)
        if cells is None:
            raise _missing(path, name, list(table))
        columns.append(np.array([number(path, name, row, cell) for row, cell in enumerate(cells)]))
    return columns[0], columns[1]


def read_columns(path: Path, needs: Sequence[str] = ()) -> dict[str, list[str]]:
    """Columns of a CSV file by their lower-cased names; lines that begin with # are remarks.

    Raises:
        NotFound: there is no such file.
        BadInput: it is not UTF-8 text, has no rows, a line is short, or a column of `needs` is missing.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", do="Give the path of a CSV file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in file if line.strip() and not line.startswith("#")]
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text.", why=str(error), do="Save it as UTF-8.") from error
    rows = list(csv.reader(lines))
    if len(rows) < 2:
        raise BadInput(f"{path.name} has no rows below its header.", do="Give a header line and a row each.")
    header = [name.strip().lower() for name in rows[0]]
    missing = [name for name in needs if name not in header]
    if missing:
        raise BadInput(
            f"{path.name} has no column for {missing[0]}.",
            why=f"Its columns are: {', '.join(header)}.",
            do=f"It needs: {', '.join(needs)}.",
        )
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise BadInput(
                f"{path.name}, row {number}: {len(row)} cells where the header has {len(header)}.",
                do="Leave the row out, or correct it.",
            )
    return {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(header)}


def number(path: Path, name: str, row: int, cell: str) -> float:
    """A positive number from a cell; `row` counts from 0 below the header."""
    try:
        value = float(cell)
    except ValueError as error:
        raise BadInput(
            f"{path.name}, row {row + 2}, {name}: {cell!r} is not a number.",
            do="Leave the row out, or correct it.",
        ) from error
    if not math.isfinite(value) or value <= 0:
        raise BadInput(
            f"{path.name}, row {row + 2}, {name}: {cell!r} is not a positive number.",
            do="Leave the row out, or correct it.",
        )
    return value


def _size_and_data(path: Path, known: dict[str, Array | None], header: list[str]) -> tuple[Array, Array]:
    parameters, tokens, flops = known["parameters"], known["tokens"], known["flops"]
    if parameters is not None and tokens is not None:
        return parameters, tokens
    if parameters is not None and flops is not None:
        return parameters, flops / (FLOPS_PER_TRAINING_TOKEN * parameters)
    if tokens is not None and flops is not None:
        return flops / (FLOPS_PER_TRAINING_TOKEN * tokens), tokens
    raise _missing(path, "tokens" if parameters is not None else "parameters", header)


def _find(table: dict[str, list[str]], name: str) -> list[str] | None:
    return next((table[alias] for alias in COLUMNS[name] if alias in table), None)


def _numbers(path: Path, name: str, cells: list[str] | None) -> Array | None:
    if cells is None:
        return None
    return np.array([number(path, name, row, cell) for row, cell in enumerate(cells)])


def _missing(path: Path, name: str, header: list[str]) -> BadInput:
    return BadInput(
        f"{path.name} has no column for {name}.",
        why=f"Its columns are: {', '.join(header)}.",
        do=f"Name it one of: {', '.join(COLUMNS[name])}.",
    )
