"""Routing: the cheapest tier that is predicted to be good enough, with a reason for it and against each other one."""

from collections.abc import Sequence

import pytest

from clearspan.economy.routing.choose import GOOD_ENOUGH, Route, choose, escalate, settle
from clearspan.economy.routing.costs import count, priced
from clearspan.errors import FetchError
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.serving.late import Late
from clearspan.overview.calculate import recognise
from clearspan.receipts import Claim, Meter, Offer, Overview, Receipt, RouteDecision, Versions
from clearspan.settings import RemoteTier, Settings
from clearspan.tiers import all_tiers
from clearspan.tiers.base import Tier, Wording, Writer

FAR = RemoteTier(base_url="https://models.example/v1", model="m", price_in=2, price_out=10, currency="EUR")
NARROW, WIDE = "How long is the main span?", "Why is the bridge orange?"


def no_weights() -> LanguageModel:
    raise FetchError("The weights cannot be fetched.")


def tiers(**settings: object) -> tuple[Tier, ...]:
    return all_tiers(Settings.model_validate(settings), recognise, Late(no_weights))


def routed(question: str, given: Sequence[Tier], past: Sequence[Receipt] = (), **how: object) -> Route:
    return choose(question, priced(given, question, count(past, given)), **how)  # type: ignore[arg-type]


def receipt(tier: str, joules: float) -> Receipt:
    return Receipt(
        question="q",
        library="l",
        route=RouteDecision(tier=tier, why=""),
        overview=Overview(),
        meter=Meter(joules=joules, seconds=joules / 10),
        versions=Versions(clearspan="0", library_revision=1),
    )


class Parrot(Writer):
    """What another package may add."""

    name = "parrot"
    reference = "parrot"
    spoken = "the parrot"

    def __init__(self, joules: float = 1.0, money: float = 0.0, quality: float = 0.8) -> None:
        self._offer = Offer(
            tier=self.name, quality=quality, joules=joules, seconds=0.1, money=money, currency="EUR"
        )

    def offer(self, question: str) -> Offer:
        return self._offer

    def write(self, question: str, quotes: Sequence[Claim], dials: Sequence[object] = ()) -> Wording:
        return Wording(quotes[0].text)


@pytest.mark.parametrize(
    ("question", "no_writer", "tier"),
    [
        ("What is 2 + 2?", "", "calculator"),
        ("What is 5 metres in kilograms?", "", "calculator"),
        (NARROW, "", "quote"),
        ("When did the bridge open?", "", "quote"),
        (WIDE, "", "generate"),
        ("How do suspension bridges work?", "", "generate"),
        (WIDE, "generation is off", "quote"),
    ],
)
def test_the_tier_follows_the_question(question: str, no_writer: str, tier: str) -> None:
    route = routed(question, tiers(), no_writer=no_writer)
    assert route.decision.tier == route.tier.name == tier
    assert route.decision.why
    assert no_writer in route.decision.why


def test_every_tier_that_was_not_chosen_says_why() -> None:
    reasons = {offer.tier: offer.why_not for offer in routed(NARROW, tiers()).decision.offers}
    assert reasons["calculator"] == "the question asks for no calculation"
    assert reasons["quote"] == ""
    assert "quote is good enough, too, and costs less" in reasons["generate"]
    reasons = {offer.tier: offer.why_not for offer in routed(WIDE, tiers()).decision.offers}
    assert reasons["generate"] == ""
    assert "60%" in reasons["quote"]
    offers = routed(WIDE, tiers(), no_writer="generation is off").decision.offers
    assert [(o.quality, o.why_not) for o in offers if o.tier == "generate"] == [(0.0, "generation is off")]


def test_no_cheaper_tier_was_good_enough() -> None:
    decision = routed(WIDE, tiers()).decision
    chosen = next(offer for offer in decision.offers if offer.tier == decision.tier)
    assert all(o.quality < GOOD_ENOUGH for o in decision.offers if o.joules < chosen.joules)


