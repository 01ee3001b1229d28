"""How well each derivation fits a question, in numbers: of its rows, its columns, its operation, and what is left over.

Numbers of rows and columns are worked out once and put together for thousands of derivations at a time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.tables.derivations import OPERATIONS, Derivation
from clearspan.overview.answering.tables.grids import Grid
from clearspan.overview.answering.tables.links import Link
from clearspan.overview.answering.tables.rowsets import ROWSET_KINDS, Rowset
from clearspan.overview.answering.tables.values import CELL_KINDS
from clearspan.overview.answering.tables.wording import QuestionWording

Floats = NDArray[np.float32]
Places = NDArray[np.int16]

OUTCOMES: tuple[str, ...] = (*CELL_KINDS, "worked out", "yes or no")
"""Kinds of an answer, for the question's words to speak for or against."""

_ROWSET_NAMES = (
    *(f"rows: {kind}" for kind in ROWSET_KINDS),
    *"strength,weight,cover,size,single,share,columns,heading,total,place,alike,label".split(","),
)
_COLUMN_NAMES = (
    *(f"kind: {kind}" for kind in CELL_KINDS),
    *"weight,named,focus,whole,closest,leading,distinct,filled,label,first,unnamed,place".split(","),
)
_WHOLE_NAMES = (
    *OPERATIONS,
    *"left over,covered,caption,turned,shown is key,shown chooses,key chooses".split(","),
    *"shared shown,shared key,size of other".split(","),
)
PREDICTORS: tuple[str, ...] = (
    *_ROWSET_NAMES,
    *(f"shown {name}" for name in _COLUMN_NAMES),
    *(f"key {name}" for name in _COLUMN_NAMES),
    *_WHOLE_NAMES,
)
MEANINGS = tuple(
    place for place, name in enumerate(PREDICTORS) if name.endswith(("whole", "closest", "leading"))
)
"""Places of the predictors that an embedder gives."""

_OPERATION_PLACE = {operation: place for place, operation in enumerate(OPERATIONS)}
_OF_CELLS = frozenset(
    (
        "look up",
        "greatest",
        "least",
        "first",
        "last",
        "next",
        "previous",
        "greater of two",
        "lesser of two",
        "most common",
        "same value",
    )
)


