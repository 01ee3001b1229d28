"""Who may exceed the limits of dials, in the thread or task that asks for it; every time is logged."""

import hmac
import logging
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from clearspan.errors import Refused
from clearspan.settings import Settings

LOGGER = logging.getLogger("clearspan.models.inside.limits")

_MEASURING = "to measure"
_leave: ContextVar[str] = ContextVar("leave", default="")


@contextmanager
def exceeding(key: str, settings: Settings, who: str) -> Generator[None]:
    """Let dials within the block exceed their limits.

    Args:
        key: that of the settings.
        who: asks for it, as the log and receipts say it.

    Raises:
        Refused: there is no key in the settings, or it is another one.
    """
    if not settings.limit_key:
        raise Refused(
            "Nobody may exceed the limits of dials here.",
            why="The settings have no limit_key.",
            do="Stay within them, or have whoever runs this set limit_key.",
        )
    if not hmac.compare_digest(key.encode(), settings.limit_key.encode()):
        raise Refused(
            "The limits of dials are not exceeded with this key.",
            why="It is not the limit_key of the settings.",
            do="Stay within the limits, or ask whoever runs this for the key.",
        )
    with _leaving(f"with the limit key, by {who}"):
        yield


def leaving(key: str | None, settings: Settings, who: str) -> AbstractContextManager[None]:
    """`exceeding` where a key is given; nothing where none is."""
    return nullcontext() if key is None else exceeding(key, settings, who)


@contextmanager
def measuring(what: str) -> Generator[None]:
    """Let dials within the block exceed their limits because that is what is measured: its texts are not answers.

    Args:
        what: is measured, as the log says it.
    """
    with _leaving(f"{_MEASURING} {what}"):
        yield


def is_measuring() -> bool:
    """Whether what is asked here is a measurement, of which nobody is told but who looks for it."""
    return leave().startswith(_MEASURING)


def leave() -> str:
    """By whose leave limits may be exceeded here; empty where they may not."""
    return _leave.get()


@contextmanager
def _leaving(words: str) -> Generator[None]:
    before = _leave.set(words)
    try:
        yield
    finally:
        _leave.reset(before)
