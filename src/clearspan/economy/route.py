"""Which tier answers: the cheapest one that is predicted to be good enough, and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from clearspan.receipts import Meter, Receipt, RouteDecision, Tier, TierOffer
from clearspan.settings import RemoteTier

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

_FIRST_TOKENS = (260, 40)
"""Read and written by a model that joins quotes, until the ledger has answers to count."""

_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Prices:
    """What an answer of each tier costs: (joules, seconds), and what a remote tier that generates charges."""

    by_tier: dict[Tier, tuple[float, float]]
    counted: int
    money: float = 0.0
    currency: str = ""

    @classmethod
    def from_receipts(
        cls, receipts: Iterable[Receipt], writer: str | None = None, remote: RemoteTier | None = None
    ) -> "Prices":
        """Medians over past answers of each tier; first guesses for tiers with fewer than five.

        Args:
            writer: who generates, as `Versions.model` names it; answers of others tell nothing of its price.
                None counts all.
            remote: the tier that generates, if it is a remote one.
        """
        past: dict[Tier, list[Meter]] = {}
        for receipt in receipts:
            if receipt.route.tier != "generate" or writer in {None, receipt.versions.model}:
                past.setdefault(receipt.route.tier, []).append(receipt.meter)
        prices = dict(_FIRST_PRICES)
        for tier, meters in past.items():
            if len(meters) >= _ENOUGH:
                prices[tier] = (median(m.joules for m in meters), median(m.seconds for m in meters))
        counted = sum(len(meters) for meters in past.values())
        if remote is None:
            return cls(prices, counted)
        # What a server elsewhere uses cannot be metered here; to count it as nothing would make it look frugal.
        joules, seconds = prices["generate"]
        prices["generate"] = (max(joules, _FIRST_PRICES["generate"][0]), seconds)
        paid = [meter.money for meter in past.get("generate", ()) if meter.currency == remote.currency]
        money = median(paid) if len(paid) >= _ENOUGH else remote.cost(*_FIRST_TOKENS)
        return cls(prices, counted, money, remote.currency)


def choose(
    question: str, *, calculable: bool, generation: str, prices: Prices, writer: str = "the local model"
) -> RouteDecision:
    """Choose a tier for a question.

    Args:
        question: as typed.
        calculable: whether the calculator recognises it as its own.
        generation: why the generating tier is not available; empty when it is.
        prices: what tiers cost.
        writer: who generates, as a person would say it.

    What is paid for counts before energy: a tier that charges is chosen where no other is good enough. The
    quality of a tier is a prior set by hand for the form of the question, not a measurement: a calculation
    is exact; one quoted sentence suits a question for one fact; a question for reasons or a description needs
    several joined.
    """
    wide = bool(_WIDE.match(question))
    qualities: dict[Tier, float] = {"calculator": 1.0 if calculable else 0.0, "quote": 0.6 if wide else 0.9}
    if not generation:
        qualities["generate"] = 0.8 if wide else 0.9
    offers = tuple(_offer(tier, quality, prices) for tier, quality in qualities.items())
    good = [offer for offer in offers if offer.quality >= GOOD_ENOUGH]
    best = min(good, key=lambda o: (o.money, o.joules)) if good else max(offers, key=lambda o: o.quality)
    return RouteDecision(tier=best.tier, why=_why(best.tier, wide, generation, writer), offers=offers)


def escalate(route: RouteDecision, tier: Tier, why: str) -> RouteDecision:
    """The next tier after one that was not good enough; the route remembers where it came from."""
    return route.model_copy(update={"tier": tier, "why": why, "escalated_from": route.tier})


def _offer(tier: Tier, quality: float, prices: Prices) -> TierOffer:
    joules, seconds = prices.by_tier[tier]
    money, currency = (prices.money, prices.currency) if tier == "generate" else (0.0, "")
    return TierOffer(
        tier=tier, quality=quality, joules=joules, seconds=seconds, money=money, currency=currency
    )


def _why(tier: Tier, wide: bool, generation: str, writer: str) -> str:
    if tier == "calculator":
        return "a calculation: the calculator is exact and costs next to nothing"
    if tier == "generate":
        return f"asks for reasons or a description: quotes are joined by {writer}, each sentence verified"
    if wide:
        return f"asks for reasons or a description, but only quotes are shown: {generation}"
    return "asks for one fact: a quoted sentence is enough"
