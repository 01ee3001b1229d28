"""What is kept of each feature while text streams by: numbers over everything, and candidates for examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearspan.features.evidence.histogram import Histograms
from clearspan.features.evidence.pools import WINDOW, Pool, Windows

TOP = 5
MIDDLE = 3
_MIDDLE_KEPT = 8
"""More than are shown: as the maximum grows, some fall out of the middle, and some share a document with the top."""
_MIDDLE_BAND = (0.25, 0.75)
"""Shares of the maximum between which an activation is of the middle of the range."""
_BEFORE = 15
"""Tokens of context before a candidate; what comes before is what a feature responds to."""


@dataclass(frozen=True, slots=True)
class Active:
    """Where features were active in `n` tokens of documents.

    Attributes:
        tokens: shape `(n,)`.
        documents: shape `(n,)`, rising: number of the document in the whole stream of text.
        quotable: shape `(n,)`: whether examples may be taken from there.
        places: shape `(active,)`, rising: token times features plus feature.
        values: the activations there, above 0.
        read: how many tokens count; fewer than `n`, because attention sinks do not.
    """

    tokens: NDArray[np.int32]
    documents: NDArray[np.int64]
    quotable: NDArray[np.bool_]
    places: NDArray[np.int64]
    values: NDArray[np.float32]
    read: int


@dataclass(eq=False)
class Tally:
    """Everything that one pass gathers, in memory that does not grow with the text.

    Attributes:
        tokens: how many were read.
        counts: shape `(features,)`: at how many of them each was active.
        sums: of its activations.
        maxima: its highest activation.
        histograms: of its activations.
        top: candidates with the highest activations.
        middle: candidates drawn evenly from the middle of the range: those with the lowest hash of feature and place.
    """

    tokens: int
    counts: NDArray[np.int64]
    sums: NDArray[np.float64]
    maxima: NDArray[np.float32]
    histograms: Histograms
    top: Pool
    middle: Pool

    @classmethod
    def empty(cls, size: int) -> "Tally":
        """Of so many features, with nothing read."""
        return cls(
            0,
            np.zeros(size, np.int64),
            np.zeros(size, np.float64),
            np.zeros(size, np.float32),
            Histograms.empty(size),
            Pool.empty(size, TOP),
            Pool.empty(size, _MIDDLE_KEPT),
        )

    def add(self, active: Active) -> None:
        """Take in what was active in the next tokens of the text."""
        size = len(self.counts)
        rows, features = np.divmod(active.places, size)
        values = active.values
        start = self.tokens
        self.tokens += active.read
        self.counts += np.bincount(features, minlength=size)
        self.sums += np.bincount(features, weights=values, minlength=size)
        np.maximum.at(self.maxima, features, values)
        self.histograms.add(features, values)
        if not active.quotable.any():
            return
        if not active.quotable.all():
            kept = active.quotable[rows]
            rows, features, values = rows[kept], features[kept], values[kept]

        self._offer(self.top, active, rows, features, values, -values.astype(np.float64))
        low, high = (share * self.maxima for share in _MIDDLE_BAND)
        self.middle.drop(low)
        inside = (values >= low[features]) & (values <= high[features])
        rows, features, values = rows[inside], features[inside], values[inside]
        # Sinks are not counted, so that two tokens may share a number; the feature and the row tell them apart.
        drawn = _hash(features, rows, start)
        self._offer(self.middle, active, rows, features, values, drawn)

    def _offer(
        self,
        pool: Pool,
        active: Active,
        rows: NDArray[np.int64],
        features: NDArray[np.int64],
        values: NDArray[np.float32],
        keys: NDArray[np.float64],
    ) -> None:
        def windows(chosen: NDArray[np.int64]) -> Windows:
            return _windows(active, rows[chosen], features[chosen], len(self.counts))

        pool.offer(features, keys, active.documents[rows], values, windows)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, to be stored; `Tally.of` makes it again."""
        return {
            "tokens": np.array(self.tokens),
            "counts": self.counts,
            "sums": self.sums,
            "maxima": self.maxima,
            "histogram": self.histograms.counts,
            "powers": self.histograms.powers,
            **{f"top.{name}": array for name, array in self.top.arrays.items()},
            **{f"middle.{name}": array for name, array in self.middle.arrays.items()},
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "Tally":
        """From what `arrays` gave.

        Raises:
            KeyError: something is missing.
        """
        pools = [
            Pool({name.removeprefix(part): arrays[name] for name in arrays if name.startswith(part)})
            for part in ("top.", "middle.")
        ]
        return cls(
            int(arrays["tokens"]),
            arrays["counts"].astype(np.int64),
            arrays["sums"].astype(np.float64),
            arrays["maxima"].astype(np.float32),
            Histograms(arrays["histogram"].astype(np.int32), arrays["powers"].astype(np.int32)),
            *pools,
        )


def _windows(active: Active, rows: NDArray[np.int64], features: NDArray[np.int64], size: int) -> Windows:
    """The surroundings of candidates within their documents."""
    begins = np.searchsorted(active.documents, active.documents[rows], "left")
    ends = np.searchsorted(active.documents, active.documents[rows], "right")
    first = np.maximum(np.minimum(rows - _BEFORE, ends - WINDOW), begins)
    around = first[:, None] + np.arange(WINDOW)
    inside = around < ends[:, None]
    around = np.where(inside, around, rows[:, None])
    wanted = around * size + features[:, None]
    found = np.minimum(np.searchsorted(active.places, wanted), len(active.places) - 1)
    hit = inside & (active.places[found] == wanted)
    return Windows(
        np.where(inside, active.tokens[around], -1).astype(np.int32),
        np.where(hit, active.values[found], 0.0).astype(np.float32),
        (rows - first).astype(np.int32),
    )


def _hash(features: NDArray[np.int64], rows: NDArray[np.int64], start: int) -> NDArray[np.float64]:
    """Numbers between 0 and 1 that look random, the same in every run (the finaliser of SplitMix64)."""
    mixed = (rows + start).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= features.astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
