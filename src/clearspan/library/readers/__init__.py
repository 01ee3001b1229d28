"""Readers: one module a format, each imported when the first source of its format comes."""

import importlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol, cast

from clearspan.errors import BadInput, ClearspanError
from clearspan.library.originals import Original
from clearspan.library.readers.reading import Reading


class UnknownFormat(BadInput):
    """No reader takes the format of a source."""


class Reader(Protocol):
    """The function `read` of a reader module.

    Args of a call: the bytes of the source; its file name, for messages; the encoding that its server or
    sender declared, if any. Raises BadInput saying what is wrong with the source.
    """

    def __call__(self, data: bytes, name: str, charset: str | None) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format that the library reads, by its media types (the first is stored) and file endings."""

    media_types: tuple[str, ...]
    endings: tuple[str, ...]
    module: str

    def reader(self) -> Reader:
        """The reader, imported now."""
        return cast(Reader, importlib.import_module(f"{__name__}.{self.module}").read)


FORMATS = (
    Format(("text/markdown", "text/x-markdown"), (".md", ".markdown", ".mdown"), "markdown"),
    Format(("text/plain",), (".txt", ".text", ".log"), "text"),
    Format(("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml"), "html"),
    Format(("application/pdf",), (".pdf",), "pdf"),
    Format(("application/vnd.openxmlformats-officedocument.wordprocessingml.document",), (".docx",), "docx"),
)


def format_of(name: str, media_type: str | None = None) -> Format:
    """The format of a source by its media type where one is declared, else by the ending of its name.

    Raises:
        UnknownFormat: no reader takes it; says which formats are read.
    """
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    for known in FORMATS:
        if media_type in known.media_types if media_type else ending in known.endings:
            return known
    raise UnknownFormat(
        f"{name} is in a format that the library does not read.",
        why=f"Its {f'type is {media_type}' if media_type else f'ending is {ending!r}'}.",
        do=f"Save it as one of these: {' '.join(one.endings[0] for one in FORMATS)}.",
    )


def read(known: Format, original: Original) -> Reading:
    """Read a source.

    Raises:
        BadInput: it is damaged, protected, empty or otherwise without text; says which.
    """
    try:
        reading = known.reader()(original.data, original.name, original.charset)
    except ClearspanError:
        raise
    except Exception as error:  # parsers meet strange files in strange ways; one must not stop the others
        raise BadInput(
            f"{original.name} could not be read.",
            why=f"Its reader gave up: {type(error).__name__}: {str(error)[:200]}".rstrip(" :") + ".",
            do="Open it in the program that made it, save it anew, and add that.",
        ) from error
    if not reading.text.strip():
        raise BadInput(
            f"{original.name} holds no text.",
            why="Nothing is left once its marks are taken away.",
            do="Leave it out.",
        )
    return reading
