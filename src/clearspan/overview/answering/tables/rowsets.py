"""Which rows of a grid a question may mean: those that hold its words, keep to its bounds, or both."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from clearspan.overview.answering.tables.grids import Grid
from clearspan.overview.answering.tables.wording import Bound, QuestionWording

RowsetKind = Literal["all", "holding", "bound", "both", "either", "except", "each"]
ROWSET_KINDS: tuple[RowsetKind, ...] = get_args(RowsetKind)

_MOST = 26
_MOST_OF_COLUMN = 5
_BASES = 8
_FEW = 4
_EXCEPT = re.compile(
    r"\b(?:other than|besides|except|excluding|apart from|aside from|not|no|never|n't|without|the other)\b|n't\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Rowset:
    """Rows that a question may mean.

    Attributes:
        rows: in the order of the grid.
        kind: how they were chosen.
        bits: tokens of the question that chose them.
        columns: of the cells that chose them; -1 for the headings of groups.
        cover: share of the words of these cells that the question has, over the rows on average.
        strength: weight of the tokens as a share of the question, times what of the cells is covered.
    """

    rows: tuple[int, ...]
    kind: RowsetKind
    bits: int = 0
    columns: frozenset[int] = frozenset()
    cover: float = 0.0
    strength: float = 0.0


def rowsets_of(grid: Grid, wording: QuestionWording) -> tuple[Rowset, ...]:
    """Sets of rows, all rows first, then those that the question's words speak for most."""
    holding = _holding(grid, wording)
    bounded = [one for bound in wording.bounds for one in _bounded(grid, wording, bound)]
    bases = sorted((*holding, *bounded), key=lambda one: -one.strength)
    top = bases[:_BASES]
    both = [one for a, b in combinations(top, 2) for one in _both(grid, a, b)]
    both += [one for a in both[:4] for b in top for one in _both(grid, a, b)]
    either = [one for a, b in combinations(top, 2) for one in _either(a, b)]
    either += [one for a in either[:3] for b in top for one in _either(a, b)]
    without = [_without(grid, one) for one in bases[:3]] if _EXCEPT.search(wording.text) else []
    found = sorted((*bases, *both, *either, *without), key=lambda one: -one.strength)
    distinct: dict[tuple[tuple[int, ...], frozenset[int]], Rowset] = {}
    for one in found:
        if one.rows:
            distinct.setdefault((one.rows, one.columns), one)
    chosen = list(distinct.values())[:_MOST]
    if grid.turned and grid.height <= _FEW:
        # Of two years a question may name none: 'What was the change in net income?'
        known = {one.rows for one in chosen}
        chosen += [Rowset((row,), "each") for row in range(grid.height) if (row,) not in known]
    return (Rowset(grid.plain_rows, "all"), *chosen)


def _holding(grid: Grid, wording: QuestionWording) -> list[Rowset]:
    matched: dict[int, dict[int, int]] = {}
    for key, bits in wording.places.items():
        own = bits & (wording.telling | wording.numbers)
        for column, row in grid.postings.get(key, ()) if own else ():
            rows = matched.setdefault(column, {})
            rows[row] = rows.get(row, 0) | own
    found: list[Rowset] = []
    for column, rows in matched.items():
        own = sorted(_of_column(grid, wording, column, rows), key=lambda one: -one.strength)
        found.extend(own[:_MOST_OF_COLUMN])
    return found


def _of_column(
    grid: Grid, wording: QuestionWording, column: int, matched: dict[int, int]
) -> Iterable[Rowset]:
    """For each set of the question's tokens that some cell has, the rows whose cells have all of them."""
    for bits in set(matched.values()):
        rows = tuple(sorted(row for row, own in matched.items() if own & bits == bits))
        if len(rows) == grid.height and grid.height > 2:
            continue
        covers = [_cover(grid, column, row, bits) for row in rows]
        yield _rowset(wording, rows, "holding", bits, column, sum(covers) / len(covers))
        whole = tuple(row for row, cover in zip(rows, covers, strict=True) if cover >= 1)
        if whole and len(whole) < len(rows):
            yield _rowset(wording, whole, "holding", bits, column, 1.0)


def _cover(grid: Grid, column: int, row: int, bits: int) -> float:
    return min(1.0, bits.bit_count() / max(1, len(grid.cell(column, row).telling_terms)))


def _rowset(
    wording: QuestionWording, rows: tuple[int, ...], kind: RowsetKind, bits: int, column: int, cover: float
) -> Rowset:
    strength = wording.weight(bits) * (0.4 + 0.6 * cover)
    return Rowset(rows, kind, bits, frozenset((column,)), cover, strength)


def _bounded(grid: Grid, wording: QuestionWording, bound: Bound) -> Iterable[Rowset]:
    for place, column in enumerate(grid.columns):
        if not column.measured or column.dated != bound.dated:
            continue
        rows = tuple(
            row
            for row in grid.plain_rows
            if (amount := column.amounts[row]) is not None and bound.admits(amount)
        )
        if rows:
            named = wording.found(column.name.keys) & wording.telling
            bits = bound.bits
            strength = wording.weight(bits | named) + 0.1
            yield Rowset(rows, "bound", bits, frozenset((place,)), 1.0, strength)


def _both(grid: Grid, one: Rowset, other: Rowset) -> Iterable[Rowset]:
    if one.columns & other.columns or (one.bits | other.bits) in (one.bits, other.bits):
        return
    inside = set(other.rows)
    rows = tuple(row for row in one.rows if row in inside)
    if rows and len(rows) < min(len(one.rows), len(other.rows)) + (grid.height == 1):
        cover = (one.cover + other.cover) / 2
        shared = (one.bits & other.bits).bit_count() / max(1, (one.bits | other.bits).bit_count())
        strength = one.strength + other.strength * (1 - shared)
        yield Rowset(rows, "both", one.bits | other.bits, one.columns | other.columns, cover, strength)


def _either(one: Rowset, other: Rowset) -> Iterable[Rowset]:
    if (
        one.columns != other.columns
        or len(one.columns) > 1
        or one.bits & other.bits in (one.bits, other.bits)
    ):
        return
    if "bound" in (one.kind, other.kind) or set(one.rows) & set(other.rows):
        return
    rows = tuple(sorted({*one.rows, *other.rows}))
    cover = (one.cover + other.cover) / 2
    yield Rowset(rows, "either", one.bits | other.bits, one.columns, cover, one.strength + other.strength)


def _without(grid: Grid, one: Rowset) -> Rowset:
    left = tuple(row for row in grid.plain_rows if row not in set(one.rows))
    return Rowset(left, "except", one.bits, one.columns, one.cover, one.strength)


def single_rows(rowsets: Sequence[Rowset]) -> list[int]:
    """Places of the sets that are one row, one set for each row."""
    found: dict[int, int] = {}
    for place, one in enumerate(rowsets):
        if len(one.rows) == 1 and one.kind != "except":
            found.setdefault(one.rows[0], place)
    return list(found.values())
