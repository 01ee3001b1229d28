"""What is to be added to a library: each source read and cut, or what is to be reported of it instead."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from clearspan.errors import BadInput, ClearspanError, FetchError, NotFound, Refused
from clearspan.library import fetch, originals
from clearspan.library.documents import Change
from clearspan.library.originals import Original
from clearspan.library.prepared import Prepared, prepare
from clearspan.library.readers import UnknownFormat, format_of
from clearspan.library.readers.reading import one_line
from clearspan.library.stopping import Stop
from clearspan.library.stores.base import Store
from clearspan.receipts import Kind


class Intake:
    """Reads sources that are new or have changed; what fails is reported, and the others go on.

    Args:
        store: tells what is there already.
        limit: bytes of a source at most.
    """

    def __init__(self, store: Store, limit: int) -> None:
        self._store = store
        self._limit = limit

    def source(self, source: str | Path, kind: Kind | None) -> Iterator[Change | Prepared]:
        """A file, all files of a folder, or what is at an address.

        Args:
            kind: publisher tag, above what a source says itself.
        """
        if isinstance(source, str) and fetch.is_url(source):
            yield self._prepared(source, lambda: fetch.fetch(source, self._limit), kind)
            return
        path = Path(source).expanduser().resolve()
        if path.is_dir():
            yield from self.folder(path, kind)
        else:
            yield self._prepared(str(path), lambda: _supported_file(path, self._limit), kind)

    def folder(self, root: Path, kind: Kind | None) -> Iterator[Change | Prepared]:
        """All files below a folder."""
        for found in originals.walk(root):
            if isinstance(found, originals.LinkRefused):
                yield _failed(found.locator, found)
                continue
            try:
                format_of(found.name)
            except UnknownFormat as error:
                yield Change(str(found), "skipped", problem=error.what, remedy=error.do)
                continue
            yield self._prepared(str(found), partial(originals.read_file, found, self._limit), kind)

    def upload(self, name: str, data: bytes, kind: Kind | None, stop: Stop) -> Change | Prepared:
        """A document that was uploaded under a file name. Raises Stopped."""
        shown = one_line(name) or "upload"
        return self._prepared(f"upload:{shown}", partial(_upload, shown, data, self._limit), kind, stop)

    def vanished(self, root: Path, remove: bool) -> Iterator[Change]:
        """The stored documents that came from below a folder and are not there any more; removed if that is wanted."""
        for document in self._store.documents():
            path = Path(document.locator)
            if not path.is_absolute() or not path.is_relative_to(root) or path.exists():
                continue
            if remove:
                self._store.remove(document.id)
            yield Change(document.locator, "removed" if remove else "vanished", document.id)

    def _prepared(
        self, locator: str, obtain: Callable[[], Original], kind: Kind | None, stop: Stop | None = None
    ) -> Change | Prepared:
        """A source read and cut, ready to be stored; or what is to be reported of it instead."""
        try:
            original = obtain()
            content_hash = hashlib.sha256(original.data).hexdigest()
            old = self._store.by_locator(locator)
            if old is None or old.content_hash != content_hash:
                making = partial(prepare, original, content_hash, kind, old)
                return stop.computing(making) if stop else making()
        except (BadInput, FetchError, NotFound, Refused, originals.Unreadable) as error:
            return _failed(locator, error)
        if kind is not None and kind != old.kind:
            self._store.set_kind(old.id, kind)
        return Change(locator, "unchanged", old.id)


def _supported_file(path: Path, limit: int) -> Original:
    """The file, after its name has told that a reader takes it: others are not even opened."""
    if path.is_file():
        format_of(path.name)
    return originals.read_file(path, limit)


def _upload(name: str, data: bytes, limit: int) -> Original:
    originals.check_size(name, len(data), limit)
    return Original(locator=f"upload:{name}", name=name, data=data)


def _failed(locator: str, error: ClearspanError) -> Change:
    problem = " ".join(part for part in (error.what, error.why) if part)
    return Change(locator, "failed", problem=problem, remedy=error.do)
