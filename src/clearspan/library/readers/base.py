"""What the library needs of a reader. One file a format beside this one."""

from dataclasses import dataclass
from typing import Protocol, cast

from clearspan.errors import BadInput
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

    Raises:
        BadInput: one of them is not what it must be; says which.
    """

    media_types: tuple[str, ...]
    endings: tuple[str, ...]
    read: Reader

    def __post_init__(self) -> None:
        if fault := self._fault():
            raise BadInput(
                f"This is no format of documents: {fault}.", do="Correct it where the format is made."
            )

    def _fault(self) -> str:
        for name, marks in (("media_types", self.media_types), ("endings", self.endings)):
            # A package is not always type-checked; a text would be taken letter by letter.
            if not isinstance(cast(object, marks), tuple):
                return f"{name} must be a tuple of texts, and are {marks!r:.60}"
        if any(not ending.startswith(".") or ending != ending.lower() for ending in self.endings):
            return f"endings must begin with a dot and be in small letters, and are {self.endings!r:.60}"
        return "" if callable(self.read) else f"read must be a function, and is {self.read!r:.60}"
