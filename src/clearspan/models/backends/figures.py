"""How fast each way of running a model was on this machine, kept beside the compiled library; read without PyTorch."""

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clearspan.errors import StorageError
from clearspan.files import write_file
from clearspan.models.backends.native import build
from clearspan.settings import Settings

READ, ALONE, TOGETHER = 256, 32, 32
"""Tokens of the answer that the choice goes by: a prompt that is read, what one request writes while it is alone, and
what it writes beside others. Most of an answer's time is one of these three, on one machine or another."""

_LOOK_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Speeds(BaseModel):
    """How fast one way of running a model is, in tokens per second."""

    model_config = ConfigDict(frozen=True)

    reading: float = Field(gt=0, allow_inf_nan=False, description="Of a prompt.")
    alone: float = Field(gt=0, allow_inf_nan=False, description="Written by one sequence.")
    together: float = Field(gt=0, allow_inf_nan=False, description="Written by several sequences in all.")

    def __str__(self) -> str:
        return f"{self.alone:.3g} alone, {self.together:.3g} together, {self.reading:.3g} reading"

    @property
    def seconds(self) -> float:
        """How long an answer of `READ`, `ALONE` and `TOGETHER` tokens takes."""
        return READ / self.reading + ALONE / self.alone + TOGETHER / self.together


class Timing(BaseModel):
    """The fast path beside the plain one, of one model on one machine, measured in turns."""

    model_config = ConfigDict(frozen=True)

    key: str = Field(
        description="What was measured: see `key`. Another machine's record is never taken for one."
    )
    model: str = Field(description="Model reference.")
    kernel: str = Field(description="What the fast path was compiled to: see `Settings.kernel`.")
    library: str = Field(description="File name of the compiled library.")
    processor: str
    threads: int = Field(ge=1, description="Of the processor, for either way.")
    measured_at: datetime
    plain: Speeds
    native: Speeds

    @property
    def ways(self) -> dict[Literal["plain", "native"], Speeds]:
        """The speeds by the name of the backend."""
        return {"plain": self.plain, "native": self.native}

    @property
    def faster(self) -> Literal["plain", "native"]:
        """The way that takes less time for an answer; the plain one where they take the same."""
        return "native" if self.native.seconds < self.plain.seconds else "plain"


def key(library: Path, facts: Sequence[str]) -> str:
    """Names what a timing is of: a library (whose name holds its sources, compiler and flags) and other facts."""
    return hashlib.sha256("\n".join([library.name, *facts]).encode()).hexdigest()[:16]


def place(library: Path, key: str) -> Path:
    """The file of a timing, beside the library that it is of."""
    return library.with_name(f"timed-{key}.json")


def find(library: Path, key: str) -> Timing | None:
    """What was measured, if it was, and if what is there can be read."""
    found = _read(place(library, key))
    return found if found is not None and found.key == key else None


def once(library: Path, key: str, measure: Callable[[], Timing], ending: threading.Event) -> Timing | None:
    """What was measured, by whoever comes first, and kept: whole or not at all, also after a power cut.

    Args:
        measure: called unless another process is measuring, or has been.
        ending: set when nobody wants to wait for another process any more; then None.
    """
    path = place(library, key)
    while True:
        timing: Timing | None = None
        try:
            with FileLock(path.with_suffix(".lock"), timeout=0):
                timing = find(library, key)
                if timing is None:
                    timing = measure()
                    write_file(path, timing.model_dump_json(indent=2).encode())
                return timing
        except Timeout:
            if ending.wait(_LOOK_SECONDS):
                return None
        except (OSError, StorageError) as error:
            _log.info("%s is measured again next time: %s", library.name, error)
            return timing or measure()


def of_model(reference: str, settings: Settings) -> list[Timing]:
    """What was measured of a model, on whatever machine shares these weights, the newest first; loads nothing."""
    return sorted(_kept(reference, settings).values(), key=lambda one: one.measured_at, reverse=True)


def forget(reference: str, settings: Settings) -> None:
    """Have a model measured anew when it is next opened.

    Raises:
        StorageError: what was measured cannot be taken away.
    """
    for path in _kept(reference, settings):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be removed.", why=str(error), do="Make its folder writable, or remove it."
            ) from error


def _kept(reference: str, settings: Settings) -> dict[Path, Timing]:
    read = ((path, _read(path)) for path in build.folder(settings).glob("timed-*.json"))
    return {path: one for path, one in read if one is not None and one.model == reference}


def _read(path: Path) -> Timing | None:
    try:
        return Timing.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
