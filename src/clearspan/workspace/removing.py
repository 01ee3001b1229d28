"""What Clearspan keeps in a home folder, and taking it away: nothing else that lies there is touched."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from clearspan.errors import StorageError
from clearspan.overview.trust.publishers.registry import OVERRIDES
from clearspan.settings import Settings

_WEIGHTS = "models"
_KEPT = (
    "libraries",
    "ledger.db*",
    "directions",
    "presets",
    "dictionaries",
    "config.toml",
    OVERRIDES,
    "limits.safetensors*",
    _WEIGHTS,
)
"""Names in a home folder, as patterns: a home may be a folder that a person keeps other things in."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file or a folder of ours.

    Attributes:
        size: bytes of its files; of a link that of none, for what it points to stays.
    """

    path: Path
    size: int


def kept(settings: Settings, *, weights: bool = True) -> tuple[Kept, ...]:
    """What is kept in the home folder of the settings.

    Args:
        weights: whether the weights in it count; those outside it never do, for other homes may share them.
    """
    found = (
        path
        for pattern in _KEPT
        if pattern != _WEIGHTS or (weights and settings.models_dir == settings.home / _WEIGHTS)
        for path in sorted(settings.home.glob(pattern))
    )
    return tuple(Kept(path, _size(path)) for path in found)


def others(settings: Settings) -> tuple[Path, ...]:
    """What lies in the home folder and is not ours."""
    if not settings.home.is_dir():
        return ()
    ours = {one.path for one in kept(settings)}
    return tuple(sorted(path for path in settings.home.iterdir() if path not in ours))


def remove(settings: Settings, gone: tuple[Kept, ...]) -> None:
    """Take away what `kept` found, and the home folder where nothing is left in it.

    Raises:
        StorageError: something could not be taken away; what comes after it in the order stays, too.
    """
    for one in gone:
        try:
            if one.path.is_dir() and not one.path.is_symlink():
                shutil.rmtree(one.path)
            else:
                one.path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"{one.path} could not be removed.",
                why=f"The system says: {error.strerror or error}.",
                do="Stop what uses it, give yourself the right to remove it, and run the command again.",
            ) from error
    if settings.home.is_dir() and not any(settings.home.iterdir()):
        settings.home.rmdir()


def _size(path: Path) -> int:
    if path.is_symlink():
        return 0
    if path.is_file():
        return path.stat().st_size
    files = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    return sum(file.lstat().st_size for file in files)
