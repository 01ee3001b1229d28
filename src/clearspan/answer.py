"""The journey of a question, from top to bottom. Nothing else knows all of it."""

from dataclasses import dataclass

from clearspan.receipts import Claim, Receipt, RouteDecision, Source


@dataclass(frozen=True, slots=True)
class Routed:
    """The tier that answers is chosen."""

    route: RouteDecision


@dataclass(frozen=True, slots=True)
class Judged:
    """Sources are found and judged; believed ones first, in order of relevance."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim joins the end of the overview; it will not move or change afterwards."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """The receipt is in the ledger, and with that the answer is final."""

    receipt: Receipt


Step = Routed | Judged | Stated | Finished
