"""Every format of dictionaries that is read and written, found by the files that are there.

A package adds one under the entry point group `clearspan.dictionaries`: a `DictionaryFormat`.
"""

from pathlib import Path
from typing import cast

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.formats.base import DictionaryFormat
from clearspan.features.names import DictionaryName
from clearspan.plugins import Plugins

_MODULES = {
    "saelens": "saelens",
    "gemma-scope": "gemma_scope",
    "gemma-scope-2": "gemma_scope2",
    "dictionary-learning": "dictionary_learning",
    "sparsify": "sparsify",
}
DICTIONARY_FORMATS: Plugins[DictionaryFormat] = Plugins(
    "clearspan.dictionaries",
    "format of dictionaries",
    {name: f"clearspan.features.formats.{module}:FORMAT" for name, module in _MODULES.items()},
    DictionaryFormat,
)


def format_of(folder: Path) -> str:
    """The name of the format of a folder, from the files in it, whatever it is called.

    Raises:
        NotFound: there is no such folder, or no dictionary in it.
        BadInput: it holds dictionaries of several formats.
    """
    if not folder.is_dir():
        raise NotFound(
            f"There is no folder {folder}.", do="Give the folder that holds the dictionary's files."
        )
    formats = DICTIONARY_FORMATS.all()
    found = [name for name, one in formats.items() if all((folder / file).is_file() for file in one.files)]
    if not found:
        known = "; ".join(f"{name}: {' and '.join(one.files)}" for name, one in formats.items())
        raise NotFound(
            f"There is no dictionary in {folder}.", why=f"Known are {known}.", do="Check the path."
        )
    if len(found) > 1:
        raise BadInput(
            f"{folder} holds dictionaries of several formats.",
            why=f"There are files of {' and '.join(found)}.",
            do="Say which is meant with --from.",
        )
    return found[0]


def read_dictionary(
    folder: Path, format_name: str | None = None, name: DictionaryName | None = None
) -> Dictionary:
    """Open a dictionary of any known format.

    Args:
        format_name: one of `DICTIONARY_FORMATS`; found from the files by default.
        name: what to call it; needed where the files do not say where it belongs.

    Raises:
        NotFound, BadInput, Refused: as `format_of` and the format's own reader.
    """
    format_name = format_name or format_of(folder)
    chosen = DICTIONARY_FORMATS.get(format_name)
    if name is None and not chosen.says_name:
        raise Refused(
            f"{folder} does not say which model reference and site the dictionary belongs to.",
            why=f"The format {format_name} has no word for it.",
            do="Say it: 'clearspan features import FOLDER --model … --site …'.",
        )
    return chosen.read(folder, cast(DictionaryName, name))


def write_dictionary(dictionary: Dictionary, folder: Path, format_name: str) -> None:
    """Write a dictionary in any known format, whole or not at all.

    Raises:
        NotFound: there is no such format.
        Refused: the format cannot say what the dictionary is.
        StorageError: the disk did not take it.
    """
    DICTIONARY_FORMATS.get(format_name).write(dictionary, folder)
