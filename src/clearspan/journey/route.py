"""Which tier answers: at first, and after a quote that is right but too long to be a good answer."""

from collections.abc import Mapping, Sequence

from clearspan.economy.routing.choose import Route, choose, escalate
from clearspan.economy.routing.costs import Counted, priced
from clearspan.journey.asked import Asked
from clearspan.journey.compose import Chosen
from clearspan.tiers.base import Tier

_LONG_QUOTE_WORDS = 40
"""A quote longer than this is worth a writer's time even when one fact was asked for."""


def choose_tier(asked: Asked, tiers: Sequence[Tier], counted: Mapping[str, Counted]) -> Route:
    """The cheapest tier that is predicted to be good enough.

    Args:
        tiers: the least work first.
        counted: what past answers of them cost.
    """
    question = asked.question.text
    offered = priced(tiers, question, counted)
    return choose(question, offered, no_writer=asked.no_writer, dialled=bool(asked.dials))


def escalated(route: Route, chosen: Chosen) -> Route | None:
    """The route on to a writer, when a quote is too long and may be said in other words; else None."""
    quoted = [claim for claim in chosen.claims if claim.origin == "quoted"]
    longest = max((len(claim.text.split()) for claim in quoted), default=0)
    if route.next is None or chosen.quotes_only or longest <= _LONG_QUOTE_WORDS:
        return None
    fault = f"the quote has {longest} words"
    why = f"{fault}: {route.next.spoken} may say it in one short sentence, if that is verified"
    return escalate(route, route.next, fault, why)