@dataclass(frozen=True, slots=True)
class GridPredictors:
    """The derivations of one grid in numbers.

    Attributes:
        rowsets, columns: a row of numbers for each; the last row, of zeros, stands for none.
        places: a row for each derivation: operation, rows, other, shown, key, outcome; -1 for none.
        row_bits, column_bits: tokens of the question that each speaks for, (…, 64) of 0 and 1; the last are zeros.
        caption: tokens that the caption has, (64,).
        weights: of the question's tokens as a share of the whole, (64,).
        chosen: whether a column chose the rows of a set, (rowsets, columns).
        turned: whether the grid was turned round.
    """

    rowsets: Floats
    columns: Floats
    places: Places
    row_bits: NDArray[np.bool_]
    column_bits: NDArray[np.bool_]
    caption: NDArray[np.bool_]
    weights: Floats
    chosen: NDArray[np.bool_]
    turned: bool

    def table(self, those: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """The predictors of some derivations, (derivations, predictors)."""
        operation, rows, other, shown, key, _ = self.places[those].T.astype(np.intp)
        count = len(operation)
        whole = np.zeros((count, len(_WHOLE_NAMES)), np.float32)
        whole[np.arange(count), operation] = 1
        rest = whole[:, len(OPERATIONS) :]
        by_rows = self.row_bits[rows] | self.row_bits[other]
        covered = by_rows | self.column_bits[shown] | self.column_bits[key]
        rest[:, 0] = (~(covered | self.caption)) @ self.weights
        rest[:, 1] = covered @ self.weights
        rest[:, 2] = float(self.caption @ self.weights)
        rest[:, 3] = self.turned
        rest[:, 4] = (shown == key) & (key >= 0)
        rest[:, 5] = self.chosen[rows, shown]
        rest[:, 6] = self.chosen[rows, key]
        rest[:, 7] = (by_rows & self.column_bits[shown]) @ self.weights
        rest[:, 8] = (by_rows & self.column_bits[key]) @ self.weights
        rest[:, 9] = self.rowsets[other, _ROWSET_NAMES.index("size")]
        return np.concatenate(
            [self.rowsets[rows], self.columns[shown], self.columns[key], whole], axis=1, dtype=np.float32
        )


def predictors_of(
    grid: Grid,
    wording: QuestionWording,
    rowsets: Sequence[Rowset],
    links: Sequence[Link],
    derivations: Sequence[Derivation],
) -> GridPredictors:
    """The numbers of all derivations of a grid."""
    weights = np.zeros(64, np.float32)
    weights[: len(wording.weights)] = wording.weights
    caption = wording.found(grid.caption_keys) & wording.telling
    chosen = np.zeros((len(rowsets) + 1, len(grid.columns) + 1), np.bool_)
    for place, one in enumerate(rowsets):
        chosen[place, [column for column in one.columns if column >= 0]] = True
    return GridPredictors(
        rowsets=_of_rowsets(grid, wording, rowsets),
        columns=_of_columns(grid, wording, links),
        places=_places(grid, derivations),
        row_bits=_bits([one.bits for one in rowsets]),
        column_bits=_bits([link.bits for link in links]),
        caption=_bits([caption])[0],
        weights=weights / np.float32(wording.total),
        chosen=chosen,
        turned=grid.turned,
    )


def _of_rowsets(grid: Grid, wording: QuestionWording, rowsets: Sequence[Rowset]) -> Floats:
    found = np.zeros((len(rowsets) + 1, len(_ROWSET_NAMES)), np.float32)
    alike = Counter(one.bits for one in rowsets)
    for place, one in enumerate(rowsets):
        size = len(one.rows)
        found[place, ROWSET_KINDS.index(one.kind)] = 1
        found[place, len(ROWSET_KINDS) :] = (
            one.strength,
            wording.weight(one.bits),
            one.cover,
            np.log1p(size) / 4,
            size == 1,
            size / max(1, grid.height),
            len(one.columns) / 3,
            -1 in one.columns,
            any(grid.totals[row] for row in one.rows),
            place / 10,
            (alike[one.bits] - 1) / 5,
            bool({0, grid.label} & one.columns),
        )
    return found


def _of_columns(grid: Grid, wording: QuestionWording, links: Sequence[Link]) -> Floats:
    found = np.zeros((len(links) + 1, len(_COLUMN_NAMES)), np.float32)
    best = max((link.closest for link in links), default=0.0)
    for place, (column, link) in enumerate(zip(grid.columns, links, strict=True)):
        found[place, CELL_KINDS.index(column.kind)] = 1
        found[place, len(CELL_KINDS) :] = (
            wording.weight(link.bits),
            link.named,
            link.focus,
            link.whole,
            link.closest,
            best - link.closest if link.closest else 0.0,
            column.distinct,
            column.filled,
            place == grid.label,
            place == 0,
            not column.name.text,
            place / len(links),
        )
    return found


def _places(grid: Grid, derivations: Sequence[Derivation]) -> Places:
    kinds = [CELL_KINDS.index(column.kind) for column in grid.columns]
    worked, yes = OUTCOMES.index("worked out"), OUTCOMES.index("yes or no")
    rows = [
        (
            _OPERATION_PLACE[one.operation],
            one.rows,
            one.other,
            one.out,
            one.key,
            kinds[one.out] if one.operation in _OF_CELLS else yes if one.operation == "yes or no" else worked,
        )
        for one in derivations
    ]
    return np.array(rows, np.int16).reshape(len(rows), 6)


def _bits(sets: Sequence[int]) -> NDArray[np.bool_]:
    """Sets of tokens as rows of 64 truth values, and a row of none after them."""
    packed = np.array([*sets, 0], np.uint64)
    return np.unpackbits(packed.view(np.uint8).reshape(len(packed), 8), axis=1, bitorder="little").astype(
        np.bool_
    )
