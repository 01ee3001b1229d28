"""Dials that hold for a block of code, and dials that cannot stand beside each other."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import torch

from clearspan.errors import BadInput
from clearspan.models.inside.dials import MOST_DIALS, Dial, Direction

_set: ContextVar[tuple[tuple[object, Dial], ...]] = ContextVar("dials", default=())


@contextmanager
def holding(model: object, dials: Sequence[Dial]) -> Generator[None]:
    """Set dials of a model for this thread or task, until the block ends; added to those of blocks around it."""
    before = _set.set((*_set.get(), *((model, one) for one in dials)))
    try:
        yield
    finally:
        _set.reset(before)


def held(model: object) -> tuple[Dial, ...]:
    """The dials that blocks around this code set for a model."""
    return tuple(dial for owner, dial in _set.get() if owner is model)


def require_few(dials: Sequence[object]) -> None:
    """Raise unless a request has at most `MOST_DIALS`, whatever it will run on.

    Raises:
        BadInput: it has more.
    """
    if len(dials) > MOST_DIALS:
        raise BadInput(
            f"{len(dials)} dials are too many.",
            why="Each is computed at every position that the model reads or writes.",
            do=f"Set at most {MOST_DIALS} for one generation.",
        )


def require_compatible(dials: Sequence[Dial]) -> None:
    """Raise unless each of the dials of a request can do what it says beside the others.

    Raises:
        BadInput: there are too many, or a direction that is clamped or ablated has another dial too.
    """
    require_few(dials)
    for number, one in enumerate(dials):
        rivals = [other for other in dials[:number] if _same(other.direction, one.direction)]
        if any((other.operation, one.operation) != ("add", "add") for other in rivals):
            raise BadInput(
                f"'{one.direction.name:.60}' is dialled twice.",
                why="A clamp or an ablation sets its activation; beside another dial it would not hold.",
                do="Leave one of them out.",
            )


def _same(one: Direction, other: Direction) -> bool:
    return one is other or (one.site == other.site and torch.equal(one.decoder, other.decoder))
