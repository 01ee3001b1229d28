"""Which tier answers: the cheapest one that is predicted to be good enough, and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from clearspan.receipts import Receipt, RouteDecision, Tier, TierOffer

GOOD_ENOUGH = 0.75
"""Predicted probability of a good answer from which a tier is good enough."""

_WIDE = re.compile(
    r"^\s*(?:why|how\s+(?:do|does|did|is|are|was|were|can|could|should|to)\b|explain|describe|compare|summari[sz]e|tell\s+me\s+about|"
    r"what\s+(?:is\s+the\s+difference|are\s+the\s+(?:reasons|differences|advantages|causes|steps|effects)))",
    re.IGNORECASE,
)

# Predicted from the question alone, until the ledger has answers of a tier to count.
_FIRST_PRICES: dict[Tier, tuple[float, float]] = {
    "calculator": (0.1, 0.01),
    "quote": (3.0, 0.2),
    "generate": (45.0, 2.5),
}


@dataclass(frozen=True, slots=True)
class Prices:
    """What an answer of each tier costs: (joules, seconds)."""

    by_tier: dict[Tier, tuple[float, float]]
    counted: int

    @classmethod
    def from_receipts(cls, receipts: Iterable[Receipt]) -> "Prices":
        """Medians over past answers of each tier; first guesses for tiers with fewer than five."""
        past: dict[Tier, list[tuple[float, float]]] = {}
        for receipt in receipts:
            past.setdefault(receipt.route.tier, []).append((receipt.meter.joules, receipt.meter.seconds))
        prices = dict(_FIRST_PRICES)
        for tier, costs in past.items():
            if len(costs) >= 5:
                prices[tier] = (median(j for j, _ in costs), median(s for _, s in costs))
        return cls(prices, sum(len(costs) for costs in past.values()))


def choose(question: str, *, calculable: bool, generation: str, prices: Prices) -> RouteDecision:
    """Choose a tier for a question.

    Args:
        question: as typed.
        calculable: whether the calculator recognises it as its own.
        generation: why the generating tier is not available; empty when it is.
        prices: what tiers cost.

    The quality of a tier is a prior set by hand for the form of the question, not a measurement: a calculation
    is exact; one quoted sentence suits a question for one fact; a question for reasons or a description needs
    several joined.
    """
    wide = bool(_WIDE.match(question))
    qualities: dict[Tier, float] = {"calculator": 1.0 if calculable else 0.0, "quote": 0.6 if wide else 0.9}
    if not generation:
        qualities["generate"] = 0.8 if wide else 0.9
    offers = tuple(
        TierOffer(tier=tier, quality=quality, joules=prices.by_tier[tier][0], seconds=prices.by_tier[tier][1])
        for tier, quality in qualities.items()
    )
    good = [offer for offer in offers if offer.quality >= GOOD_ENOUGH]
    best = min(good, key=lambda o: o.joules) if good else max(offers, key=lambda o: o.quality)
    return RouteDecision(tier=best.tier, why=_why(best.tier, wide, generation), offers=offers)


def escalate(route: RouteDecision, tier: Tier, why: str) -> RouteDecision:
    """The next tier after one that was not good enough; the route remembers where it came from."""
    return route.model_copy(update={"tier": tier, "why": why, "escalated_from": route.tier})


def _why(tier: Tier, wide: bool, generation: str) -> str:
    if tier == "calculator":
        return "a calculation: the calculator is exact and costs next to nothing"
    if tier == "generate":
        return (
            "asks for reasons or a description: quotes are joined by the local model, each sentence verified"
        )
    if wide:
        return f"asks for reasons or a description, but only quotes are shown: {generation}"
    return "asks for one fact: a quoted sentence is enough"
