"""A router that asks how the tiers did on the questions that are nearest in meaning."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.routers.base import Need, Router
from clearspan.economy.routing.routers.meaning import vectors_of
from clearspan.measure.estimate import Array

_BLOCK = 512


@dataclass(frozen=True)
class NeighboursRouter(Router):
    """The mean over the nearest questions by cosine: as many as the root of all there are, ten at least.

    Source: T. M. Cover and P. E. Hart, Nearest neighbor pattern classification, IEEE Trans. Inf. Theory 13 (1967).
    """

    name: ClassVar[str] = "neighbours"
    needs: ClassVar[frozenset[Need]] = frozenset({"vectors"})
    vectors: NDArray[np.float32]
    quality: NDArray[np.float32]

    @classmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """Keeps every question."""
        del seed
        return cls(vectors_of(outcomes.asks).astype(np.float32), outcomes.quality.astype(np.float32))

    def predict(self, asks: Asks) -> Array:
        """Means over the neighbours."""
        asked = vectors_of(asks).astype(np.float32)
        count = min(len(self.vectors), max(10, round(len(self.vectors) ** 0.5)))
        found = [
            self.quality[
                np.argpartition(-(asked[start : start + _BLOCK] @ self.vectors.T), count - 1)[:, :count]
            ]
            for start in range(0, len(asked), _BLOCK)
        ]
        return np.concatenate([near.mean(1) for near in found]).astype(np.float64)
