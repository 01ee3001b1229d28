"""Questions, models and dictionaries without a client of one's own: those that were asked lately stay warm."""

import atexit
import threading
from collections import OrderedDict
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clearspan.public.answer import Answer
from clearspan.public.client import Client
from clearspan.settings import Settings
from clearspan.settings import load as load_settings

if TYPE_CHECKING:
    from clearspan.features.finding import SearchableDictionary
    from clearspan.models.serving.engine import LanguageModel


def ask(
    question: str,
    *,
    library: str | Path | None = None,
    generate: bool | None = None,
    dials: Sequence[str] = (),
    limit_key: str | None = None,
    settings: Settings | None = None,
) -> Answer:
    """Answer a question from a library; the receipt is kept in the ledger.

    What one question loads, the next one finds warm, if its settings are the same. For more than questions, or to
    say when things are closed, open a `Client`.

    Args:
        question: what is asked.
        library: a library's name or a folder of documents; the settings' library when None.
        generate: False keeps to calculated and quoted sentences; None takes the settings' word.
        dials: what the local model is dialled with while it writes, as 'golden-gate=0.6x'.
        limit_key: that of the settings lets them exceed their limits, which is logged and recorded.
        settings: taken from file and environment when None.

    Raises:
        ClearspanError: the question or the library cannot be used; says why and what to do.
    """
    with lent(settings or load_settings()) as client:
        return client.ask(question, library=library, generate=generate, dials=dials, limit_key=limit_key)


def load(reference: str | None = None, *, settings: Settings | None = None) -> "LanguageModel":
    """An open model, ready to generate; yours to close.

    Args:
        reference: `smollm2-135m`, `hub:org/name`, `gguf:path` or `dir:path`; the settings' model when None.
        settings: taken from file and environment when None.

    Raises:
        ClearspanError: the reference is unknown or its weights cannot be had.
    """
    from clearspan.models.serving.engine import LanguageModel

    chosen = settings or load_settings()
    return LanguageModel.load(reference or chosen.model, chosen)


def dictionary(
    reference: str | Path | None = None, *, settings: Settings | None = None
) -> "SearchableDictionary":
    """A dictionary of features, with what is known of each.

    Args:
        reference: a dictionary's name, its folder, or a model reference, which stands for the model's default; the
            settings' model when None.
        settings: taken from file and environment when None.

    Raises:
        ClearspanError: there is none, or it cannot be read.
    """
    from clearspan.features.catalogue import open_dictionary

    chosen = settings or load_settings()
    return open_dictionary(reference or chosen.model, chosen)


@dataclass(slots=True)
class _Lent:
    """A client, and how many questions are being asked of it."""

    client: Client
    askers: int = 0


_MOST_WARM = 2
"""Enough to go to and fro between two homes; each may hold a model of half a gigabyte."""

_warm: OrderedDict[Settings, _Lent] = OrderedDict()
_lock = threading.Lock()


@contextmanager
def lent(settings: Settings) -> Generator[Client]:
    """The client of these settings, warm if it was lent lately; it is not closed within the block.

    At most two stay open. The one that was lent longest ago makes room, as soon as nobody asks it.
    """
    with _lock:
        if settings not in _warm:
            _warm[settings] = _Lent(Client.of(settings))
        known = _warm[settings]
        _warm.move_to_end(settings)
        known.askers += 1
    try:
        # Before the new one loads anything.
        _shed(_MOST_WARM)
        yield known.client
    finally:
        with _lock:
            known.askers -= 1
        _shed(_MOST_WARM)


@atexit.register
def close() -> None:
    """Close every client that nobody is asking; the next question opens another."""
    _shed(0)


def _shed(most: int) -> None:
    with _lock:
        idle = [settings for settings, lent in _warm.items() if not lent.askers]
        closing = [_warm.pop(settings).client for settings in idle[: max(0, len(_warm) - most)]]
    for client in closing:
        client.close()
