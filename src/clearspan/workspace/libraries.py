"""The libraries that one process has open; opening or syncing one holds up no question to another."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clearspan.errors import Refused
from clearspan.settings import Settings

if TYPE_CHECKING:
    from clearspan.library.library import Library
    from clearspan.models.serving.embedder import Embedder

Listing = dict[str, tuple[int, int, int]]


@dataclass(slots=True)
class _OpenLibrary:
    """A library as far as it is open. Its lock is held while it is opened, synced, given vectors or closed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    library: "Library | None" = None
    embeds: bool = False
    listing: Listing = field(default_factory=dict[str, tuple[int, int, int]])


class OpenLibraries:
    """Open libraries by name, each opened once. Safe to use from many threads.

    Args:
        embedder: gives the sentence embeddings, or None while they cannot be had; called whenever a library
            that has none is asked for.
    """

    def __init__(self, settings: Settings, embedder: "Callable[[], Embedder | None]") -> None:
        self._settings = settings
        self._embedder = embedder
        self._by_name: dict[str, _OpenLibrary] = {}
        self._closed = False
        # Held for no longer than it takes to find one.
        self._lock = threading.Lock()

    def get(self, name: str, folder: Path | None = None) -> "Library":
        """The library as `naming.resolve` tells it: opened if need be, and as its folder is now.

        Raises:
            Refused: they were closed.
            ClearspanError: as `Library.open` and `Library.sync`.
        """
        with self._lock:
            held = self._by_name.setdefault(name, _OpenLibrary())
        with held.lock:
            if self._closed:
                raise Refused(
                    "The library cannot be opened.",
                    why="This workspace has been closed.",
                    do="Open another workspace.",
                )
            library = held.library
            if library is None or library.closed:
                return self._open(held, name, folder)
            if not held.embeds and (embedder := self._embedder()) is not None:
                library.use_embedder(embedder)
                held.embeds = True
            if folder is not None and (listing := _listing(folder)) != held.listing:
                library.sync(folder, remove_vanished=True)
                held.listing = listing
            return library

    def names(self) -> list[str]:
        """Those that are open."""
        with self._lock:
            held = list(self._by_name.items())
        return [name for name, one in held if one.library is not None]

    def state(self, name: str) -> str:
        """`ready`, `loading` or `not loaded`."""
        with self._lock:
            held = self._by_name.get(name)
        if held is None:
            return "not loaded"
        if held.library is not None:
            return "ready"
        return "loading" if held.lock.locked() else "not loaded"

    def close(self) -> None:
        """Close every library, those being opened as soon as they are."""
        with self._lock:
            self._closed = True
            known = list(self._by_name.values())
        for held in known:
            with held.lock:
                if held.library is not None:
                    held.library.close()
                held.library = None

    def _open(self, held: _OpenLibrary, name: str, folder: Path | None) -> "Library":
        from clearspan.library.library import Library

        embedder = self._embedder()
        # Before the sync: what changes while it runs is seen the next time.
        listing = _listing(folder) if folder is not None else {}
        # A name that is the settings' own is never taken for a folder of that name in the working folder.
        settings = self._settings.model_copy(update={"library": name})
        library = Library.open(folder or name, settings, embedder)
        held.library, held.embeds, held.listing = library, embedder is not None, listing
        return library


def _listing(folder: Path) -> Listing:
    """What tells, without reading a file, whether a folder has changed: each file's times and size.

    The time of the inode's change is there for files that were given an older modification time.
    """
    from clearspan.library import originals

    listing: Listing = {}
    for found in originals.walk(folder):
        path = found.locator if isinstance(found, originals.LinkRefused) else str(found)
        try:
            status = os.lstat(path)
        except OSError:
            continue  # gone, or not to be looked at: the sync says so of those that matter
        listing[path] = (status.st_mtime_ns, status.st_ctime_ns, status.st_size)
    return listing
