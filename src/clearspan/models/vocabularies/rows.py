"""An embedding matrix read block by block, and exact nearest neighbours in it.

A vocabulary of 262,144 tokens takes 670 MB in float32 and 180 MB in the file. Blocks of it are widened as they are
needed and then let go, so that memory stays at tens of megabytes, and a query reads the file once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

_BLOCK_ROWS = 2_048


class Rows(Protocol):
    """Rows of a matrix on disk."""

    @property
    def count(self) -> int:
        """How many there are."""
        ...

    @property
    def width(self) -> int:
        """How many numbers each has."""
        ...

    def read(self, start: int, stop: int) -> Floats:
        """Rows `start` to `stop`, shape `(stop - start, width)`; the caller may change them."""
        ...


@dataclass(frozen=True)
class PlainRows:
    """Rows of numbers as they are.

    Args:
        stored: shape `(count, width)`; float32, float16, or uint16 that holds bfloat16.
    """

    stored: NDArray[Any]

    @property
    def count(self) -> int:
        return len(self.stored)

    @property
    def width(self) -> int:
        return int(self.stored.shape[1])

    def read(self, start: int, stop: int) -> Floats:
        """See `Rows.read`."""
        block = self.stored[start:stop]
        if block.dtype == np.uint16:
            return (block.astype(np.uint32) << 16).view(np.float32)
        return block.astype(np.float32)


@dataclass(frozen=True)
class BlockRows:
    """Rows of GGUF blocks.

    Args:
        stored: shape `(count, bytes of a row)`, uint8.
        kind: `gguf.GGMLQuantizationType`.
        width: numbers in a row.
    """

    stored: NDArray[np.uint8]
    kind: Any
    width: int

    @property
    def count(self) -> int:
        return len(self.stored)

    def read(self, start: int, stop: int) -> Floats:
        """See `Rows.read`."""
        from gguf.constants import GGMLQuantizationType
        from gguf.quants import dequantize

        if self.kind != GGMLQuantizationType.Q8_0:
            return dequantize(self.stored[start:stop], self.kind).astype(np.float32, copy=False)
        # The usual type of an embedding, and several times faster than by the general way: a float16 scale, then
        # 32 signed bytes.
        blocks = self.stored[start:stop].reshape(stop - start, -1, 34)
        scales = np.ascontiguousarray(blocks[:, :, :2]).view(np.float16).astype(np.float32)
        numbers = blocks[:, :, 2:].view(np.int8).astype(np.float32)
        numbers *= scales
        return numbers.reshape(stop - start, self.width)


class TokenEmbeddings:
    """Vectors of tokens, compared by the cosine of the angle between them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return self._rows.count

    @property
    def width(self) -> int:
        """How many numbers each has."""
        return self._rows.width

    def blocks(self) -> Iterator[tuple[int, Floats]]:
        """All rows in order, some thousands at a time, each time with the number of the first."""
        for start in range(0, self.count, _BLOCK_ROWS):
            yield start, self._rows.read(start, min(start + _BLOCK_ROWS, self.count))

    def vectors(self, ids: Integers) -> Floats:
        """Vectors of some tokens, shape `(ids, width)`."""
        found = np.empty((len(ids), self.width), np.float32)
        for place, number in enumerate(ids.tolist()):
            found[place] = self._rows.read(number, number + 1)[0]
        return found

    def nearest(
        self, queries: Floats, count: int, among: NDArray[np.bool_] | None = None
    ) -> tuple[Integers, Floats]:
        """The vectors at the smallest angles, exactly; equal ones in the order of their numbers.

        Args:
            queries: shape `(queries, width)`.
            count: how many for each; fewer where there are fewer.
            among: which rows count, shape `(rows,)`; all by default.

        Returns:
            Numbers and cosines, each of shape `(queries, count)`, nearest first.
        """
        units = unit(queries)
        best = np.empty((len(units), 0), np.float32)
        ids = np.empty((len(units), 0), np.int64)
        for start, block in self.blocks():
            lengths = self._lengths[start : start + len(block)]
            cosines = _products(units, block) / lengths
            if among is not None:
                cosines[:, ~among[start : start + len(block)]] = -np.inf
            kept = largest(cosines, count)
            best = np.concatenate([best, np.take_along_axis(cosines, kept, 1)], 1)
            ids = np.concatenate([ids, kept + start], 1)
            kept = largest(best, count)
            best, ids = np.take_along_axis(best, kept, 1), np.take_along_axis(ids, kept, 1)
        return ids, best

    def principal(self, axes: int) -> tuple[Floats, Floats, Floats]:
        """Principal axes of all vectors, each of unit length first: what counts is their direction.

        Returns:
            The mean, shape `(width,)`; axes, `(axes, width)`; the share of the variance that each explains.
        """
        total = np.zeros(self.width, np.float64)
        products = np.zeros((self.width, self.width), np.float64)
        for start, block in self.blocks():
            block /= self._lengths[start : start + len(block), None]
            total += block.sum(0, dtype=np.float64)
            products += block.T @ block
        mean = total / self.count
        values, vectors = np.linalg.eigh(products / self.count - np.outer(mean, mean))
        order = np.argsort(values)[::-1][:axes]
        shares = values[order] / values.sum()
        # An axis has no sign of its own; its largest part is made positive, so that pictures stay the same.
        chosen = vectors[:, order].T
        chosen *= np.sign(chosen[np.arange(len(order)), np.abs(chosen).argmax(1)])[:, None]
        return mean.astype(np.float32), chosen.astype(np.float32), shares.astype(np.float32)

    @cached_property
    def _lengths(self) -> Floats:
        lengths = [np.sqrt(np.einsum("ij,ij->i", block, block)) for _, block in self.blocks()]
        # Rows that a model never uses may be zero; they are at no angle to anything.
        return np.maximum(np.concatenate(lengths), np.float32(1e-20))


def unit(vectors: Floats) -> Floats:
    """Rows of length 1; zero rows stay zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    return (vectors / np.maximum(lengths, 1e-20)).astype(np.float32)


def _products(few: Floats, many: Floats) -> Floats:
    """Inner products, shape `(few, many)`."""
    if len(few) > 1:
        return few @ many.T
    # One row is done before a library's threads have met, and on a busy machine they wait for each other.
    return np.einsum("ij,j->i", many, few[0])[None]


def largest(values: Floats, count: int) -> Integers:
    """Places of the largest values of each row, largest first."""
    if values.shape[1] <= 4 * count:
        return np.argsort(-values, 1, kind="stable")[:, :count].astype(np.int64)
    kept = np.sort(np.argpartition(-values, count - 1, 1)[:, :count], 1).astype(np.int64)
    order = np.argsort(-np.take_along_axis(values, kept, 1), 1, kind="stable")
    return np.take_along_axis(kept, order, 1)
