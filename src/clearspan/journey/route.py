"""Which tier answers: at first, and after a quote that is right but too long to be a good answer."""

from clearspan.economy import route as routing
from clearspan.errors import BadInput
from clearspan.journey.asked import Asked
from clearspan.journey.compose import Chosen
from clearspan.overview.answering import abstain
from clearspan.overview.calculate import recognise
from clearspan.receipts import Abstention, Calculation, RouteDecision
from clearspan.workspace.workspace import Workspace

_LONG_QUOTE_WORDS = 40
"""A quote longer than this is worth the model's time even when one fact was asked for."""


def calculate(asked: Asked) -> Calculation | Abstention | None:
    """The calculation that is asked for; an abstention when it has no result; None when none is asked for."""
    try:
        return recognise(asked.question.text)
    except BadInput as error:
        return abstain.cannot_calculate(error.what, error.why, error.do)


def route(asked: Asked, *, calculable: bool, generation: str, workspace: Workspace) -> RouteDecision:
    """The cheapest tier that is predicted to be good enough.

    Args:
        calculable: whether the calculator recognises the question.
        generation: why no model may write; empty when one may.
        workspace: knows what tiers cost, and who writes.
    """
    return routing.choose(
        asked.question.text,
        calculable=calculable,
        generation=generation,
        prices=workspace.prices(),
        writer=_writer(workspace),
    )


def escalate(
    decision: RouteDecision, chosen: Chosen, *, generation: str, workspace: Workspace
) -> RouteDecision | None:
    """The decision to go on to the generating tier, when a quote is too long and may be reworded; else None."""
    quoted = [claim for claim in chosen.claims if claim.origin == "quoted"]
    longest = max((len(claim.text.split()) for claim in quoted), default=0)
    if decision.tier != "quote" or generation or chosen.quotes_only or longest <= _LONG_QUOTE_WORDS:
        return None
    why = f"the quote has {longest} words: {_writer(workspace)} may say it in one short sentence, if that is verified"
    return routing.escalate(decision, "generate", why)


def _writer(workspace: Workspace) -> str:
    tier = workspace.settings.generate_tier
    return f"the remote tier '{tier}'" if tier else "the local model"
