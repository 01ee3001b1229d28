"""What may be done with rows and columns of a grid to answer a question: all that its words do not rule out."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal, NamedTuple, get_args

from clearspan.overview.answering.tables.grids import Grid
from clearspan.overview.answering.tables.rowsets import Rowset, single_rows

Operation = Literal[
    "look up",
    "greatest",
    "least",
    "first",
    "last",
    "next",
    "previous",
    "count",
    "count different",
    "sum",
    "average",
    "range",
    "difference",
    "change",
    "percentage change",
    "ratio",
    "percentage",
    "greater of two",
    "lesser of two",
    "most common",
    "same value",
    "difference of counts",
    "between columns",
    "yes or no",
]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)

_MOST_SHOWN = 14
_ORDERED = 7
_COUNTED = 12
_PAIRED_ROWS = 6


class Derivation(NamedTuple):
    """One way to an answer; what an operation does not need is -1.

    Attributes:
        rows, other: places of sets of rows; of the two of a comparison, the one that the question has first.
        out: the column that is shown, or calculated with.
        key: the column by which rows are put in order.
    """

    operation: Operation
    rows: int
    other: int = -1
    out: int = -1
    key: int = -1


def derivations_of(
    grid: Grid, rowsets: Sequence[Rowset], shown: Sequence[int], measured: Sequence[int]
) -> list[Derivation]:
    """All derivations over a grid.

    Args:
        rowsets: all rows first; then those that the question speaks for most.
        shown: columns that may be asked for, those that the question speaks for most first.
        measured: columns whose values can be put in order, likewise.
    """
    several = [place for place, one in enumerate(rowsets) if len(one.rows) > 1]
    singles = single_rows(rowsets)[:_ORDERED]
    return [
        *_looked_up(rowsets, shown),
        *_ordered(several[:_ORDERED], shown, measured),
        *_in_sequence(several[:_COUNTED], singles, shown),
        *_counted(rowsets, several, shown),
        *_calculated(several[:_COUNTED], measured),
        *_of_two(_pairs(rowsets, singles), shown, measured, grid),
        *_across(singles, measured),
        *_alike(singles, shown),
    ]


def _looked_up(rowsets: Sequence[Rowset], shown: Sequence[int]) -> Iterator[Derivation]:
    for place, one in enumerate(rowsets):
        if len(one.rows) <= _MOST_SHOWN:
            yield from (Derivation("look up", place, out=out) for out in shown)


def _ordered(several: Sequence[int], shown: Sequence[int], measured: Sequence[int]) -> Iterator[Derivation]:
    for place in several:
        for key in measured:
            for out in shown:
                yield Derivation("greatest", place, out=out, key=key)
                yield Derivation("least", place, out=out, key=key)


def _in_sequence(
    several: Sequence[int], singles: Sequence[int], shown: Sequence[int]
) -> Iterator[Derivation]:
    for out in shown:
        for place in several:
            yield Derivation("first", place, out=out)
            yield Derivation("last", place, out=out)
            yield Derivation("most common", place, out=out)
        for place in singles:
            yield Derivation("next", place, out=out)
            yield Derivation("previous", place, out=out)


def _counted(rowsets: Sequence[Rowset], several: Sequence[int], shown: Sequence[int]) -> Iterator[Derivation]:
    yield from (Derivation("count", place) for place in range(len(rowsets)))
    for place in several[:_COUNTED]:
        yield from (Derivation("count different", place, out=out) for out in shown)
    for one, other in combinations(
        [p for p in range(1, len(rowsets)) if rowsets[p].kind == "holding"][:6], 2
    ):
        if rowsets[one].columns == rowsets[other].columns:
            yield Derivation("difference of counts", one, other)


def _calculated(several: Sequence[int], measured: Sequence[int]) -> Iterator[Derivation]:
    for place in several:
        for out in measured:
            yield Derivation("sum", place, out=out)
            yield Derivation("average", place, out=out)
            yield Derivation("range", place, out=out)


def _of_two(
    pairs: Sequence[tuple[int, int]], shown: Sequence[int], measured: Sequence[int], grid: Grid
) -> Iterator[Derivation]:
    named = [out for out in shown if grid.columns[out].kind in ("text", "date")][:4]
    for one, other in pairs:
        for key in measured:
            for operation in ("difference", "change", "percentage change"):
                yield Derivation(operation, one, other, out=key)
            for first, second in ((one, other), (other, one)):
                yield Derivation("ratio", first, second, out=key)
                yield Derivation("percentage", first, second, out=key)
            yield Derivation("yes or no", one, other, key=key)
            for out in named:
                yield Derivation("greater of two", one, other, out=out, key=key)
                yield Derivation("lesser of two", one, other, out=out, key=key)


def _across(singles: Sequence[int], measured: Sequence[int]) -> Iterator[Derivation]:
    for place in singles[:3]:
        for out, key in combinations(measured[:6], 2):
            yield Derivation("between columns", place, out=out, key=key)


def _alike(singles: Sequence[int], shown: Sequence[int]) -> Iterator[Derivation]:
    for place in singles[:3]:
        for key in shown[:6]:
            yield from (Derivation("same value", place, out=out, key=key) for out in shown if out != key)


def _pairs(rowsets: Sequence[Rowset], singles: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of rows, the one first that the question has first."""
    named = sorted(singles[:_PAIRED_ROWS], key=lambda place: rowsets[place].bits & -rowsets[place].bits)
    return [(a, b) for a, b in combinations(named, 2) if rowsets[a].rows != rowsets[b].rows]
