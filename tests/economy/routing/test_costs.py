"""What tiers cost: guesses until there are five answers to count, and never less than the work that they include."""

import pytest

from clearspan.economy.routing.costs import count, priced
from clearspan.receipts import Meter, Offer, Receipt, Versions
from clearspan.settings import RemoteTier
from clearspan.tiers.base import Tier
from tests.economy.routing.test_choose import FAR, NARROW, WIDE, receipt, tiers


def written(model: str, money: float) -> Receipt:
    return receipt("generate", 90.0).model_copy(
        update={
            "meter": Meter(joules=90.0, seconds=9.0, money=money, currency="EUR"),
            "versions": Versions(clearspan="0", library_revision=1, model=model),
        }
    )


def offers(given: tuple[Tier, ...], past: list[Receipt], question: str = WIDE) -> dict[str, Offer]:
    return {tier.name: offer for tier, offer in priced(given, question, count(past, given))}


def far(tier: RemoteTier = FAR) -> tuple[Tier, ...]:
    return tiers(tiers={"far": tier}, generate_tier="far")


def test_prices_come_from_the_ledger_once_there_are_enough() -> None:
    few = offers(tiers(), [receipt("quote", 9.0)] * 4)
    enough = offers(tiers(), [receipt("quote", joules) for joules in (1.0, 9.0, 9.0, 9.0, 100.0)])
    assert (few["quote"].joules, few["quote"].seconds) == (3.0, 0.2)
    assert (enough["quote"].joules, enough["quote"].seconds) == (9.0, 0.9)


def test_what_had_to_be_loaded_first_is_in_no_price() -> None:
    cold = [
        one.model_copy(update={"meter": one.meter.model_copy(update={"loaded": ("embedder", "model")})})
        for one in [receipt("quote", 900.0)] * 9
    ]
    assert offers(tiers(), cold)["quote"].joules == 3.0
    assert offers(tiers(), [*cold, *[receipt("quote", 9.0)] * 5])["quote"].joules == 9.0


def test_what_was_tried_in_vain_is_the_price_of_trying_and_not_of_the_quotes() -> None:
    vain = [
        one.model_copy(
            update={
                "meter": Meter(joules=60.0),
                "route": one.route.model_copy(update={"tier": "quote", "tried": "generate"}),
                "versions": Versions(clearspan="0", library_revision=1, model="smollm2-135m"),
            }
        )
        for one in [receipt("quote", 60.0)] * 5
    ]
    found = offers(tiers(), vain)
    assert (found["quote"].joules, found["generate"].joules) == (3.0, 60.0)


def test_no_tier_is_cheaper_than_the_work_that_it_includes() -> None:
    found = offers(tiers(), [receipt("quote", 400.0)] * 5, NARROW)
    assert found["generate"].joules == found["quote"].joules == 400.0
    assert found["calculator"].joules < 1


def test_a_remote_tier_has_its_price_until_the_ledger_knows_better() -> None:
    first = offers(far(), [])["generate"]
    assert (first.money, first.currency) == (pytest.approx(FAR.cost(260, 40)), "EUR")
    past = [written("tier:far/m", money) for money in (0.1, 0.2, 0.3, 0.4, 0.5)]
    others = [written("smollm2-135m", 9.0)] * 9
    assert offers(far(), [*past, *others])["generate"].money == 0.3
    dollars = far(FAR.model_copy(update={"currency": "USD"}))
    assert offers(dollars, past)["generate"].money == pytest.approx(FAR.cost(260, 40))


def test_what_a_server_elsewhere_uses_is_not_counted_as_nothing() -> None:
    cheap = [one.model_copy(update={"meter": Meter(joules=4.0)}) for one in [written("tier:far/m", 0.1)] * 5]
    assert offers(far(), cheap)["generate"].joules == 45.0
    own = [
        one.model_copy(update={"versions": Versions(clearspan="0", library_revision=1, model="smollm2-135m")})
        for one in cheap
    ]
    assert offers(tiers(), own)["generate"].joules == 4.0


def test_past_answers_of_another_writer_tell_nothing() -> None:
    past = [written("tier:far/m", 0.1)] * 9
    assert offers(tiers(), past)["generate"].joules == 45.0
    assert offers(far(), past)["generate"].joules == 90.0
