"""Files that are either whole or not there, also after a power cut."""

import os
from collections.abc import Sequence
from pathlib import Path

from clearspan.errors import StorageError


def write_whole(path: Path, *content: bytes | memoryview) -> None:
    """Write a file under another name, wait until the disk has it, and rename it.

    Raises:
        StorageError: the disk did not take it.
    """
    made = path.with_name(f".{path.name}.part")
    try:
        with made.open("wb") as file:
            _write(file.fileno(), content)
            os.fsync(file.fileno())
        made.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise StorageError(
            f"{path} could not be written.",
            why=str(error),
            do="Free space and run the same command again: it goes on where it stopped.",
        ) from error


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
            _write(file.fileno(), ["".join(f"{line}\n" for line in lines).encode()])
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(
            f"{path} could not be written.",
            why=str(error),
            do="Free space and run the same command again: it goes on where it stopped.",
        ) from error


def _write(handle: int, content: Sequence[bytes | memoryview]) -> None:
    for piece in content:
        left = memoryview(piece).cast("B")
        while left:
            left = left[os.write(handle, left) :]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
