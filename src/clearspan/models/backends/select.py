"""Which backend runs a model: at once one that is ready, and the compiled one where it was measured to be faster."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import torch

from clearspan.errors import ClearspanError
from clearspan.measure.processor import processor
from clearspan.models.backends import figures
from clearspan.models.backends.base import Backend
from clearspan.models.backends.figures import Timing
from clearspan.models.backends.graphed.opening import fits, open_on_gpu
from clearspan.models.backends.native import build
from clearspan.models.backends.native.opening import open_native, require_possible, step_threads
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.backends.timing import compare
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings

_log = logging.getLogger(__name__)


def choose(loaded: LoadedModel, files: ModelFiles, settings: Settings) -> "Choice":
    """What a model begins on; nobody waits for a compiler or a measurement.

    A GPU with room for the model runs it. On a processor, where the fast path was measured to be faster, the model
    begins on it. Where it was never measured, the model begins on the plain path, and `Choice.begin` measures.
    """
    plain = Choice(PlainBackend(loaded, files.reference))
    if settings.backend == "plain":
        return plain
    if fits(loaded.model):
        return Choice(open_on_gpu(loaded, files.reference))
    try:
        contest = Contest.of(loaded, files, settings)
        library = build.built(settings, portable=contest.portable)
        timing = figures.find(library, contest.key(library)) if library is not None else None
        if library is None or timing is None:
            return Choice(plain.backend, contest=contest.apart())
        if timing.faster == "native":
            return Choice(open_native(library, loaded, files, settings, plain.backend), timing)
    except ClearspanError as error:
        _log.info("%s: %s", files.reference, error)
        return plain
    except Exception:  # noqa: BLE001 - the plain path answers; the log has what happened
        _log.exception("%s: the fast path could not be opened; the plain path answers", files.reference)
        return plain
    _log.info("%s: the fast path was measured and is slower here; the plain path answers", files.reference)
    return Choice(plain.backend, timing)


class Choice:
    """What a model begins on, and what is found out beside it.

    Attributes:
        backend: what it begins on.
        timing: what was measured of it here; None where nothing was, or not yet.
    """

    def __init__(
        self, backend: Backend, timing: Timing | None = None, contest: "Contest | None" = None
    ) -> None:
        self.backend = backend
        self.timing = timing
        self._contest = contest
        self._thread: threading.Thread | None = None
        self._compiled, self._ending = threading.Event(), threading.Event()

    def begin(self, rested: Callable[[], bool], ready: Callable[[Backend], None]) -> None:
        """Find out in another thread whether the fast path is faster, where that is not known.

        Args:
            rested: whether the model has nothing to do at this moment; what is timed waits for that.
            ready: called once, from that thread, with the faster backend, if it is.
        """
        contest, self._contest = self._contest, None
        if contest is None:
            return

        def find_out() -> None:
            try:
                library = contest.compiled()
                self._compiled.set()
                faster, self.timing = contest.decide(library, rested, self._ending)
                if faster is not None:
                    ready(faster)
            except ClearspanError as error:
                _log.warning("%s: %s", contest.files.reference, error)
            except Exception:  # noqa: BLE001 - the plain path answers; the log has what happened
                _log.exception(
                    "%s: the fast path could not be opened; the plain path goes on", contest.files.reference
                )

        self._thread = threading.Thread(target=find_out, name="clearspan-compile", daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Wait until it is known what the model stays on: compiling takes about 10 s, and timing about one."""
        if self._thread is not None:
            self._thread.join()

    def end(self) -> None:
        """Let a measurement end that has begun, and wait for nothing else.

        A program that asks one thing and exits would otherwise begin it anew each time, and never end it.
        """
        self._ending.set()
        if self._compiled.is_set():
            self.settle()


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """The fast path of a model against the plain one.

    Attributes:
        loaded: used by the thread that decides alone; see `apart`.
        facts: what a timing depends on besides the library: the model's shape and format, the processor, the threads.
    """

    loaded: LoadedModel
    files: ModelFiles
    settings: Settings
    facts: tuple[str, ...]

    @classmethod
    def of(cls, loaded: LoadedModel, files: ModelFiles, settings: Settings) -> Self:
        """Of a loaded model.

        Raises:
            Refused: the fast path cannot run it.
        """
        stored = f"GGUF, {files.gguf.stat().st_size} bytes" if files.gguf else files.format
        facts = (
            files.reference,
            str(require_possible(loaded.model.config.get_text_config())),
            f"{stored}; {loaded.model.dtype} in PyTorch {torch.__version__}",
            processor(),
            f"{step_threads(settings)} threads",
        )
        return cls(loaded, files, settings, facts)

    def apart(self) -> "Contest":
        """The same on modules of its own: the model's belong to the thread that answers meanwhile."""
        return replace(self, loaded=self.loaded.twin())

    @property
    def portable(self) -> bool:
        """Whether the library is to have no instructions that are written out by hand."""
        return self.settings.kernel == "portable"

    def key(self, library: Path) -> str:
        """Names what a timing with this library is of."""
        return figures.key(library, self.facts)

    def compiled(self) -> Path:
        """The library.

        Raises:
            Refused: as `build.build`.
        """
        return build.build(self.settings, portable=self.portable)

    def decide(
        self, library: Path, rested: Callable[[], bool], ending: threading.Event
    ) -> tuple[Backend | None, Timing | None]:
        """The fast path if it is faster, and what was measured; measures unless another process does or has done.

        Args:
            ending: set once nobody waits for more than what has begun.

        Raises:
            Refused: as `open_native`.
        """
        key = self.key(library)
        timing = figures.find(library, key)
        if timing is not None and timing.faster == "plain":
            return None, timing
        plain = PlainBackend(self.loaded, self.files.reference)
        native = open_native(library, self.loaded, self.files, self.settings, plain)
        if timing is None:
            timing = figures.once(
                library, key, lambda: self._measured(library, plain, native, rested), ending
            )
        return (native if timing is not None and timing.faster == "native" else None), timing

    def _measured(self, library: Path, plain: Backend, native: Backend, rested: Callable[[], bool]) -> Timing:
        speeds = compare({"plain": plain, "native": native}, rested)
        return Timing(
            key=self.key(library),
            model=self.files.reference,
            kernel=self.settings.kernel,
            library=library.name,
            processor=processor(),
            threads=step_threads(self.settings),
            measured_at=datetime.now(UTC),
            plain=speeds["plain"],
            native=speeds["native"],
        )
