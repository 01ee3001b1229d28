"""Which backend runs a model."""

from collections.abc import Callable

from clearspan.models.backends.base import Backend
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.sources import ModelFiles
from clearspan.models.weights import LoadedModel
from clearspan.settings import Settings


def choose(
    loaded: LoadedModel, files: ModelFiles, settings: Settings, ready: Callable[[Backend], None]
) -> Backend:
    """The backend that a model begins on; nobody waits for a faster one.

    Args:
        ready: called once, from any thread, when a faster backend of the same model can take over.
    """
    del settings, ready
    return PlainBackend(loaded, files.reference)
