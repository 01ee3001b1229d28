"""A fitted router at work: one question at a time, under its contract if it has one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from clearspan.economy.routing.contract.agreement import Contract, contract_of
from clearspan.economy.routing.outcomes import Asks
from clearspan.economy.routing.stored import Stored, read_router
from clearspan.receipts import Receipt

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Advice:
    """What a router says of one question.

    Attributes:
        tier: that it is sent to.
        expected: quality of each tier's answer, by name; empty where nothing was looked at.
        why: for a person.
    """

    tier: str
    expected: Mapping[str, float]
    why: str


@dataclass(frozen=True, slots=True)
class Steering:
    """A router and its contract, as they lie on the disk.

    Attributes:
        stored: the router.
        contract: None where nothing was promised.
    """

    stored: Stored
    contract: Contract | None

    @classmethod
    def load(cls, path: Path) -> Self:
        """The router of a file with the contract beside it.

        Raises:
            NotFound, BadInput: one of them cannot be read.
        """
        return cls.of(read_router(path))

    @classmethod
    def of(cls, stored: Stored) -> Self:
        """A router with its contract as that is now: watching it may have ended it.

        Raises:
            BadInput: the contract cannot be read, or is that of another router.
        """
        return cls(stored, contract_of(stored.path, stored.digest))

    @property
    def looks(self) -> bool:
        """Whether it looks at the cheapest tier's answer before it decides."""
        return "scores" in self.stored.routing.router.needs

    def shadows(self, receipt: Receipt) -> bool:
        """Whether the contract wants an answer judged: one of its tiers', and drawn."""
        ours = receipt.route.tier in self.stored.card.tiers
        return self.contract is not None and ours and self.contract.shadows(receipt.id)

    @property
    def ended(self) -> str:
        """Why its contract holds no longer; empty while it does, and where there is none."""
        return self.contract.ended() if self.contract else ""

    def first(self, question: str, embedder: "Callable[[], Embedder | None]") -> Advice:
        """The tier to ask first.

        Args:
            question: as it was asked.
            embedder: of sentence embeddings, None where they cannot be had; called where they are looked at.
        """
        routing, name = self.stored.routing, self.stored.path.name
        best = routing.tiers[routing.policy.best]
        if self.ended:
            return Advice(best, {}, f"the contract of {name} has ended: {self.ended}; the best tier answers")
        if self.looks:
            return Advice(routing.tiers[0], {}, f"{name} looks at the cheapest tier's answer first")
        if "vectors" not in routing.router.needs:
            return self._decide(Asks((question,)))
        found = embedder()
        if found is None or found.reference != self.stored.card.embedder:
            wanted = self.stored.card.embedder
            return Advice(
                best,
                {},
                f"{name} looks at embeddings of {wanted}, which cannot be had; the best tier answers",
            )
        return self._decide(Asks((question,), np.asarray(found.recall([question]), np.float64)))

    def after(self, score: float) -> Advice:
        """The tier to go on to, or to stay with, once the cheapest one's answer has a score."""
        scores = np.full((1, len(self.stored.routing.tiers)), np.nan)
        scores[0, 0] = score
        return self._decide(Asks(("",), scores=scores))

    def _decide(self, asks: Asks) -> Advice:
        routing = self.stored.routing
        policy = self.contract.policy(routing) if self.contract else routing.policy
        expected = routing.expected(asks)
        chosen = int(policy.choose(expected, routing.cost)[0])
        by_name = dict(zip(routing.tiers, np.clip(expected[0], 0, 1).tolist(), strict=True))
        told = ", ".join(f"{tier} {quality:.0%}" for tier, quality in by_name.items())
        promised = f", under a contract of {self.contract.share:.0%} of the best" if self.contract else ""
        return Advice(
            routing.tiers[chosen], by_name, f"{self.stored.path.name} expects a quality of {told}{promised}"
        )
