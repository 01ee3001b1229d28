"""What the library needs of a reader. One file a format beside this one."""

from dataclasses import dataclass
from typing import Protocol

from clearspan.library.readers.reading import Reading


class Reader(Protocol):
    """Turns the bytes of a source into text."""

    def __call__(self, data: bytes, name: str, charset: str | None) -> Reading:
        """Read a source.

        Args:
            data: its bytes.
            name: its file name, for messages.
            charset: the encoding that its server or sender declared, if any.

        Raises:
            BadInput: says what is wrong with the source.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format that the library reads.

    Attributes:
        media_types: by which servers declare it; the first is stored.
        endings: of file names, with their dot, in small letters.
        read: imports what is heavy when it is called.
    """

    media_types: tuple[str, ...]
    endings: tuple[str, ...]
    read: Reader
