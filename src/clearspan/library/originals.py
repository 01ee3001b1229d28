"""Where documents come from: files, folders and uploads, as bytes with a name; what may not be read, and why."""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clearspan.errors import BadInput, NotFound, Refused, StorageError, TooLarge


class Unreadable(StorageError):
    """A source, as opposed to the library itself, that the disk does not give."""


@dataclass(frozen=True, slots=True)
class Original:
    """A source as it was received.

    Attributes:
        locator: absolute path, URL or `upload:NAME`.
        name: what to call it in messages; its ending tells the format where `media_type` is None.
        media_type: as a server declared it.
        charset: as a server declared it.
        url: where it was fetched from, after all redirects; None for a file.
    """

    locator: str
    name: str
    data: bytes
    media_type: str | None = None
    charset: str | None = None
    url: str | None = None


def read_file(path: Path, limit: int) -> Original:
    """A regular file of at most `limit` bytes.

    Raises:
        NotFound, BadInput, TooLarge, Unreadable: it is not there, not a file, over the limit, or unreadable.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for a writer.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise BadInput(f"{path.name} is not a regular file.", do="Leave it out.")
            check_size(path.name, status.st_size, limit)
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise NotFound(f"{path} does not exist.", do="Check the spelling of the path.") from error
    except OSError as error:
        raise Unreadable(
            f"{path} cannot be read: {error.strerror or error}.",
            do="Check that you may read this file.",
        ) from error
    check_size(path.name, len(data), limit)
    return Original(locator=str(path), name=path.name, data=data)


def check_size(name: str, size: int, limit: int) -> None:
    """Raise TooLarge for a source over the limit."""
    if size > limit:
        raise TooLarge(
            f"{name} is too large: {size / 1e6:,.1f} MB.",
            why=f"Documents may have up to {limit / 1e6:,.1f} MB.",
            do="Split it, or raise max_document_bytes in the settings.",
        )


def walk(folder: Path) -> Iterator["Path | LinkRefused"]:
    """Files below a folder in order of their paths, hidden ones left out.

    Symbolic links are not followed: one to a place within the folder would only repeat what is walked
    anyway, one out of the folder comes as the error that refuses it.

    Raises:
        NotFound: the folder does not exist.
    """
    if not folder.is_dir():
        raise NotFound(f"The folder {folder} does not exist.", do="Check the spelling of the path.")
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (here / name).is_symlink()]
        for name in sorted([*(name for name in files if not name.startswith(".")), *links]):
            path = here / name
            if not path.is_symlink():
                yield path
            elif refusal := _refused_link(path, folder):
                yield refusal


def _refused_link(link: Path, folder: Path) -> "LinkRefused | None":
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        looped = isinstance(error, RuntimeError) or getattr(error, "errno", None) == errno.ELOOP
        why = "It points in a circle." if looped else "What it points to does not exist."
        return LinkRefused(link, why)
    if target.is_relative_to(folder.resolve()):
        return None
    return LinkRefused(link, f"It points out of the folder, to {target}.")


class LinkRefused(Refused):
    """A symbolic link that is not followed; `locator` is the link's own path."""

    def __init__(self, link: Path, why: str) -> None:
        self.locator = str(link)
        super().__init__(
            f"The link {link.name} was not followed.",
            why=why,
            do="Copy the file into the folder, or add it by its own path.",
        )
