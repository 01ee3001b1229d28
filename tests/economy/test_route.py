"""Routing: the cheapest tier that is predicted to be good enough, with a reason."""

import pytest

from clearspan.economy.route import GOOD_ENOUGH, Prices, choose, escalate
from clearspan.receipts import Meter, Overview, Receipt, RouteDecision, Tier, Versions

PRICES = Prices.from_receipts([])


def _receipt(tier: Tier, joules: float) -> Receipt:
    return Receipt(
        question="q",
        library="l",
        route=RouteDecision(tier=tier, why=""),
        overview=Overview(),
        meter=Meter(joules=joules, seconds=joules / 10),
        versions=Versions(clearspan="0", library_revision=1),
    )


@pytest.mark.parametrize(
    ("question", "calculable", "generation", "tier"),
    [
        ("What is 2 + 2?", True, "", "calculator"),
        ("How long is the main span?", False, "", "quote"),
        ("When did the bridge open?", False, "", "quote"),
        ("Why is the bridge orange?", False, "", "generate"),
        ("How do suspension bridges work?", False, "", "generate"),
        ("Why is the bridge orange?", False, "the model is off", "quote"),
    ],
)
def test_the_tier_follows_the_question(question: str, calculable: bool, generation: str, tier: str) -> None:
    decision = choose(question, calculable=calculable, generation=generation, prices=PRICES)
    assert decision.tier == tier
    assert decision.why
    if generation:
        assert generation in decision.why


def test_no_cheaper_tier_was_good_enough() -> None:
    decision = choose("Why is the bridge orange?", calculable=False, generation="", prices=PRICES)
    chosen = next(offer for offer in decision.offers if offer.tier == decision.tier)
    assert all(o.quality < GOOD_ENOUGH for o in decision.offers if o.joules < chosen.joules)


def test_prices_come_from_the_ledger_once_there_are_enough() -> None:
    few = Prices.from_receipts([_receipt("quote", 9.0)] * 4)
    enough = Prices.from_receipts([_receipt("quote", joules) for joules in (1.0, 9.0, 9.0, 9.0, 100.0)])
    assert few.by_tier["quote"] == PRICES.by_tier["quote"]
    assert enough.by_tier["quote"] == (9.0, 0.9)


def test_an_escalated_route_remembers_where_it_came_from() -> None:
    first = choose("How long is it?", calculable=False, generation="", prices=PRICES)
    second = escalate(first, "generate", "the quote is long")
    assert (second.tier, second.escalated_from, second.why) == ("generate", "quote", "the quote is long")
