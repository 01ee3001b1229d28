"""Dials that hold for a block of code, and dials that cannot stand beside each other."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import torch

from clearspan.errors import BadInput
from clearspan.models.inside.dials import Dial, Direction

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


def require_compatible(dials: Sequence[Dial]) -> None:
    """Raise unless each of the dials can do what it says beside the others.

    Raises:
        BadInput: a direction that is clamped or ablated has another dial too.
    """
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
