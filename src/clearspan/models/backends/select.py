"""Which backend runs a model: at once one that is ready, and a faster one when it is."""

import logging
import threading
from collections.abc import Callable

from clearspan.errors import ClearspanError
from clearspan.models.backends.base import Backend
from clearspan.models.backends.graphed.opening import fits, open_on_gpu
from clearspan.models.backends.native import build
from clearspan.models.backends.native.opening import open_native, require_possible
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings

_log = logging.getLogger(__name__)


def choose(
    loaded: LoadedModel, files: ModelFiles, settings: Settings, ready: Callable[[Backend], None]
) -> Backend:
    """The backend that a model begins on; nobody waits for a compiler.

    A GPU with room for the model runs it. On a processor, where the fast path is compiled already, the model begins
    on it; otherwise it begins on the plain path, and the fast one is compiled beside it.

    Args:
        ready: called once, from another thread, when a faster backend of the same model can take over.
    """
    plain = PlainBackend(loaded, files.reference)
    if settings.backend == "plain":
        return plain
    if fits(loaded.model):
        return open_on_gpu(loaded, files.reference)
    try:
        require_possible(loaded.model.config.get_text_config())
        library = build.built(settings)
        if library is not None:
            return open_native(library, loaded, files, settings, plain)
    except ClearspanError as error:
        _log.info("%s: %s", files.reference, error)
        return plain
    except Exception:  # noqa: BLE001 - the plain path answers; the log has what happened
        _log.exception("%s: the fast path could not be opened; the plain path answers", files.reference)
        return plain

    def prepare() -> None:
        try:
            # A backend of its own: the first one belongs to the thread that answers meanwhile.
            reference = PlainBackend(loaded, files.reference)
            ready(open_native(build.build(settings), loaded, files, settings, reference))
        except ClearspanError as error:
            _log.warning("%s: %s", files.reference, error)
        except Exception:  # noqa: BLE001 - the plain path answers; the log has what happened
            _log.exception("%s: the fast path could not be opened; the plain path goes on", files.reference)

    threading.Thread(target=prepare, name="clearspan-compile", daemon=True).start()
    return plain
