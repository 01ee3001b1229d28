"""A router that looks at nothing but how long a question is."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.routers.base import Router
from clearspan.economy.routing.routers.ridge import ridge
from clearspan.measure.estimate import Array


@dataclass(frozen=True)
class LengthRouter(Router):
    """A line through quality over the logarithm of the number of characters."""

    name: ClassVar[str] = "length"
    slope: Array
    offset: Array

    @classmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """Least squares, one line a tier."""
        del seed
        line = ridge(_lengths(outcomes.asks), outcomes.quality, 1.0)
        slope = line.weights[0] / line.scale
        return cls(slope, line.mean - slope * line.middle)

    def predict(self, asks: Asks) -> Array:
        """The lines at the lengths of the questions."""
        return _lengths(asks) * self.slope + self.offset


def _lengths(asks: Asks) -> Array:
    return np.array([[np.log1p(len(question))] for question in asks.questions], np.float64)
