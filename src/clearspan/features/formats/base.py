"""What a format of dictionaries is. One file a format beside this one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.names import DictionaryName


@dataclass(frozen=True, slots=True)
class DictionaryFormat:
    """A way in which a dictionary lies in a folder.

    Attributes:
        files: what must be there, the weights first.
        read: opens a dictionary and gives it a name, which may be None where `says_name`. Raises NotFound for a
            missing file, BadInput for a damaged one, Refused for what Clearspan does not compute.
        write: writes a dictionary, whole or not at all. Raises Refused for what the format cannot say, StorageError
            where the disk does not take it.
        says_name: whether the files can say which model and site the dictionary belongs to, as names write them.
    """

    files: tuple[str, ...]
    read: Callable[[Path, DictionaryName], Dictionary]
    write: Callable[[Dictionary, Path], None]
    says_name: bool = False
