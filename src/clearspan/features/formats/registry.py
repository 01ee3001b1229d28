"""Every format of dictionaries that is read and written, found by the files that are there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.formats import dictionary_learning, gemma_scope, gemma_scope2, saelens, sparsify
from clearspan.features.names import DictionaryName


@dataclass(frozen=True, slots=True)
class Format:
    """A way in which a dictionary lies in a folder.

    Attributes:
        files: what must be there.
        says_name: whether the files can say which model and site the dictionary belongs to, as names write them.
    """

    name: str
    files: tuple[str, ...]
    read: Callable[[Path, DictionaryName], Dictionary]
    write: Callable[[Dictionary, Path], None]
    says_name: bool = False


FORMATS = {
    one.name: one
    for one in (
        Format(
            "saelens",
            (saelens.CONFIG, saelens.WEIGHTS),
            saelens.read_saelens,
            saelens.write_saelens,
            says_name=True,
        ),
        Format(
            "gemma-scope",
            (gemma_scope.WEIGHTS,),
            gemma_scope.read_gemma_scope,
            gemma_scope.write_gemma_scope,
        ),
        Format(
            "gemma-scope-2",
            (gemma_scope2.WEIGHTS, gemma_scope2.CONFIG),
            gemma_scope2.read_gemma_scope2,
            gemma_scope2.write_gemma_scope2,
        ),
        Format(
            "dictionary-learning",
            (dictionary_learning.WEIGHTS, dictionary_learning.CONFIG),
            dictionary_learning.read_dictionary_learning,
            dictionary_learning.write_dictionary_learning,
        ),
        Format(
            "sparsify",
            (sparsify.WEIGHTS, sparsify.CONFIG),
            sparsify.read_sparsify,
            sparsify.write_sparsify,
        ),
    )
}
"""By name."""


def format_of(folder: Path) -> Format:
    """The format of a folder, from the files in it, whatever it is called.

    Raises:
        NotFound: there is no such folder, or no dictionary in it.
        BadInput: it holds dictionaries of several formats.
    """
    if not folder.is_dir():
        raise NotFound(
            f"There is no folder {folder}.", do="Give the folder that holds the dictionary's files."
        )
    found = [one for one in FORMATS.values() if all((folder / file).is_file() for file in one.files)]
    if not found:
        known = "; ".join(f"{one.name}: {' and '.join(one.files)}" for one in FORMATS.values())
        raise NotFound(
            f"There is no dictionary in {folder}.", why=f"Known are {known}.", do="Check the path."
        )
    if len(found) > 1:
        raise BadInput(
            f"{folder} holds dictionaries of several formats.",
            why=f"There are files of {' and '.join(one.name for one in found)}.",
            do="Say which is meant with --from.",
        )
    return found[0]


def read_dictionary(
    folder: Path, format_name: str | None = None, name: DictionaryName | None = None
) -> Dictionary:
    """Open a dictionary of any known format.

    Args:
        format_name: a key of `FORMATS`; found from the files by default.
        name: what to call it; needed where the files do not say where it belongs.

    Raises:
        NotFound, BadInput, Refused: as `format_of` and the format's own reader.
    """
    chosen = named_format(format_name) if format_name else format_of(folder)
    if chosen.says_name:
        return saelens.read_saelens(folder, name)
    if name is None:
        raise Refused(
            f"{folder} does not say which model reference and site the dictionary belongs to.",
            why=f"The format {chosen.name} has no word for it.",
            do="Say it: 'clearspan features import FOLDER --model … --site …'.",
        )
    return chosen.read(folder, name)


def write_dictionary(dictionary: Dictionary, folder: Path, format_name: str) -> None:
    """Write a dictionary in any known format, whole or not at all.

    Raises:
        NotFound: there is no such format.
        Refused: the format cannot say what the dictionary is.
        StorageError: the disk did not take it.
    """
    named_format(format_name).write(dictionary, folder)


def named_format(name: str) -> Format:
    """A format by its name.

    Raises:
        NotFound: there is none.
    """
    if name not in FORMATS:
        raise NotFound(f"There is no format '{name:.40}'.", do=f"Known are {', '.join(FORMATS)}.")
    return FORMATS[name]
