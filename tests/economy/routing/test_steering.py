"""A router at work: which tier it names, what the receipt says, and what happens where it cannot be followed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from clearspan.economy.routing.choose import choose
from clearspan.economy.routing.contract.agreement import Contract
from clearspan.economy.routing.contract.promise import PromiseTerms, promise
from clearspan.economy.routing.costs import priced
from clearspan.economy.routing.outcomes import marks
from clearspan.economy.routing.routers import ROUTERS
from clearspan.economy.routing.routing import routed_by
from clearspan.economy.routing.steering import Advice, Steering
from clearspan.economy.routing.stored import Stored, read_router, write_router
from clearspan.journey.asked import ask
from clearspan.journey.compose import Chosen
from clearspan.journey.route import choose_tier, escalated
from clearspan.models.serving.embedder import Embedder
from clearspan.receipts import Claim
from clearspan.settings import Settings
from tests.economy.routing.outcomes_made import outcomes
from tests.economy.routing.test_choose import NARROW, WIDE, tiers
from tests.economy.routing.test_stored import stored

SHORT, LONG = "river?", "river bridge tower stone " * 12


def of(folder: Path, name: str, **card: object) -> Stored:
    """A router of the tiers that answer here, fitted to made-up outcomes."""
    found = replace(outcomes(), tiers=("quote", "generate"))
    if name in {"neighbours", "linear"}:
        found = found.with_vectors(np.random.default_rng(0).normal(size=(len(found), 384)))
    routing = routed_by(ROUTERS[name].fit(found, 0), found, 0.02)
    update = {"router": name, "tiers": found.tiers, "best": "generate", "single": "quote", "price": 0.02}
    update |= {"cost": tuple(routing.cost.tolist()), "margins": routing.margins}
    path = folder / f"{name}.safetensors"
    write_router(path, stored(folder).card.model_copy(update=update | card), routing, marks([]))
    return read_router(path)


def test_it_names_a_tier_by_what_it_expects(tmp_path: Path) -> None:
    steering = Steering.load(of(tmp_path, "length").path)
    assert steering.first(SHORT, lambda: None).tier == "quote"
    advice = steering.first(LONG, lambda: None)
    assert advice.tier == "generate"
    assert advice.expected["quote"] < 0.5 < advice.expected["generate"]


def test_the_route_follows_it(tmp_path: Path) -> None:
    steering = Steering.load(of(tmp_path, "length").path)
    route = choose_tier(ask(LONG, None, None, (), Settings()), tiers(), {}, steering)
    assert route.decision.tier == "generate"
    assert route.decision.why.startswith("length.safetensors expects a quality of quote")
    by_name = {offer.tier: offer for offer in route.decision.offers}
    assert by_name["quote"].why_not == "the router takes generate to be worth more"
    assert by_name["quote"].quality < 0.5
    # A calculation is exact, whatever a router thinks of its length.
    reckoned = ask("What is 15% of 240?", None, None, (), Settings())
    assert choose_tier(reckoned, tiers(), {}, steering).tier.name == "calculator"
    assert choose_tier(ask(SHORT, None, None, (), Settings()), tiers(), {}, steering).next is not None


def test_where_it_cannot_be_followed_the_route_is_as_without_it(tmp_path: Path) -> None:
    steering = Steering.load(of(tmp_path, "length").path)
    asked = ask(LONG, None, False, (), Settings())
    route, without = choose_tier(asked, tiers(), {}, steering), choose_tier(asked, tiers(), {})
    assert route.tier.name == without.tier.name == "quote"
    assert "a router named generate, which cannot answer now" in route.decision.why
    advice = Advice("elsewhere", {}, "no such tier")
    assert choose(NARROW, priced(tiers(), NARROW, {}), advice=advice).tier.name == "quote"


def test_one_that_looks_at_answers_goes_on_by_their_score(tmp_path: Path) -> None:
    steering = Steering.load(of(tmp_path, "cascade").path)
    route = choose_tier(ask(WIDE, None, None, (), Settings()), tiers(), {}, steering)
    assert route.tier.name == "quote"

    def chosen(score: float) -> Chosen:
        return Chosen((Claim(text="It is.", origin="quoted", support="supported", score=score),))

    assert escalated(route, chosen(0.95), steering) is None
    further = escalated(route, chosen(0.1), steering)
    assert further is not None
    assert (further.decision.tier, further.decision.escalated_from) == ("generate", "quote")
    assert "a score of 0.10" in further.decision.why


def test_without_its_embeddings_the_best_tier_answers(tmp_path: Path, embedder: Embedder) -> None:
    steering = Steering.load(of(tmp_path, "linear", embedder="minilm").path)
    assert "cannot be had" in steering.first(SHORT, lambda: None).why
    assert steering.first(SHORT, lambda: None).tier == "generate"
    assert steering.first(SHORT, lambda: embedder).expected
    other = Steering.load(of(tmp_path, "linear", embedder="hub:other/model").path)
    assert "embeddings of hub:other/model" in other.first(SHORT, lambda: embedder).why


def test_a_contract_that_ended_sends_all_to_the_best(tmp_path: Path) -> None:
    router = of(tmp_path, "length")
    pairs = replace(outcomes(2_000, seed=4), tiers=("quote", "generate"))
    contract = Contract.made(
        promise(router.routing, pairs, PromiseTerms(0.95, 0.9)), router.digest, "", days=9, shadow=1
    )
    contract.write(router.path)
    assert "under a contract of 95% of the best" in Steering.of(router).first(SHORT, lambda: None).why
    assert Steering.of(router).first(SHORT, lambda: None).tier == "quote"
    contract.model_copy(update={"expires_at": datetime.now(UTC)}).write(router.path)
    advice = Steering.of(router).first(SHORT, lambda: None)
    assert advice.tier == "generate"
    assert "has ended: it expired" in advice.why
