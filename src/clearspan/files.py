"""Files that are either whole or not there, also after a power cut."""

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from clearspan.errors import StorageError


def write_file(path: Path, *content: bytes | memoryview) -> None:
    """Write or replace a file: under another name, then, once the disk has it, under its own.

    Raises:
        StorageError: the disk did not take it.
    """
    made = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(made, *content)
        made.replace(path)
        sync(path.parent)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise unwritten(path, error) from error


def own_folder(path: Path) -> None:
    """Make a folder, or mend one, so that nobody but its owner looks into it.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(path)


def own_file(path: Path) -> None:
    """Make a file where none is, or mend one, so that nobody but its owner reads it.

    Raises:
        OSError: it cannot be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        close_to_others(path)


def open_to_others(path: Path) -> bool:
    """Whether others than the owner may do anything with a file or a folder; never on Windows, which has no modes."""
    return sys.platform != "win32" and bool(path.stat().st_mode & 0o077)


def close_to_others(path: Path) -> None:
    """Take from others what they may do with a file or a folder of ours that is there."""
    if not open_to_others(path):
        return
    status = path.stat()
    # What belongs to somebody else, or is everybody's as /tmp is, is not ours to close; `clearspan doctor` tells it.
    if status.st_uid == os.getuid() and not status.st_mode & stat.S_ISVTX:
        path.chmod(stat.S_IMODE(status.st_mode) & ~0o077)


def append_whole_lines(path: Path, lines: Sequence[str]) -> None:
    """Append lines to a file and wait until the disk has them; what a crash left of a last line is cut off first.

    Raises:
        StorageError: the disk did not take them.
    """
    try:
        with path.open("r+b" if path.exists() else "w+b") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritten(path, error) from error


def write_synced(path: Path, *content: bytes | memoryview) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        for piece in content:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritten(path: Path, error: OSError) -> StorageError:
    """The error of what the disk did not take."""
    return StorageError(
        f"{path} could not be written.",
        why=str(error),
        do="Free space, or choose another folder; what goes on where it stopped is run again.",
    )
