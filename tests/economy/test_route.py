"""Routing: the cheapest tier that is predicted to be good enough, with a reason."""

import pytest

from clearspan.economy.route import GOOD_ENOUGH, Prices, choose, escalate
from clearspan.receipts import Meter, Overview, Receipt, RouteDecision, Tier, Versions
from clearspan.settings import RemoteTier

PRICES = Prices.from_receipts([])
FAR = RemoteTier(base_url="https://models.example/v1", model="m", price_in=2, price_out=10, currency="EUR")


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


def _written(model: str, money: float) -> Receipt:
    return _receipt("generate", 9.0).model_copy(
        update={
            "meter": Meter(joules=9.0, seconds=1.0, money=money, currency="EUR"),
            "versions": Versions(clearspan="0", library_revision=1, model=model),
        }
    )


def test_a_remote_tier_has_its_price_until_the_ledger_knows_better() -> None:
    first = Prices.from_receipts([], "tier:far/m", FAR)
    assert first.money == pytest.approx(FAR.cost(260, 40))
    assert first.currency == "EUR"
    past = [_written("tier:far/m", money) for money in (0.1, 0.2, 0.3, 0.4, 0.5)]
    counted = Prices.from_receipts([*past, *[_written("smollm2-135m", 9.0)] * 9], "tier:far/m", FAR)
    assert counted.money == 0.3
    # What the server uses is not known here, and not counted as nothing.
    assert counted.by_tier["generate"][0] == PRICES.by_tier["generate"][0]


def test_past_answers_of_another_writer_tell_nothing() -> None:
    past = [_written("tier:far/m", 0.1)] * 9
    assert Prices.from_receipts(past, "smollm2-135m").by_tier == PRICES.by_tier
    assert Prices.from_receipts(past).by_tier["generate"] == (9.0, 1.0)


def test_what_costs_money_is_asked_only_where_nothing_else_will_do() -> None:
    prices = Prices.from_receipts([_receipt("quote", 1e6)] * 9, "tier:far/m", FAR)
    narrow = choose("How long is it?", calculable=False, generation="", prices=prices)
    wide = choose(
        "Why is it orange?", calculable=False, generation="", prices=prices, writer="the tier 'far'"
    )
    assert (narrow.tier, wide.tier) == ("quote", "generate")
    assert "the tier 'far'" in wide.why
    assert {offer.tier: offer.currency for offer in wide.offers} == {
        "calculator": "",
        "quote": "",
        "generate": "EUR",
    }
