"""From expected qualities to a tier: what an answer is worth, what it costs, and how far the best tier is preferred."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.economy.routing.outcomes import Outcomes
from clearspan.economy.routing.routers.base import Router
from clearspan.measure.estimate import Array

Choices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Policy:
    """The tier of the highest expected quality, less its cost, with a preference for the best tier.

    Attributes:
        price: quality that a unit of cost is worth.
        best: the tier that is preferred.
        margin: expected quality by which another tier must look better than the best one, less the difference in
            cost; negative where it may look worse. Infinite: always the best tier.
    """

    price: float
    best: int
    margin: float = 0.0

    def choose(self, expected: Array, cost: Array) -> Choices:
        """The tier of each question, (n,); of equals the cheaper one.

        Args:
            expected: quality, (n, tiers).
            cost: (tiers,).
        """
        worth = expected - self.price * cost
        worth[:, self.best] += self.margin
        return np.argmax(worth, axis=1)

    def lead(self, expected: Array, cost: Array) -> Array:
        """The margin from which each question goes to the best tier, (n,)."""
        worth = expected - self.price * cost
        others = np.delete(worth, self.best, axis=1).max(1)
        return others - worth[:, self.best]


def break_even(outcomes: Outcomes) -> float:
    """The price at which the cheapest tier and the best one are worth the same: neither alone has an advantage.

    A higher price favours the cheapest tier for every question, a lower one the best; what a router adds shows in
    between. 0 where the best tier costs no more than any other.
    """
    quality, cost = outcomes.quality.mean(0), outcomes.cost.mean(0)
    best = outcomes.best
    dearer = float(cost[best] - cost.min())
    return float(quality[best] - quality[int(np.argmin(cost))]) / dearer if dearer > 0 else 0.0


def expected_cost(router: Router, outcomes: Outcomes) -> Array:
    """Mean cost of a question that ends at each tier, (tiers,), tries included."""
    return router.paid(outcomes.cost).mean(0)


def worth(router: Router, outcomes: Outcomes, chosen: Choices, price: float) -> Array:
    """What each question was worth where the choices sent it: quality less the price of its cost, (n,)."""
    rows = np.arange(len(outcomes))
    return outcomes.quality[rows, chosen] - price * router.paid(outcomes.cost)[rows, chosen]
