"""A router that asks the cheapest tier first and looks at its answer."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.routers.base import Need, Router
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array

_BINS = 10


@dataclass(frozen=True)
class CascadeRouter(Router):
    """Expects of every tier what it gave where the cheapest one's answer had a score like this.

    Whatever the score is (support of its claims, agreement of samples, likelihood), it is only told apart in tenths.
    The try is paid for: a question that goes on costs both answers.

    Source: L. Chen, M. Zaharia and J. Zou, FrugalGPT, 2023, section 3.
    """

    name: ClassVar[str] = "cascade"
    needs: ClassVar[frozenset[Need]] = frozenset({"scores"})
    edges: Array
    quality: Array

    @classmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """Means of the tiers in bins of the score that hold equally many questions, drawn to the mean of all."""
        del seed
        scores = first_scores(outcomes.asks)
        edges = np.unique(np.quantile(scores, np.linspace(0, 1, _BINS + 1)[1:-1]))
        bins = np.searchsorted(edges, scores, side="right")
        mean = outcomes.quality.mean(0)
        rows = [
            (outcomes.quality[bins == each].sum(0) + _BINS * mean) / ((bins == each).sum() + _BINS)
            for each in range(len(edges) + 1)
        ]
        return cls(edges, np.array(rows))

    def predict(self, asks: Asks) -> Array:
        """The means of the bins that the scores fall into."""
        return self.quality[np.searchsorted(self.edges, first_scores(asks), side="right")]

    def paid(self, cost: Array) -> Array:
        """The cheapest tier's answer is always paid for."""
        paid = cost.copy()
        paid[:, 1:] += cost[:, :1]
        return paid


def first_scores(asks: Asks) -> Array:
    """Scores of the cheapest tier's answers, (n,); what has none counts as the least sure.

    Raises:
        BadInput: none of its answers has one.
    """
    scores = None if asks.scores is None else asks.scores[:, 0]
    if scores is None or np.isnan(scores).all():
        raise BadInput(
            "A cascade looks at the cheapest tier's answers, and none of them has a score.",
            do="Give the column TIER.score of the cheapest tier, or fit another router.",
        )
    return np.where(np.isnan(scores), -np.inf, scores)
