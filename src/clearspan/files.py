"""Files that are either whole or not there, also after a power cut."""

import os
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
