"""Which tier answers: at first, and after quotes that are right but too long, or too many, to be a good answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from clearspan.economy.routing.choose import Route, choose, escalate, settle
from clearspan.economy.routing.costs import Counted, priced
from clearspan.economy.routing.steering import Steering
from clearspan.journey.asked import Asked
from clearspan.journey.compose import Chosen
from clearspan.journey.write import Written
from clearspan.receipts import Layout
from clearspan.tiers.base import Tier, Writer
from clearspan.tiers.calculator import Calculator
from clearspan.tiers.quote import Quote

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_TOGETHER = frozenset[Layout]({"why", "comparison", "about", "list"})
"""Shapes whose quotes say one thing only together; steps and the events of a time stand in their order as they are."""

_LONG_QUOTE_WORDS = 40
"""A quote longer than this is worth a writer's time even when one fact was asked for."""


def choose_tier(
    asked: Asked,
    tiers: Sequence[Tier],
    counted: Mapping[str, Counted],
    steering: Steering | None = None,
    embedder: "Callable[[], Embedder | None]" = lambda: None,
) -> Route:
    """The tier that a fitted router names; without one the cheapest that is predicted to be good enough.

    Args:
        tiers: the least work first.
        counted: what past answers of them cost.
        steering: the router of the settings; a calculation, which is exact, is not put to it.
        embedder: gives it sentence embeddings; called where it looks at them.
    """
    question = asked.question.text
    offered = priced(tiers, question, counted)
    exact = any(isinstance(tier, Calculator) and offer.quality for tier, offer in offered)
    advice = steering.first(question, embedder) if steering and not exact else None
    return choose(question, offered, no_writer=asked.no_writer, dialled=bool(asked.dials), advice=advice)


def escalated(route: Route, chosen: Chosen, steering: Steering | None = None) -> Route | None:
    """The route on to a writer, when quotes answer that are too long, or belong together; else None.

    A router that looks at answers decides by their score instead: the least sure claim's.
    """
    if route.next is None or chosen.quotes_only:
        return None
    if steering is not None and steering.looks and not steering.ended:
        return _looked_at(route, route.next, chosen, steering)
    quoted = [claim for claim in chosen.claims if claim.origin == "quoted"]
    longest = max((len(claim.text.split()) for claim in quoted), default=0)
    spoken = route.next.spoken
    if longest > _LONG_QUOTE_WORDS:
        fault = f"the quote has {longest} words"
        why = f"{fault}: {spoken} may say it in one short sentence, if that is verified"
    elif chosen.layout in _TOGETHER and len(quoted) > 1:
        fault = f"{len(quoted)} quotes answer together"
        why = f"{fault}: {spoken} may join them, each sentence verified"
    else:
        return None
    return escalate(route, route.next, fault, why)


def _looked_at(route: Route, writer: Writer, chosen: Chosen, steering: Steering) -> Route | None:
    score = min((claim.score for claim in chosen.claims), default=0.0)
    advice = steering.after(score)
    if advice.tier != writer.name:
        return None
    fault = f"its answer has a score of {score:.2f}"
    return escalate(route, writer, fault, f"{fault}: {advice.why}")


def settled(route: Route, written: Written, tiers: Sequence[Tier]) -> Route:
    """The route as it was in the end: an answer of which no writer wrote a sentence is one of quotes.

    Args:
        tiers: of the process.
    """
    if not isinstance(route.tier, Writer) or written.claims:
        return route
    quotes = next(tier for tier in tiers if isinstance(tier, Quote))
    return settle(route, quotes, written.unasked or _in_vain(route.tier, written), tried=not written.unasked)


def _in_vain(writer: Writer, written: Written) -> str:
    if written.dropped:
        return f"{writer.spoken} was asked, and nothing that it wrote was proved: only quotes are shown"
    return f"{writer.spoken} was asked and wrote nothing: only quotes are shown"
