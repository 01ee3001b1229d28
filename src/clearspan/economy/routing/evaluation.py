"""A router that is there already, on outcomes that it has not seen: how good it is, and whether its contract holds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from clearspan.economy.routing.contract.agreement import Contract, contract_of
from clearspan.economy.routing.curve import Recovered, recovered
from clearspan.economy.routing.judging import resampled_mean
from clearspan.economy.routing.outcomes import Outcomes
from clearspan.economy.routing.policy import worth
from clearspan.economy.routing.stored import Stored
from clearspan.errors import BadInput
from clearspan.measure.estimate import Estimate, for_json


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A router on new outcomes.

    Attributes:
        questions: that it had not been fitted to.
        left_out: that it had.
        single: the best single tier that it was to beat.
        gain: worth of a question beyond that tier's, in units of quality.
        tiers: name, share of the questions, mean quality and mean cost, each tier alone.
        quality, cost: means of what was routed, tries included.
        recovered: of the gap between two tiers; None with more of them, or where there is no gap.
    """

    questions: int
    left_out: int
    single: str
    gain: Estimate
    tiers: tuple[tuple[str, float, float, float], ...]
    quality: float
    cost: float
    recovered: Recovered | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return for_json(self)


def unseen(stored: Stored, outcomes: Outcomes) -> Outcomes:
    """Outcomes in the order of a router's tiers, without the questions that it was fitted to.

    Raises:
        BadInput: it was fitted to all of them, or they are of other tiers.
    """
    fresh = stored.in_its_order(outcomes).where(stored.unseen(outcomes))
    if not len(fresh):
        raise BadInput(
            f"{stored.path.name} was fitted to all of these questions.",
            why="On questions that it has seen it looks better than it is.",
            do="Give others: label answers that came in since.",
        )
    return fresh


def evaluated(stored: Stored, outcomes: Outcomes) -> Evaluation:
    """A router on the outcomes that it was not fitted to.

    Raises:
        BadInput: as `unseen`.
    """
    fresh = unseen(stored, outcomes)
    routing, single = stored.routing, stored.card.tiers.index(stored.card.single)
    chosen, rows = routing.choose(fresh.asks), np.arange(len(fresh))
    more = worth(routing.router, fresh, chosen, stored.card.price)
    more -= fresh.quality[:, single] - stored.card.price * fresh.cost[:, single]
    shares = np.bincount(chosen, minlength=len(routing.tiers)) / len(fresh)
    quality, cost = fresh.quality.mean(0), fresh.cost.mean(0)
    best = routing.policy.best
    gap = None
    if len(routing.tiers) == 2 and quality[best] > quality[1 - best]:
        need = -routing.policy.lead(routing.expected(fresh.asks), routing.cost)
        gap = recovered(need, fresh.quality[:, best] - fresh.quality[:, 1 - best], fresh.groups)
    return Evaluation(
        len(fresh),
        len(outcomes) - len(fresh),
        stored.card.single,
        resampled_mean(more, fresh.groups),
        tuple(
            (tier, float(shares[i]), float(quality[i]), float(cost[i]))
            for i, tier in enumerate(routing.tiers)
        ),
        float(fresh.quality[rows, chosen].mean()),
        float(routing.router.paid(fresh.cost)[rows, chosen].mean()),
        gap,
    )


def watched_by(stored: Stored, outcomes: Outcomes) -> Contract:
    """The contract of a router after new shadow samples.

    Raises:
        BadInput: it has none, or they are of other tiers.
    """
    contract = contract_of(stored.path, stored.digest)
    if contract is None:
        raise BadInput(
            f"{stored.path.name} has no contract to watch.",
            do="Make one: clearspan route promise ROUTER OUTCOMES --sign.",
        )
    return contract.after(stored.routing, stored.in_its_order(outcomes))
