"""What a derivation comes to: cells of the table, or a number worked out from them."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from clearspan.overview.answering.tables.derivations import Derivation, Operation
from clearspan.overview.answering.tables.grids import Grid
from clearspan.overview.answering.tables.rowsets import Rowset
from clearspan.overview.answering.tables.table import Cell
from clearspan.overview.answering.tables.values import CellKind

_LESS = re.compile(
    r"\b(?:less|fewer|lower|smaller|shorter|younger|earlier|before|worse|slower|under|below)\b", re.I
)
_SAME = re.compile(r"\b(?:same|equal|equally|identical|as \w+ as)\b", re.I)
_YEAR_ASKED = re.compile(r"\b(?:what|which|in what|in which)(?: is| was)?(?: the)?(?: \w+)? year\b", re.I)
_MOST_VALUES = 14

Place = tuple[int, int]
"""Column and row of a cell in its grid."""


@dataclass(frozen=True, slots=True)
class Denotation:
    """What a derivation comes to.

    Attributes:
        values: the texts that are the answer: of cells, or one that was worked out.
        number: what was worked out; None where cells are the answer.
        kind: of the values; percentages that were worked out are `percent`.
        shown: cells that are the answer.
        used: all cells that it rests on, those that are shown among them.
        scaled: whether the number is in the scale that the table tells.
    """

    values: tuple[str, ...]
    kind: CellKind
    number: Fraction | None = None
    shown: tuple[Place, ...] = ()
    used: tuple[Place, ...] = ()
    scaled: bool = False


def denote(grid: Grid, rowsets: Sequence[Rowset], derivation: Derivation, question: str) -> Denotation | None:
    """What it comes to; None where it comes to nothing: an empty cell, a missing value, a division by zero."""
    rows = rowsets[derivation.rows].rows
    others = rowsets[derivation.other].rows if derivation.other >= 0 else ()
    return _HOW[derivation.operation](_Task(grid, rows, others, derivation, question))


@dataclass(frozen=True, slots=True)
class _Task:
    grid: Grid
    rows: tuple[int, ...]
    others: tuple[int, ...]
    derivation: Derivation
    question: str

    def cell(self, column: int, row: int) -> Cell:
        return self.grid.columns[column].cells[row]

    def amounts(self, column: int, rows: Sequence[int]) -> list[tuple[Fraction, int]]:
        """Values of a column with their rows; cells without one are left out."""
        values = self.grid.columns[column].amounts
        return [(amount, row) for row in rows if (amount := values[row]) is not None]

    def of(self, rows: Sequence[int], reasons: Sequence[Place] = ()) -> Denotation | None:
        """The cells of the shown column in some rows."""
        out = self.derivation.out
        shown = tuple((out, row) for row in rows if self.cell(out, row).telling)
        values = tuple(dict.fromkeys(self._said(*place) for place in shown))
        if not values or len(values) > _MOST_VALUES:
            return None
        return Denotation(values, self.grid.columns[out].kind, None, shown, (*shown, *reasons))

    def _said(self, column: int, row: int) -> str:
        """A cell as the answer says it: of a date only its year where a year is asked for."""
        cell = self.cell(column, row)
        years = [key[1:] for key in cell.value.keys if key[0] == "y"]
        return years[0] if len(years) == 1 and _YEAR_ASKED.search(self.question) else cell.text

    def number(
        self, value: Fraction, used: Sequence[Place], kind: CellKind = "number", scaled: bool = False
    ) -> Denotation:
        return Denotation((str(value),), kind, value, (), tuple(used), scaled)


def _look_up(asked: _Task) -> Denotation | None:
    return asked.of(asked.rows)


def _extreme(asked: _Task) -> Denotation | None:
    levels = asked.grid.columns[asked.derivation.key].levels
    stated = [row for row in asked.rows if levels[row] == levels[row]]
    if len(stated) < 2:
        return None
    best = (max if asked.derivation.operation == "greatest" else min)(levels[row] for row in stated)
    rows = [row for row in stated if levels[row] == best]
    return asked.of(rows, [(asked.derivation.key, row) for row in stated])


def _end(asked: _Task) -> Denotation | None:
    if len(asked.rows) < 2:
        return None
    return asked.of(asked.rows[:1] if asked.derivation.operation == "first" else asked.rows[-1:])


def _neighbour(asked: _Task) -> Denotation | None:
    row = asked.rows[0] + (1 if asked.derivation.operation == "next" else -1)
    if len(asked.rows) != 1 or not 0 <= row < asked.grid.height:
        return None
    return asked.of([row])


def _count(asked: _Task) -> Denotation | None:
    return asked.number(Fraction(len(asked.rows)), [(asked.grid.label, row) for row in asked.rows])


def _count_different(asked: _Task) -> Denotation | None:
    shown = [
        (asked.derivation.out, row) for row in asked.rows if asked.cell(asked.derivation.out, row).telling
    ]
    texts = {asked.cell(*place).text for place in shown}
    return asked.number(Fraction(len(texts)), shown) if len(texts) > 1 else None


def _total(asked: _Task) -> Denotation | None:
    out = asked.derivation.out
    kind = asked.grid.columns[out].kind
    amounts = asked.amounts(out, asked.rows)
    if len(amounts) < 2 or (kind == "date" and asked.derivation.operation != "range"):
        return None
    used = [(out, row) for _, row in amounts]
    values = [amount for amount, _ in amounts]
    if asked.derivation.operation == "range":
        return _gap(asked, max(amounts)[1], min(amounts)[1], out, out, used)
    total = sum(values, Fraction(0))
    if asked.derivation.operation == "average":
        total /= len(values)
    return asked.number(total, used, kind, scaled=True)


def _most_common(asked: _Task) -> Denotation | None:
    out = asked.derivation.out
    counted = Counter(asked.cell(out, row).text for row in asked.rows if asked.cell(out, row).telling)
    if not counted or counted.most_common(1)[0][1] < 2:
        return None
    best = counted.most_common(1)[0][1]
    rows = [row for row in asked.rows if counted[asked.cell(out, row).text] == best]
    return asked.of(rows)


def _same_value(asked: _Task) -> Denotation | None:
    key, row = asked.derivation.key, asked.rows[0]
    cell = asked.cell(key, row)
    if not cell.telling:
        return None
    rows = [i for i in asked.grid.plain_rows if i != row and asked.cell(key, i).text == cell.text]
    return asked.of(rows, [(key, i) for i in (row, *rows)]) if rows else None


def _pair(asked: _Task, column: int) -> tuple[Fraction, Fraction] | None:
    one = asked.cell(column, asked.rows[0]).value
    other = asked.cell(column, asked.others[0]).value
    if one.amount is None or other.amount is None or (one.kind == "date") != (other.kind == "date"):
        return None
    return one.amount, other.amount


def _two(asked: _Task) -> Denotation | None:
    column, operation = asked.derivation.out, asked.derivation.operation
    pair = _pair(asked, column)
    if pair is None:
        return None
    used = [(column, asked.rows[0]), (column, asked.others[0])]
    kind = asked.grid.columns[column].kind
    if operation == "difference":
        return _gap(asked, asked.rows[0], asked.others[0], column, column, used)
    if kind == "date":
        return None
    if operation in ("ratio", "percentage"):
        if pair[1] == 0:
            return None
        share = pair[0] / pair[1]
        return (
            asked.number(share * 100, used, "percent")
            if operation == "percentage"
            else asked.number(share, used)
        )
    old, new = _in_time(asked, pair)
    if operation == "change":
        return asked.number(new - old, used, kind, scaled=True)
    return asked.number((new - old) / old * 100, used, "percent") if old else None


def _in_time(asked: _Task, pair: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """The two values, the earlier first where the rows are dated; else in the order of the question."""
    for column in dict.fromkeys((0, asked.grid.label)):
        dates = [asked.cell(column, row).value for row in (asked.rows[0], asked.others[0])]
        years = [value.amount if value.kind == "date" else _year_in(value.keys) for value in dates]
        if years[0] is not None and years[1] is not None and years[0] != years[1]:
            return pair if years[0] < years[1] else (pair[1], pair[0])
    return pair


def _year_in(keys: frozenset[str]) -> Fraction | None:
    years = [int(key[1:]) for key in keys if key[0] == "y"]
    return Fraction(max(years) * 366) if years else None


def _gap(
    asked: _Task, row: int, other: int, column: int, second: int, used: Sequence[Place]
) -> Denotation | None:
    """How far two values lie apart; of dates in years."""
    one, two = asked.cell(column, row).value, asked.cell(second, other).value
    if one.amount is None or two.amount is None or (one.kind == "date") != (two.kind == "date"):
        return None
    if one.kind == "date":
        if one.year is None or two.year is None:
            return None
        return asked.number(Fraction(abs(one.year - two.year)), used, "date")
    return asked.number(abs(one.amount - two.amount), used, one.kind, scaled=True)


def _of_two(asked: _Task) -> Denotation | None:
    key = asked.derivation.key
    pair = _pair(asked, key)
    if pair is None or pair[0] == pair[1]:
        return None
    first = (pair[0] > pair[1]) == (asked.derivation.operation == "greater of two")
    row = asked.rows[0] if first else asked.others[0]
    return asked.of([row], [(key, asked.rows[0]), (key, asked.others[0])])


def _difference_of_counts(asked: _Task) -> Denotation | None:
    used = [(asked.grid.label, row) for row in (*asked.rows, *asked.others)]
    return asked.number(Fraction(abs(len(asked.rows) - len(asked.others))), used)


def _between(asked: _Task) -> Denotation | None:
    row, out, key = asked.rows[0], asked.derivation.out, asked.derivation.key
    return _gap(asked, row, row, out, key, [(out, row), (key, row)])


def _yes_or_no(asked: _Task) -> Denotation | None:
    key = asked.derivation.key
    pair = _pair(asked, key)
    if pair is None:
        return None
    if _SAME.search(asked.question):
        said = pair[0] == pair[1]
    else:
        said = pair[0] < pair[1] if _LESS.search(asked.question) else pair[0] > pair[1]
    used = ((key, asked.rows[0]), (key, asked.others[0]))
    return Denotation(("yes" if said else "no",), "text", None, (), used)


_HOW: Mapping[Operation, Callable[[_Task], Denotation | None]] = {
    "look up": _look_up,
    "greatest": _extreme,
    "least": _extreme,
    "first": _end,
    "last": _end,
    "next": _neighbour,
    "previous": _neighbour,
    "count": _count,
    "count different": _count_different,
    "sum": _total,
    "average": _total,
    "range": _total,
    "difference": _two,
    "change": _two,
    "percentage change": _two,
    "ratio": _two,
    "percentage": _two,
    "greater of two": _of_two,
    "lesser of two": _of_two,
    "most common": _most_common,
    "same value": _same_value,
    "difference of counts": _difference_of_counts,
    "between columns": _between,
    "yes or no": _yes_or_no,
}
