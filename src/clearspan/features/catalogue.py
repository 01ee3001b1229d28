"""Dictionaries opened by name, ready to be searched and dialled; `places` says where they lie."""

import threading
from collections import OrderedDict
from pathlib import Path

from clearspan.features.evidence.table import FILE as EVIDENCE
from clearspan.features.finding import SearchableDictionary
from clearspan.features.formats.saelens import CONFIG, WEIGHTS
from clearspan.features.places import locate, places
from clearspan.settings import Settings

_KEPT_OPEN = 4
_Key = tuple[Path, Settings, tuple[int, ...]]

_opened: OrderedDict[_Key, SearchableDictionary] = OrderedDict()
_lock = threading.Lock()


def open_dictionary(reference: str | Path, settings: Settings) -> SearchableDictionary:
    """Open a dictionary; safe to call from any thread, and quick for one that was opened lately.

    Args:
        reference: see `locate`.

    Raises:
        NotFound, BadInput, Refused: as `locate` and `read_saelens`.
    """
    place = locate(reference, settings)
    stamps = tuple(_stamp(place.folder / file) for file in (CONFIG, WEIGHTS, EVIDENCE))
    key = (place.folder, settings, stamps)
    with _lock:
        opened = _opened.get(key)
        if opened is None:
            opened = SearchableDictionary(place.folder, settings, place.edits)
            _opened[key] = opened
            while len(_opened) > _KEPT_OPEN:
                _opened.popitem(last=False)
        _opened.move_to_end(key)
    return opened


def default_dictionary(model: str, settings: Settings) -> SearchableDictionary | None:
    """The dictionary that a model's features are read with; None where there is none with evidence.

    Raises:
        BadInput, Refused: it is damaged.
    """
    for place in places(settings):
        if place.name.model == model and (place.folder / EVIDENCE).is_file():
            return open_dictionary(place.folder, settings)
    return None


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
