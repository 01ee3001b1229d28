"""A contract as a file beside its router: what is promised, on what evidence, until when, and whether it holds."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError

from clearspan.economy.routing.contract.promise import Promised, PromiseTerms, losses
from clearspan.economy.routing.contract.watch import ALPHA, Watch
from clearspan.economy.routing.outcomes import Outcomes
from clearspan.economy.routing.policy import Policy
from clearspan.economy.routing.routing import Routing
from clearspan.errors import BadInput
from clearspan.files import write_file
from clearspan.record import Record

_WHOLE = 2**32


class Contract(Record):
    """A promise about the quality of what a router answers, and how it stands."""

    router: str = Field(description="SHA-256 of the router's file")
    share: float = Field(description="of the best tier's quality that is promised")
    confidence: float = Field(description="that the promise is kept")
    margin: float = Field(description="of the policy: how much better than the best tier another has to look")
    pairs: int = Field(description="labelled pairs that the promise rests on")
    data: str = Field(description="SHA-256 of these")
    saving: float = Field(description="share of the best tier's cost that is saved, expected")
    saving_low: float | None = Field(default=None, description="lower end of its 95 % interval")
    saving_high: float | None = Field(default=None, description="upper end")
    made_at: datetime
    expires_at: datetime
    shadow: float = Field(
        description="share of the answers that are judged; cheaper ones beside the best tier's"
    )
    samples: int = Field(default=0, description="shadow samples so far")
    capital: tuple[float, ...] = Field(default=Watch().capital, description="of the bets against the promise")
    violated_at: datetime | None = Field(default=None, description="when the samples spoke against it")

    @classmethod
    def made(
        cls,
        promised: Promised,
        router: str,
        data: str,
        *,
        days: int,
        shadow: float,
        now: datetime | None = None,
    ) -> Self:
        """The contract of a feasible promise.

        Args:
            router: SHA-256 of the router's file.
            data: of the pairs.
            days: that it holds at most.
            shadow: share of the answers that are judged on.

        Raises:
            BadInput: nothing was promised.
        """
        if promised.chosen is None:
            raise BadInput(
                "An infeasible promise makes no contract.", do="Ask for less, or label more pairs."
            )
        moment, saving = now or datetime.now(UTC), promised.saving
        return cls(
            router=router,
            share=promised.terms.share,
            confidence=promised.terms.confidence,
            margin=promised.chosen.margin,
            pairs=promised.pairs,
            data=data,
            saving=saving.value,
            saving_low=saving.low,
            saving_high=saving.high,
            made_at=moment,
            expires_at=moment + timedelta(days=days),
            shadow=shadow,
        )

    @property
    def terms(self) -> PromiseTerms:
        """What is promised."""
        return PromiseTerms(self.share, self.confidence)

    @property
    def evidence(self) -> float:
        """Against the promise; 1/α ends it."""
        return Watch(self.samples, self.capital).evidence

    def ended(self, now: datetime | None = None) -> str:
        """Why it holds no longer, for a person, so that the best tier answers everything; empty while it holds."""
        if self.violated_at is not None:
            return (
                f"its shadow samples spoke against it on {self.violated_at:%Y-%m-%d}, after {self.samples} of them "
                f"(with a probability of error of {ALPHA:.0%} at most)"
            )
        if (now or datetime.now(UTC)) >= self.expires_at:
            return f"it expired on {self.expires_at:%Y-%m-%d}"
        return ""

    def policy(self, routing: Routing) -> Policy:
        """How the router routes under the contract: once it has ended, always to the best tier."""
        margin = float("inf") if self.ended() else self.margin
        return Policy(routing.policy.price, routing.policy.best, margin)

    def shadows(self, receipt: str) -> bool:
        """Whether an answer is one of those that are judged; always the same of the same receipt's id."""
        return int.from_bytes(sha256(receipt.encode()).digest()[:4]) < self.shadow * _WHOLE

    def after(self, routing: Routing, outcomes: Outcomes, now: datetime | None = None) -> Self:
        """The contract after shadow samples: questions with what the routed and the best tier's answers were worth."""
        policy = Policy(routing.policy.price, routing.policy.best, self.margin)
        chosen = policy.choose(routing.expected(outcomes.asks), routing.cost)
        lost = losses(outcomes, chosen, policy.best, self.share)
        watch = Watch(self.samples, self.capital).after(lost.tolist(), self.terms.bound)
        moment = self.violated_at or (now or datetime.now(UTC))
        update = {"samples": watch.samples, "capital": watch.capital}
        return self.model_copy(update=update | ({"violated_at": moment} if watch.violated else {}))

    def write(self, router: Path) -> Path:
        """Write the contract beside its router; says where."""
        path = beside(router)
        write_file(path, self.model_dump_json(indent=1).encode() + b"\n")
        return path


def beside(router: Path) -> Path:
    """Where the contract of a router is."""
    return router.with_name(f"{router.name}.contract.json")


def contract_of(router: Path, digest: str) -> Contract | None:
    """The contract of a router; None where it has none.

    Args:
        router: its file.
        digest: SHA-256 of that.

    Raises:
        BadInput: it cannot be read, or is that of another router.
    """
    path = beside(router)
    if not path.is_file():
        return None
    try:
        contract = Contract.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise BadInput(
            f"{path.name} is no contract.", why=f"{error}", do="Make it anew: clearspan route promise."
        ) from error
    if contract.router != digest:
        raise BadInput(
            f"{path.name} is the contract of another router than {router.name}.",
            why="The router was fitted anew since, and nothing is promised of it.",
            do="Make it anew: clearspan route promise.",
        )
    return contract
