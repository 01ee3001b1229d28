"""A router as a file: its arrays as safetensors, and with them a card that says where it comes from."""

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from clearspan.economy.routing.judging import RoutingVerdict
from clearspan.economy.routing.outcomes import Asks, Outcomes, marks
from clearspan.economy.routing.policy import Policy
from clearspan.economy.routing.routers import ROUTERS
from clearspan.economy.routing.routing import Routing
from clearspan.errors import BadInput, NotFound
from clearspan.files import write_file
from clearspan.record import Record

_ROUTER, _SEEN = "router.", "seen"


class RouterCard(Record):
    """Where a router comes from and how good it was on questions that it had not seen."""

    format: Literal[1] = 1
    router: str = Field(description="its kind, as `clearspan route fit` names it")
    tiers: tuple[str, ...] = Field(description="that it chooses among, the cheapest first")
    best: str = Field(description="the tier of the highest mean quality")
    single: str = Field(description="the best single tier, which it was to beat")
    price: float = Field(description="quality that a unit of cost is worth")
    cost: tuple[float, ...] = Field(description="mean of a question that ends at each tier, tries included")
    margins: tuple[float, ...] = Field(description="that a contract chooses among")
    data: str = Field(description="SHA-256 of the outcomes that it was fitted to and judged on")
    seed: int = Field(description="of the split and of what was drawn")
    embedder: str = Field(default="", description="model reference of the sentence embeddings; empty without")
    fitted: int = Field(description="questions that it was fitted to")
    held: int = Field(description="questions that it was judged on")
    gain: float = Field(description="held out: worth of a question beyond the best single tier's")
    gain_low: float | None = Field(
        description="lower end of its 95 % interval; above 0 where the router is used"
    )
    gain_high: float | None = Field(description="upper end")
    made_at: datetime = Field(default_factory=lambda: datetime.now(UTC))

    @property
    def used(self) -> bool:
        """Whether it beats the best single tier by more than chance may make it."""
        return self.gain_low is not None and self.gain_low > 0


@dataclass(frozen=True, slots=True)
class Stored:
    """A router that was read from a file.

    Attributes:
        path: the file.
        digest: SHA-256 of it.
        card: what it says of itself.
        routing: the router with its policy.
        seen: marks of the questions that it was fitted to.
    """

    path: Path
    digest: str
    card: RouterCard
    routing: Routing
    seen: NDArray[np.int64]

    def unseen(self, outcomes: Outcomes) -> NDArray[np.bool_]:
        """Which questions it was not fitted to, (n,)."""
        asked = [int(marks([question])[0]) for question in outcomes.asks.questions]
        return ~np.isin(np.array(asked, np.int64), self.seen)

    def in_its_order(self, outcomes: Outcomes) -> Outcomes:
        """Outcomes with the tiers in the order of the router.

        Raises:
            BadInput: they are of other tiers.
        """
        tiers = self.routing.tiers
        if set(outcomes.tiers) != set(tiers):
            raise BadInput(
                f"The outcomes are of {', '.join(outcomes.tiers)}, and the router chooses among {', '.join(tiers)}.",
                do="Give outcomes of the same tiers, or fit a router to these.",
            )
        order = [outcomes.tiers.index(tier) for tier in tiers]
        scores = None if outcomes.asks.scores is None else outcomes.asks.scores[:, order]
        asks = Asks(outcomes.asks.questions, outcomes.asks.vectors, scores)
        return Outcomes(asks, outcomes.groups, tiers, outcomes.quality[:, order], outcomes.cost[:, order])


def card_of(verdict: RoutingVerdict, data: str, seed: int, embedder: str) -> RouterCard:
    """The card of the router that a verdict chose.

    Args:
        data: digest of the outcomes.
        embedder: that made the embeddings.
    """
    routing, gain = verdict.routing, verdict.chosen.gain
    return RouterCard(
        router=verdict.chosen.name,
        tiers=verdict.tiers,
        best=verdict.tiers[routing.policy.best],
        single=verdict.single,
        price=verdict.price,
        cost=tuple(routing.cost.tolist()),
        margins=routing.margins,
        data=data,
        seed=seed,
        embedder=embedder if "vectors" in routing.router.needs else "",
        fitted=verdict.fitted,
        held=verdict.held,
        gain=gain.value,
        gain_low=gain.low,
        gain_high=gain.high,
    )


def write_router(path: Path, card: RouterCard, routing: Routing, seen: NDArray[np.int64]) -> None:
    """Write a router whole or not at all.

    Raises:
        StorageError: the disk did not take it.
    """
    from safetensors.numpy import save

    arrays = {
        f"{_ROUTER}{field.name}": np.ascontiguousarray(getattr(routing.router, field.name))
        for field in fields(routing.router)
    }
    write_file(path, save({**arrays, _SEEN: seen}, metadata={"card": card.model_dump_json()}))


def read_router(path: Path) -> Stored:
    """A router from its file.

    Raises:
        NotFound: there is no such file.
        BadInput: it is none, or was made by another version.
    """
    if not path.is_file():
        raise NotFound(
            f"There is no router at {path}.", do="Fit one: clearspan route fit OUTCOMES --out ROUTER."
        )
    try:
        content = path.read_bytes()
        card, arrays = _read(content)
        kind = ROUTERS[card.router]
        router = kind(
            **{name.removeprefix(_ROUTER): array for name, array in arrays.items() if name != _SEEN}
        )
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise BadInput(
            f"{path.name} is no router that this version reads.",
            why=f"{type(error).__name__}: {error}",
            do="Fit it anew: clearspan route fit OUTCOMES --out ROUTER.",
        ) from error
    policy = Policy(card.price, card.tiers.index(card.best))
    routing = Routing(router, card.tiers, policy, np.array(card.cost), card.margins)
    return Stored(path, sha256(content).hexdigest(), card, routing, arrays[_SEEN])


def _read(content: bytes) -> tuple[RouterCard, dict[str, NDArray[Any]]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(content)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    # The library gives the metadata of files alone; its format begins with the length of a JSON header.
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    try:
        return RouterCard.model_validate_json(header["__metadata__"]["card"]), arrays
    except ValidationError as error:
        raise ValueError(f"its card does not fit in {error.error_count()} fields") from error
