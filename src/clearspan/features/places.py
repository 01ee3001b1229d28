"""Where dictionaries lie on disk, and the directions and presets of their models: what ships, what is one's own.

A dictionary is found by its name, `smollm2-135m/layers.15.residual/8k`; its folder is called by the name's slug,
`smollm2-135m--layers.15.residual--8k`. It ships with Clearspan, is in the home folder, or in any other, which the home
folder remembers.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from filelock import FileLock

from clearspan.errors import BadInput, ClearspanError, NotFound, Refused
from clearspan.features.card import Card
from clearspan.features.formats.saelens import CONFIG, read_card
from clearspan.features.names import DictionaryName
from clearspan.files import write_file
from clearspan.settings import Settings

SHIPPED = Path(__file__).parent / "data"
"""Folder of the dictionaries that ship with Clearspan."""

ELSEWHERE = "elsewhere.json"
"""Names the folders of one's own dictionaries that are not in the home folder."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dictionary is.

    Attributes:
        edits: where labels are kept that somebody gave to one that ships, and what else is added to it.
    """

    name: DictionaryName
    folder: Path
    edits: Path | None = None

    @property
    def ships(self) -> bool:
        """Whether it came with Clearspan."""
        return self.edits is not None

    @property
    def card(self) -> Card:
        """What is known of it; its weights are not read.

        Raises:
            BadInput: the card cannot be read.
        """
        return read_card(self.folder)


def slug(name: str) -> str:
    """The name as one part of a path: `/` becomes `--`, anything that could be mistaken is written as %XX."""
    # A dash beside a dash or a slash would make the pair that stands for a slash.
    safe = re.sub(r"-(?=[-/])|(?<=[-/])-|^-|-$|[^A-Za-z0-9._/-]", _percent, name)
    return safe.replace("/", "--")


def unslug(text: str) -> str:
    """The name that a slug stands for."""
    return unquote(text.replace("--", "/"))


def home_folder(name: DictionaryName, settings: Settings) -> Path:
    """Where a dictionary of one's own by this name belongs.

    Raises:
        Refused: one by this name ships with Clearspan.
    """
    if (SHIPPED / slug(str(name)) / CONFIG).is_file():
        raise Refused(
            f"{name} ships with Clearspan.",
            why="Two dictionaries of one name could not be told apart.",
            do=f"Give yours another size, such as '{name.size}-mine'.",
        )
    return _home(settings) / slug(str(name))


def directions_file(model: str, settings: Settings) -> Path:
    """Where a model's directions of one's own belong."""
    return settings.home / "directions" / f"{slug(model)}.safetensors"


def presets_folder(model: str, settings: Settings) -> Path:
    """Where a model's presets of one's own belong."""
    return settings.home / "presets" / slug(model)


def places(settings: Settings) -> list[Place]:
    """Every dictionary that is found by name: those that ship first, then the newest first."""
    shipped = [Place(name, folder, _home(settings) / folder.name) for name, folder in _named_folders(SHIPPED)]
    taken = {place.name for place in shipped}
    elsewhere = [(one.parsed_name, folder) for folder in _remembered(settings) if (one := _card_of(folder))]
    found = dict([*reversed(elsewhere), *_named_folders(_home(settings))])
    own = [Place(name, folder) for name, folder in found.items() if name not in taken]
    own.sort(key=lambda place: (place.folder / CONFIG).stat().st_mtime_ns, reverse=True)
    return [*shipped, *own]


def remember(folder: Path, settings: Settings) -> None:
    """Let a dictionary that lies elsewhere be found by its name.

    Raises:
        StorageError: the disk did not take it.
    """
    folder = _absolute(folder)
    if folder.parent != _home(settings):
        _change(settings, lambda known: [one for one in known if one != folder] + [folder])


def forget(name: DictionaryName, settings: Settings) -> Path:
    """Remove a dictionary of one's own; one that lies elsewhere is forgotten, and its files stay.

    Returns:
        The folder that it was in.

    Raises:
        NotFound: there is none of this name.
        Refused: it ships with Clearspan.
    """
    place = next((one for one in places(settings) if one.name == name), None)
    if place is None:
        raise NotFound(
            f"There is no dictionary '{name}'.", do="'clearspan features list' shows what is here."
        )
    if place.ships:
        raise Refused(
            f"{name} ships with Clearspan.",
            why="The presets that ship are made with it.",
            do="Name one of your own; 'clearspan features list' says which ship.",
        )
    if place.folder.parent == _home(settings):
        shutil.rmtree(place.folder)
    _change(settings, lambda known: [one for one in known if one != place.folder])
    return place.folder


def locate(reference: str | Path, settings: Settings) -> Place:
    """Where a dictionary is.

    Args:
        reference: a dictionary's name, the path of its folder, or a model reference, which stands for the model's
            default: the dictionary that ships for it, else the newest in the home folder.

    Raises:
        NotFound: there is none.
        BadInput: the folder does not hold a dictionary.
    """
    here = places(settings)
    if isinstance(reference, Path) or reference.startswith((".", "/", "~")):
        return _at(Path(reference).expanduser(), here)
    for place in here:
        if reference in {str(place.name), place.name.model}:
            return place
    if (Path(reference) / CONFIG).is_file():
        return _at(Path(reference), here)
    known = ", ".join(str(place.name) for place in here) or "none yet"
    raise NotFound(
        f"There is no dictionary '{reference:.100}'.",
        why=f"Known by name: {known:.300}.",
        do="Name one of these or a folder, or learn one: 'clearspan features train'.",
    )


def _home(settings: Settings) -> Path:
    return settings.home / "dictionaries"


def _remembered(settings: Settings) -> list[Path]:
    try:
        return [Path(one) for one in json.loads((_home(settings) / ELSEWHERE).read_text("utf-8"))]
    except (OSError, ValueError, TypeError, RecursionError):
        return []


def _card_of(folder: Path) -> Card | None:
    """That of a folder elsewhere; None where it is gone, or holds something else now."""
    try:
        return read_card(folder)
    except ClearspanError:
        return None


def _change(settings: Settings, change: Callable[[list[Path]], list[Path]]) -> None:
    path = _home(settings) / ELSEWHERE
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        known = change(_remembered(settings))
        write_file(path, json.dumps([str(one) for one in known]).encode())


def _absolute(folder: Path) -> Path:
    return Path(os.path.abspath(folder))  # noqa: PTH100 (links stay as they were named)


def _named_folders(parent: Path) -> list[tuple[DictionaryName, Path]]:
    if not parent.is_dir():
        return []
    found: list[tuple[DictionaryName, Path]] = []
    for folder in sorted(parent.iterdir()):
        # A folder without a configuration holds edits of one that ships, or one that is being made.
        if not folder.name.startswith((".", "_")) and (folder / CONFIG).is_file():
            try:
                found.append((DictionaryName.parse(unslug(folder.name)), folder))
            except BadInput:
                continue
    return found


def _at(folder: Path, here: list[Place]) -> Place:
    folder = _absolute(folder)
    for place in here:
        if place.folder == folder:
            return place
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", do="'clearspan features list' shows what is here.")
    return Place(read_card(folder).parsed_name, folder)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
