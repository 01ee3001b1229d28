"""Histograms of values whose range is not known beforehand, for many features at once."""

import numpy as np
from numpy.typing import NDArray

_FINE = 512
_LOWEST = -60
"""Power of two at which a range begins to grow; no activation that matters is so small."""


class Histograms:
    """One histogram a feature, over ranges [0, 2^k) that grow with their largest value.

    A range is cut into 512 equal parts. When a value does not fit, its feature's range doubles as often as needed,
    and parts are merged in pairs, which loses nothing. Cut again into a few parts at the end, a value may be counted
    one part beside its own only if it lies within 1/256 of the maximum from their border.

    Args:
        counts: shape `(features, 512)`, to go on with.
        powers: shape `(features,)`: k of each range.
    """

    def __init__(self, counts: NDArray[np.int32], powers: NDArray[np.int32]) -> None:
        self.counts = counts
        self.powers = powers

    @classmethod
    def empty(cls, size: int) -> "Histograms":
        """Of so many features, with nothing counted."""
        return cls(np.zeros((size, _FINE), np.int32), np.full(size, _LOWEST, np.int32))

    def add(self, features: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """Count values, all of them finite and above 0; `features` says whose each is."""
        exponents = np.frexp(values)[1]
        low = exponents > self.powers[features]
        if low.any():
            grown = self.powers.copy()
            np.maximum.at(grown, features[low], exponents[low])
            self._grow(grown)
        parts = np.ldexp(values, (9 - self.powers)[features]).astype(np.int64)
        np.add.at(self.counts.reshape(-1), features * _FINE + parts, 1)

    def cut(self, maxima: NDArray[np.float32], parts: int) -> NDArray[np.int64]:
        """Counts in `parts` equal parts from 0 to each feature's maximum: shape `(features, parts)`."""
        middles = (np.arange(_FINE) + 0.5)[None] * np.ldexp(1.0, self.powers - 9)[:, None]
        whole = np.where(maxima > 0, maxima, 1.0).astype(np.float64)[:, None]
        places = np.minimum((middles * parts / whole).astype(np.int64), parts - 1)
        cut = np.zeros((len(maxima), parts), np.int64)
        rows = np.broadcast_to(np.arange(len(maxima))[:, None], places.shape)
        np.add.at(cut, (rows, places), self.counts)
        return cut

    def _grow(self, powers: NDArray[np.int32]) -> None:
        for feature_shift in np.unique(powers - self.powers):
            if feature_shift == 0:
                continue
            chosen = np.flatnonzero(powers - self.powers == feature_shift)
            old = self.counts[chosen]
            shift = min(int(feature_shift), 9)
            merged = old.reshape(len(chosen), _FINE >> shift, 1 << shift).sum(-1, dtype=np.int32)
            self.counts[chosen] = 0
            self.counts[chosen, : merged.shape[1]] = merged
        self.powers = powers
