"""A router that looks at the form of a question alone, not at what it is about, so that it carries to new subjects."""

from dataclasses import dataclass
from typing import ClassVar, Self

from clearspan.economy.routing.form import forms
from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.routers.base import Router
from clearspan.economy.routing.routers.ridge import Line, ridge
from clearspan.measure.estimate import Array

_PENALTY = 30.0


@dataclass(frozen=True)
class ShapeRouter(Router):
    """A line through the length of the question and how alike its alternatives are."""

    name: ClassVar[str] = "shape"
    middle: Array
    scale: Array
    weights: Array
    mean: Array

    @classmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """Least squares with a slight penalty: three features leave nothing to choose."""
        del seed
        line = ridge(forms(outcomes.asks.questions), outcomes.quality, _PENALTY)
        return cls(line.middle, line.scale, line.weights, line.mean)

    def predict(self, asks: Asks) -> Array:
        """The line at the forms of the questions."""
        return Line(self.middle, self.scale, self.weights, self.mean)(forms(asks.questions))
