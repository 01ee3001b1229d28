"""Outcomes from the ledger: what its owner said that answers were worth, beside what they cost."""

from collections.abc import Iterable
from statistics import fmean
from typing import Any

from clearspan.economy.routing.outcomes import FEWEST, Outcomes, made, normal
from clearspan.errors import BadInput
from clearspan.events import Event
from clearspan.ledger.base import Ledger
from clearspan.receipts import Receipt


def judged(receipt: Receipt, quality: float) -> Event:
    """What the owner of a ledger says of an answer, as an event to record.

    Raises:
        BadInput: the quality does not lie between 0 and 1.
    """
    if not 0 <= quality <= 1:
        raise BadInput(
            f"An answer cannot be worth {quality:g}.",
            do="Give a number between 0 (wrong) and 1 (as good as can be).",
        )
    return Event(kind="judged", receipt_id=receipt.id, quality=quality)


def outcomes_of(ledger: Ledger, fewest: int = FEWEST) -> Outcomes:
    """Questions that the same tiers have answered and whose answers were judged; the last word on each counts.

    The cost is money where a tier charges, else joules. The score of an answer is that of its least sure claim.

    Raises:
        BadInput: there are too few that every tier has answered.
    """
    words = {event.receipt_id: event.quality for event in ledger.events() if event.kind == "judged"}
    found = (
        (ledger.receipt(each), quality) for each, quality in words.items() if each and quality is not None
    )
    known = [(receipt, quality) for receipt, quality in found if receipt is not None]
    rows = _rows(known)
    tiers = sorted({receipt.route.tier for receipt, _ in known})
    complete = [row for row in rows if all(f"{tier}.quality" in row for tier in tiers)]
    if len(complete) < len(rows) and not complete:
        raise BadInput(
            f"Of {len(rows)} judged questions none was answered by each of {', '.join(tiers)}.",
            why="Tiers are compared on the same questions; on different ones the harder questions would decide.",
            do="Ask them again of the other tier (`clearspan ask … --no-generate`), and judge both answers.",
        )
    return made(complete, "The ledger", fewest)


def _rows(judgements: Iterable[tuple[Receipt, float]]) -> list[dict[str, Any]]:
    paid = list(judgements)
    charged = any(receipt.meter.currency for receipt, _ in paid)
    kept: dict[str, dict[str, Any]] = {}
    costs: dict[tuple[str, str], list[float]] = {}
    for receipt, quality in paid:
        # A writer that was tried in vain is what was worth so little.
        question, tier = normal(receipt.question), receipt.route.tried or receipt.route.tier
        costs.setdefault((question, tier), []).append(
            receipt.meter.money if charged else receipt.meter.joules
        )
        claims = receipt.overview.claims
        row = kept.setdefault(question, {"question": receipt.question})
        row |= {
            f"{tier}.quality": quality,
            f"{tier}.cost": fmean(costs[question, tier]),
            f"{tier}.score": min((claim.score for claim in claims), default=0.0),
        }
    return list(kept.values())