@pytest.mark.parametrize(("question", "tier"), [(NARROW, "quote"), ("What is 2 + 2?", "calculator")])
def test_answers_that_found_nothing_loaded_send_no_question_to_a_tier_that_does_more(
    question: str, tier: str
) -> None:
    cold = [receipt(tier, 400.0)] * 5
    decision = routed(question, tiers(), cold).decision
    assert decision.tier == tier
    generate = next(offer for offer in decision.offers if offer.tier == "generate")
    assert (generate.joules, generate.seconds) == (400.0, 40.0)
    assert any("takes less work" in offer.why_not for offer in decision.offers)


def test_what_costs_money_is_asked_only_where_nothing_else_will_do() -> None:
    far = tiers(tiers={"far": FAR}, generate_tier="far")
    cold = [receipt("quote", 1e6)] * 9
    narrow, wide = routed(NARROW, far, cold).decision, routed(WIDE, far, cold).decision
    assert (narrow.tier, wide.tier) == ("quote", "generate")
    assert "the remote tier 'far'" in wide.why
    assert {offer.tier: offer.currency for offer in wide.offers} == {
        "calculator": "",
        "quote": "",
        "generate": "EUR",
    }


def test_a_tier_of_another_package_is_chosen_where_it_is_cheaper() -> None:
    cheap, dear = routed(WIDE, [*tiers(), Parrot()]), routed(WIDE, [*tiers(), Parrot(money=0.1)])
    assert cheap.decision.tier == "parrot"
    assert "the parrot" in cheap.decision.why
    assert dear.decision.tier == "generate"
    assert routed(NARROW, [*tiers(), Parrot()]).decision.tier == "quote"
    poor = routed(WIDE, [*tiers(), Parrot(quality=0.5)]).decision
    assert "50%" in poor.offers[-1].why_not


def test_a_writer_that_cannot_be_dialled_is_not_asked_under_dials() -> None:
    decision = routed(WIDE, [*tiers(), Parrot()], dialled=True).decision
    assert decision.tier == "generate"
    assert decision.offers[-1].why_not == "it cannot be dialled"


def test_between_equals_the_first_is_taken() -> None:
    twin = Parrot(joules=45.0)
    assert routed(WIDE, [*tiers(), twin]).decision.tier == "generate"
    assert "takes less work" in routed(WIDE, [*tiers(), twin]).decision.offers[-1].why_not


@pytest.mark.parametrize(("joules", "tier"), [(41.0, "generate"), (40.0, "parrot"), (49.0, "generate")])
def test_noise_does_not_decide_a_tie(joules: float, tier: str) -> None:
    assert routed(WIDE, [*tiers(), Parrot(joules=joules)]).decision.tier == tier


def test_a_price_that_differs_by_chance_does_not_outweigh_the_energy() -> None:
    one, other = Parrot(joules=4.0, money=0.0101), Parrot(joules=20.0, money=0.0100)
    other.name = "other"
    far = [tier for tier in tiers() if not isinstance(tier, Writer)]
    assert routed(WIDE, [*far, one, other]).tier is one


def test_an_answer_without_a_generated_sentence_is_one_of_quotes() -> None:
    first = routed(WIDE, tiers())
    quotes = next(tier for tier in tiers() if tier.name == "quote")
    for tried in (True, False):
        decision = settle(first, quotes, "nothing was proved", tried=tried).decision
        assert (decision.tier, decision.why) == ("quote", "nothing was proved")
        assert decision.tried == ("generate" if tried else None)
        reasons = {offer.tier: offer.why_not for offer in decision.offers}
        assert (reasons["quote"], reasons["generate"]) == ("", "nothing was proved")


def test_an_escalated_route_remembers_where_it_came_from() -> None:
    first = routed(NARROW, tiers())
    assert first.next is not None
    second = escalate(first, first.next, "the quote is long", "it may be shortened")
    decision = second.decision
    assert (decision.tier, decision.escalated_from, decision.why) == (
        "generate",
        "quote",
        "it may be shortened",
    )
    reasons = {offer.tier: offer.why_not for offer in decision.offers}
    assert (reasons["quote"], reasons["generate"]) == ("the quote is long", "")
    assert second.next is None


def test_there_is_nowhere_to_go_from_a_writer_or_without_one() -> None:
    assert routed(WIDE, tiers()).next is None
    assert routed(NARROW, tiers(), no_writer="generation is off").next is None
