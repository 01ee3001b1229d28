"""The folder of verified weights: entries appear whole or not at all.

An entry is written into a staging folder on the same filesystem, hashed into its `manifest.json`, synced to
disk, and renamed into place, all under a lock file, so that processes that want the same entry write it once.
A reader trusts an entry whose files have the sizes that the manifest states; `verify` hashes them again.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from filelock import FileLock

from clearspan.errors import StorageError

MANIFEST = "manifest.json"
_STAGING = ".staging"
_LOCKS = ".locks"
_OUT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class CachedFile:
    """Size in bytes and SHA-256 of one file of an entry."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CachedModel:
    """One model in the cache.

    Attributes:
        folder: where its files are.
        files: path inside the folder → size and hash.
        facts: what else was recorded when it was written: reference, source, licence, revision.
    """

    folder: Path
    files: Mapping[str, CachedFile]
    facts: Mapping[str, str]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files.values())


class WeightsCache:
    """The entries under one folder, each known by its folder's name."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, name: str) -> CachedModel | None:
        """The entry, if it is there and every file has the size that was recorded."""
        entry = self._read(self.root / name)
        return entry if entry is not None and not _wrong_sizes(entry) else None

    def entries(self) -> list[CachedModel]:
        """All entries with a readable manifest, damaged ones included, sorted by name."""
        if not self.root.is_dir():
            return []
        folders = sorted(path for path in self.root.iterdir() if path.is_dir() and path.name[0] != ".")
        return [entry for folder in folders if (entry := self._read(folder)) is not None]

    def install(
        self, name: str, needed: int | None, write: Callable[[Path], Mapping[str, str]]
    ) -> CachedModel:
        """Write an entry unless another process has done so while this one waited.

        Args:
            name: the entry's folder.
            needed: free bytes that the writing will take at its peak, where that is known.
            write: fills the empty folder that it is given and returns the facts to record.

        Raises:
            StorageError: the disk is full or the folder cannot be written.
        """
        with storage_errors(self.root), self._lock(name):
            present = self.find(name)
            if present is not None:
                return present
            staging = self.root / _STAGING / name
            # Left by a process that was killed: whoever holds the lock owns the staging folder.
            shutil.rmtree(staging, ignore_errors=True)
            if needed is not None:
                self._require_space(name, needed)
            # A folder of its own, because a downloader whose parent was killed may still be writing.
            folder = staging / uuid4().hex
            folder.mkdir(parents=True)
            try:
                facts = write(folder)
                entry = _seal(folder, facts)
                self._move_into_place(folder, self.root / name)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
            return CachedModel(self.root / name, entry.files, entry.facts)

    def discard(self, entry: CachedModel) -> None:
        """Take an entry out of the cache, so that its next use fetches it again.

        Raises:
            StorageError: the folder cannot be written.
        """
        with storage_errors(self.root), self._lock(entry.folder.name):
            self._remove(entry.folder)

    def damaged(self, entry: CachedModel) -> list[str]:
        """Files of the entry whose size or hash is not the recorded one, or that are gone."""
        wrong = _wrong_sizes(entry)
        return wrong + [
            name
            for name, file in entry.files.items()
            if name not in wrong and sha256_of(entry.folder / name) != file.sha256
        ]

    def _read(self, folder: Path) -> CachedModel | None:
        try:
            manifest = cast("dict[str, Any]", json.loads((folder / MANIFEST).read_text("utf-8")))
            files = {
                str(name): CachedFile(int(file["size"]), str(file["sha256"]))
                for name, file in manifest["files"].items()
            }
            facts = {str(key): str(value) for key, value in manifest["facts"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return CachedModel(folder, files, facts)

    @contextmanager
    def _lock(self, name: str) -> Generator[None]:
        for folder in (self.root / _LOCKS, self.root / _STAGING):
            folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / _LOCKS / f"{name}.lock"):
            yield

    def _require_space(self, name: str, needed: int) -> None:
        free = shutil.disk_usage(self.root).free
        if free < needed:
            raise StorageError(
                f"There is not enough free space for {name}.",
                why=f"It takes {_megabytes(needed)} while it is written; {self.root} has {_megabytes(free)}.",
                do="Free some space, or set CLEARSPAN_WEIGHTS to a folder on a larger disk.",
            )

    def _move_into_place(self, staging: Path, final: Path) -> None:
        # A damaged entry makes room; nobody can be reading it, because `find` refuses it.
        self._remove(final)
        staging.rename(final)
        _sync(self.root)

    def _remove(self, folder: Path) -> None:
        if folder.exists():
            discarded = self.root / _STAGING / f"{folder.name}.discarded"
            shutil.rmtree(discarded, ignore_errors=True)
            folder.rename(discarded)
            shutil.rmtree(discarded, ignore_errors=True)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def storage_errors(root: Path) -> Generator[None]:
    """Turn the system's errors about a full or read-only disk into ones that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _OUT_OF_SPACE:
            raise disk_full(root) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EEXIST}:
            raise StorageError(
                f"The folder of weights cannot be written: {root}.",
                why=str(error),
                do="Give yourself the right to write there, or set CLEARSPAN_WEIGHTS to another folder.",
            ) from error
        raise


def disk_full(root: Path) -> StorageError:
    """The error for a disk that took no more while weights were written."""
    return StorageError(
        "The disk is full; the weights were not kept.",
        why=f"Writing under {root} failed for want of space.",
        do="Free some space and try again, or set CLEARSPAN_WEIGHTS to a folder on a larger disk.",
    )


def _seal(folder: Path, facts: Mapping[str, str]) -> CachedModel:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {
        path.relative_to(folder).as_posix(): CachedFile(path.stat().st_size, sha256_of(path))
        for path in paths
    }
    manifest = {
        "facts": dict(facts),
        "files": {name: {"size": file.size, "sha256": file.sha256} for name, file in files.items()},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    for path in [*paths, folder / MANIFEST, *(path for path in folder.rglob("*") if path.is_dir()), folder]:
        _sync(path)
    return CachedModel(folder, files, facts)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _wrong_sizes(entry: CachedModel) -> list[str]:
    def right(name: str, file: CachedFile) -> bool:
        path = entry.folder / name
        return path.is_file() and path.stat().st_size == file.size

    return [name for name, file in entry.files.items() if not right(name, file)]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
