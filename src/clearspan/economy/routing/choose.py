"""Which tier answers: the cheapest one that is predicted to be good enough, and why; and why none of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from clearspan.economy.routing.steering import Advice
from clearspan.receipts import Offer, RouteDecision
from clearspan.tiers.base import Tier, Writer

GOOD_ENOUGH = 0.75
"""Predicted probability of a good answer from which a tier is good enough."""

ALIKE = 0.1
"""Share by which two costs differ at least; medians of a few answers do not tell closer ones apart."""

T = TypeVar("T", bound=Tier)


@dataclass(frozen=True, slots=True)
class Route:
    """The tier that answers.

    Attributes:
        decision: the choice as the receipt keeps it.
        next: the writer to go to when the answer turns out not to be good enough; None where there is none.
    """

    tier: Tier
    decision: RouteDecision
    next: Writer | None = None


def choose(
    question: str,
    offered: Sequence[tuple[Tier, Offer]],
    *,
    no_writer: str = "",
    dialled: bool = False,
    advice: Advice | None = None,
) -> Route:
    """Choose a tier for a question.

    Args:
        question: as typed.
        offered: tiers with their offers, the least work first; one of them at least can answer.
        no_writer: why no tier may write; empty when one may.
        dialled: whether whoever writes is to be dialled.
        advice: of a fitted router. It takes the place of the qualities that were set by hand, except where the
            tier that it names cannot answer.

    What is paid for counts before energy: a tier that charges is chosen where no other is good enough. Amounts are
    compared as they stand, whatever their currency. Between those that cost alike, within a tenth, the first in the
    list is taken.
    """
    offered = [(tier, _barred(tier, offer, no_writer, dialled)) for tier, offer in offered]
    able = [(tier, offer) for tier, offer in offered if not offer.why_not]
    tier, best = _best(able)
    advised = next((each for each in able if advice and each[0].name == advice.tier), None)
    if advice and advised:
        return _as_advised(advised[0], offered, able, advice)
    further = _further(tier, able)
    silent = dict.fromkeys(
        offer.why_not for other, offer in offered if isinstance(other, Writer) and offer.why_not
    )
    why = tier.why(question)
    if advice:
        why = f"{why}; a router named {advice.tier}, which cannot answer now"
    if best.quality < GOOD_ENOUGH and silent:
        why = f"{why}: {'; '.join(silent)}"
    offers = tuple(offer.model_copy(update={"why_not": _why_not(offer, best)}) for _, offer in offered)
    return Route(tier, RouteDecision(tier=tier.name, why=why, offers=offers), further)


def escalate(route: Route, further: Writer, fault: str, why: str) -> Route:
    """The route on to a writer, which remembers where it came from.

    Args:
        fault: of the answer so far, for a person.
        why: the writer may do better.
    """
    said = {route.tier.name: fault, further.name: ""}
    offers = tuple(
        offer.model_copy(update={"why_not": said.get(offer.tier, offer.why_not)})
        for offer in route.decision.offers
    )
    update = {"tier": further.name, "why": why, "offers": offers, "escalated_from": route.tier.name}
    return Route(further, route.decision.model_copy(update=update))


def settle(route: Route, further: Tier, why: str, *, tried: bool) -> Route:
    """The route when nothing is shown of the writer that was chosen: the tier that answered in its place.

    Args:
        further: what answered.
        why: it was left to that.
        tried: whether the writer was asked, in vain.
    """
    offers = tuple(
        offer.model_copy(update={"why_not": why if offer.tier == route.tier.name else ""})
        if offer.tier in {route.tier.name, further.name}
        else offer
        for offer in route.decision.offers
    )
    update = {
        "tier": further.name,
        "why": why,
        "offers": offers,
        "escalated_from": None,
        "tried": route.tier.name if tried else None,
    }
    return Route(further, route.decision.model_copy(update=update))


def _as_advised(
    tier: Tier, offered: Sequence[tuple[Tier, Offer]], able: Sequence[tuple[Tier, Offer]], advice: Advice
) -> Route:
    offers: list[Offer] = []
    for other, offer in offered:
        expected = advice.expected.get(other.name, offer.quality)
        passed = "" if other is tier else offer.why_not or f"the router takes {tier.name} to be worth more"
        offers.append(offer.model_copy(update={"quality": expected, "why_not": passed}))
    return Route(
        tier, RouteDecision(tier=tier.name, why=advice.why, offers=tuple(offers)), _further(tier, able)
    )


def _further(tier: Tier, able: Sequence[tuple[Tier, Offer]]) -> Writer | None:
    """The writer to go on to from a tier that writes nothing."""
    writers = [(other, offer) for other, offer in able if isinstance(other, Writer)]
    return _best(writers)[0] if writers and not isinstance(tier, Writer) else None


def _barred(tier: Tier, offer: Offer, no_writer: str, dialled: bool) -> Offer:
    """The offer of a tier, withdrawn if it writes and may not."""
    if not isinstance(tier, Writer):
        return offer
    reason = no_writer or ("it cannot be dialled" if dialled and not tier.can_be_dialled else "")
    return offer.model_copy(update={"quality": 0.0, "why_not": reason}) if reason else offer


def _best(offered: Sequence[tuple[T, Offer]]) -> tuple[T, Offer]:
    good = [each for each in offered if each[1].quality >= GOOD_ENOUGH]
    if good:
        cheapest = min(good, key=lambda each: (each[1].money, each[1].joules))[1]
        return next(each for each in good if not _cheaper(cheapest, each[1]))
    return max(offered, key=lambda each: each[1].quality)


def _why_not(offer: Offer, best: Offer) -> str:
    if offer is best or offer.why_not:
        return offer.why_not
    if offer.quality < GOOD_ENOUGH:
        return f"good enough with a probability of {offer.quality:.0%}; {GOOD_ENOUGH:.0%} is asked for"
    return (
        f"{best.tier} is good enough, too, and {'costs less' if _cheaper(best, offer) else 'takes less work'}"
    )


def _cheaper(one: Offer, other: Offer) -> bool:
    """Whether one offer costs less by more than chance may make it: in money first, then in energy."""
    if not _alike(one.money, other.money):
        return one.money < other.money
    return not _alike(one.joules, other.joules) and one.joules < other.joules


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= ALIKE * max(one, other)
