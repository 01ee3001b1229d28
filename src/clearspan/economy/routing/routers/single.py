"""Always the same tiers' mean qualities: the best single tier, whatever is asked."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.routers.base import Router
from clearspan.measure.estimate import Array


@dataclass(frozen=True)
class SingleRouter(Router):
    """Expects of every question what the average one gave: what each other router has to beat."""

    name: ClassVar[str] = "single"
    mean: Array

    @classmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """Mean quality of each tier."""
        del seed
        return cls(outcomes.quality.mean(0))

    def predict(self, asks: Asks) -> Array:
        """The same for each question."""
        return np.tile(self.mean, (len(asks.questions), 1))
