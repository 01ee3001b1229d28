"""What is kept: the home folder, the disk below it, weights, libraries and the ledger. Nothing is changed or made."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from clearspan.doctor.examined import Examined, megabytes
from clearspan.errors import ClearspanError
from clearspan.files import open_to_others
from clearspan.ledger.sqlite import SCHEMA as LEDGER
from clearspan.library.stores.connections import SCHEMA as LIBRARY
from clearspan.models.weights.cache import WeightsCache
from clearspan.models.weights.sources import cached, catalogue, resolve
from clearspan.settings import Settings
from clearspan.sqlite import Database, Schema, folder_of

_BUSY_SECONDS = 0.5
_FILE_SECONDS = 0.5
"""For how long one database is read; a large one is not read to its end."""
_LEAST_DISK = 200_000_000
"""Bytes below which a library soon cannot grow."""
_OTHERS_WRITE = 0o022


def home(settings: Settings) -> Examined:
    """Whether the home folder is there, can be written by us, and by nobody else."""
    folder = settings.home
    if not folder.exists():
        made_in = _existing(folder)
        if not made_in.is_dir() or not os.access(made_in, os.W_OK):
            do = "Choose another home with CLEARSPAN_HOME, or make that folder writable."
            return Examined("home", "fault", f"{folder} cannot be made in {made_in}.", do)
        return Examined("home", "ok", f"{folder} is not there yet; it is made at first use.")
    if not folder.is_dir():
        return Examined("home", "fault", f"{folder} is not a folder.", "Move that file away.")
    if not os.access(folder, os.W_OK | os.X_OK):
        do = "Give yourself the right to write there, or choose another home with CLEARSPAN_HOME."
        return Examined("home", "fault", f"{folder} cannot be written.", do)
    mode = folder.stat().st_mode if sys.platform != "win32" else 0
    if mode & _OTHERS_WRITE:
        found = f"Others may write to {folder}, and to what Clearspan runs as you."
        return Examined("home", "fault", found, f"Run 'chmod go-w {folder}'.")
    if open_to_others(folder):
        found = f"{folder}; other users of this machine may look into it."
        return Examined(
            "home", "note", found, f"Run 'chmod go-rwx {folder}'; so does the next command that uses it."
        )
    return Examined("home", "ok", f"{folder}, yours alone.")


def disk(settings: Settings) -> Iterator[Examined]:
    """Free space where state and weights are kept."""
    missing = sum(
        pinned.fetched_size + pinned.size
        for pinned in catalogue()
        if pinned.reference in _wanted(settings) and cached(pinned.reference, settings) is None
    )
    own, models = _existing(settings.home), _existing(settings.models_dir)
    apart = own.stat().st_dev != models.stat().st_dev
    for name, there in {"disk": own, **({"disk of weights": models} if apart else {})}.items():
        free = shutil.disk_usage(there).free
        found = f"{megabytes(free)} free at {there}."
        if free < _LEAST_DISK:
            do = "Free some space, or choose another folder with CLEARSPAN_HOME or CLEARSPAN_WEIGHTS."
            yield Examined(name, "fault", found, do)
        elif free < missing and not (apart and there == own):
            do = f"Free some space: the weights that are missing take {megabytes(missing)} while they are fetched."
            yield Examined(name, "note", found, do)
        else:
            yield Examined(name, "ok", found)


def weights(settings: Settings) -> Iterator[Examined]:
    """Whether each model that the settings use is here, and whole by the sizes of its files."""
    for reference in _wanted(settings):
        name = f"weights {reference}"
        try:
            yield _weights_of(name, reference, settings)
        except ClearspanError as error:
            yield Examined.failed(name, error)


def databases(settings: Settings) -> Iterator[Examined]:
    """Whether each library and the ledger can be opened, and are whole as far as half a second of reading tells."""
    for kind, given in (("libraries", settings.store_address), ("ledger", settings.ledger_address)):
        scheme = given.partition(":")[0]
        if scheme != "sqlite":
            # Not the address itself: it may hold a password.
            yield Examined(kind, "ok", f"Kept by '{scheme}'; its own tools tell how it is.")
            continue
        try:
            folder = folder_of(given)
        except ClearspanError as error:
            yield Examined.failed(kind, error)
            continue
        if kind == "ledger":
            yield _database("ledger", folder / "ledger.db", LEDGER)
            continue
        paths = sorted((folder / "libraries").glob("*.db"))
        if not paths:
            do = "'clearspan up' makes the samples, 'clearspan library add PATH' one of your own."
            yield Examined("libraries", "note", "There are none yet.", do)
        for path in paths:
            yield _database(f"library {path.stem}", path, LIBRARY)


def _weights_of(name: str, reference: str, settings: Settings) -> Examined:
    fetch = f"Run 'clearspan models fetch {reference}', or let their first use do so."
    if reference.startswith(("gguf:", "dir:", "onnx:")):
        path = Path(reference.partition(":")[2]).expanduser()
        if not reference.startswith("onnx:"):
            resolve(reference, settings)
        elif not path.is_file():
            return Examined(name, "fault", f"There is no file {path}.", "Correct the setting.")
        return Examined(name, "ok", f"{megabytes(_size(path))} at {path}.")
    entry = cached(reference, settings)
    if entry is not None:
        return Examined(name, "ok", f"{megabytes(entry.size)}, whole by their sizes.")
    known = WeightsCache(settings.models_dir).entries()
    if any(one.facts.get("reference") == reference for one in known):
        do = "Run 'clearspan models verify'; what is damaged is taken out, and fetched again at its next use."
        return Examined(name, "fault", "Damaged: files are missing or of another size than was recorded.", do)
    size = next((pinned.fetched_size for pinned in catalogue() if pinned.reference == reference), 0)
    return Examined(name, "note", f"Not here yet{f'; {megabytes(size)} to fetch' if size else ''}.", fetch)


def _database(name: str, path: Path, schema: Schema) -> Examined:
    if not path.exists():
        return Examined(name, "ok", "Not there yet; it is made at first use.")
    try:
        read = Database(path, schema, _BUSY_SECONDS).examine(_FILE_SECONDS)
    except ClearspanError as error:
        return Examined.failed(name, error)
    size = megabytes(path.stat().st_size)
    if open_to_others(path):
        found = f"{size}; other users of this machine may read it."
        return Examined(
            name, "note", found, f"Run 'chmod go-rwx {path}'; so does the next command that uses it."
        )
    return Examined(
        name, "ok", f"{size}, whole." if read else f"{size}, opens; too large to be read whole here."
    )


def _wanted(settings: Settings) -> list[str]:
    """References of the models that the settings use."""
    writer = settings.model if settings.generate and settings.generating is None else ""
    # By its purpose: the module of the close reader takes a second to import.
    close = [pinned.reference for pinned in catalogue() if pinned.purpose == "close reading"]
    named = (writer, settings.embedder, *(close if settings.reading == "close" else ()), settings.checker)
    return [reference for reference in named if reference]


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(one.stat().st_size for one in files)
