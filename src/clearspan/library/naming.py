"""What libraries and documents are called: names, folders, and ids that stay the same."""

import hashlib
import re
from pathlib import Path

from clearspan.errors import BadInput
from clearspan.library import stores
from clearspan.settings import Settings

_NAME = re.compile(r"\w[\w. -]{0,99}")
_MIRROR = re.compile(r"[\w-]+@[0-9a-f]{8}")  # no name that a person gives has an @
_NAME_BYTES = 240  # what file systems take, less the endings that SQLite adds


def document_id_of(locator: str) -> str:
    """The id that a source keeps for as long as it comes from the same place."""
    return f"d-{hashlib.sha256(locator.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"


def resolve(reference: str | Path, settings: Settings) -> tuple[str, Path | None]:
    """The name of a library, and the folder it mirrors if the reference is one.

    A mirror that is there already can also be named, and is then taken as it is.

    Raises:
        BadInput: the reference is neither a usable name nor a folder.
    """
    path = Path(reference).expanduser()
    if isinstance(reference, str) and (_is_name(reference) or is_mirror(reference)):
        makes_one = _is_name(reference) and (reference == settings.library or not _is_folder(path))
        if makes_one or reference in stores.open(settings.store_address):
            return reference, None
    # An empty text would be the current folder.
    if reference != "" and _is_folder(path):
        root = path.resolve()
        mark = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:8]
        plain = re.sub(r"[^\w-]+", "-", root.name).strip("-") or "folder"
        return f"{plain[:50]}@{mark}", root
    raise BadInput(
        f"{str(reference)!r} is neither the name of a library nor an existing folder.",
        why="A library's name has letters, digits, spaces, dots, hyphens and underscores.",
        do="Correct the name, or check the spelling of the folder.",
    )


def is_mirror(name: str) -> bool:
    """Whether a library's name is that of a folder's mirror, which nobody gave it."""
    return _MIRROR.fullmatch(name) is not None


def _is_name(text: str) -> bool:
    if not _NAME.fullmatch(text) or text.endswith((".", " ")):
        return False
    return len(text.encode()) <= _NAME_BYTES


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        # Longer than a path may be, or below a folder that may not be looked into: in any case not usable.
        return False
