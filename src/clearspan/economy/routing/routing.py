"""A fitted router with its policy: what sends a question to a tier, whatever keeps or judges it."""

from dataclasses import dataclass

import numpy as np

from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.policy import Choices, Policy, expected_cost
from clearspan.economy.routing.routers.base import Router
from clearspan.measure.estimate import Array

_MARGINS = 40


@dataclass(frozen=True, slots=True)
class Routing:
    """What sends questions to tiers.

    Attributes:
        router: fitted.
        tiers: names, in the order of its predictions.
        policy: from predictions to a tier.
        cost: mean of a question that ends at each tier, tries included, (tiers,).
        margins: of the policy, from that at which few of the questions that it was fitted to leave the best tier to
            that at which all do.
    """

    router: Router
    tiers: tuple[str, ...]
    policy: Policy
    cost: Array
    margins: tuple[float, ...]

    def expected(self, asks: Asks) -> Array:
        """Quality that each tier's answer is expected to have, (n, tiers)."""
        return self.router.predict(asks)

    def choose(self, asks: Asks) -> Choices:
        """The tier of each question, (n,)."""
        return self.policy.choose(self.expected(asks), self.cost)


def routed_by(router: Router, fitted: Outcomes, price: float) -> Routing:
    """A router as it routes what it was fitted to.

    Args:
        price: quality that a unit of cost is worth.
    """
    cost, policy = expected_cost(router, fitted), Policy(price, fitted.best)
    lead = policy.lead(router.predict(fitted.asks), cost)
    steps = np.quantile(lead, 1 - np.arange(1, _MARGINS + 1) / _MARGINS)
    # Below the step, so that the questions on it leave, too.
    margins = tuple(float(each) - 1e-9 for each in dict.fromkeys(steps.tolist()))
    return Routing(router, fitted.tiers, policy, cost, margins)
