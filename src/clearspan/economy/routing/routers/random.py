"""A router that knows nothing: the line from the cheapest tier to the best that each other router has to rise above."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.routers.base import Router
from clearspan.measure.estimate import Array


@dataclass(frozen=True)
class RandomRouter(Router):
    """Stretches the mean qualities by a number between 0 and 2 that is drawn for each question, and stays its own."""

    name: ClassVar[str] = "random"
    mean: Array
    seed: NDArray[np.int64]

    @classmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """Mean quality of each tier."""
        return cls(outcomes.quality.mean(0), np.array([seed], np.int64))

    def predict(self, asks: Asks) -> Array:
        """Means of the tiers, stretched."""
        drawn = np.array([_uniform(f"{int(self.seed[0])}\n{question}") for question in asks.questions])
        return 2 * drawn[:, None] * self.mean


def _uniform(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:7]) / 2**56
