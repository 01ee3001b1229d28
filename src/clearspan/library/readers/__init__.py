"""Readers: one module a format, and those of other packages.

A package adds one under the entry point group `clearspan.readers`: a `Format`.
"""

from collections.abc import Callable
from functools import cache
from pathlib import PurePosixPath

from clearspan.errors import BadInput, ClearspanError
from clearspan.library.originals import Original
from clearspan.library.readers.base import Format
from clearspan.library.readers.reading import Reading
from clearspan.plugins import Plugins, doubled

_MODULES = {
    "markdown": "markdown",
    "text": "data.text",
    "html": "html",
    "pdf": "pdf.reader",
    "docx": "office.docx",
    "xlsx": "office.xlsx",
    "pptx": "office.pptx",
    "odf": "office.odf",
    "epub": "office.epub",
    "csv": "data.csv",
    "records": "data.records",
    "mail": "data.mail",
    "notebook": "data.notebook",
    "rst": "data.rst",
}

DOCUMENT_FORMATS: Plugins[Format] = Plugins(
    "clearspan.readers",
    "reader",
    {name: f"{__name__}.{module}:FORMAT" for name, module in _MODULES.items()},
    Format,
)


class UnknownFormat(BadInput):
    """No reader takes the format of a source."""


def format_of(name: str, media_type: str | None = None) -> Format:
    """The format of a source by its media type where one is declared, else by the ending of its name.

    Raises:
        UnknownFormat: no reader takes it; says which formats are read.
        BadInput: a package that adds a reader cannot be used.
    """
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    known = _by(_media_types).get(media_type) if media_type else _by(_endings).get(ending)
    if known is not None:
        return known
    raise UnknownFormat(
        f"{name} is in a format that the library does not read.",
        why=f"Its {f'type is {media_type}' if media_type else f'ending is {ending!r}'}.",
        do=f"Save it as one of these: {' '.join(one.endings[0] for one in DOCUMENT_FORMATS.all().values())}.",
    )


def read(known: Format, original: Original) -> Reading:
    """Read a source.

    Raises:
        BadInput: it is damaged, protected, empty or otherwise without text; says which.
    """
    try:
        reading = known.read(original.data, original.name, original.charset)
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


def _media_types(known: Format) -> tuple[str, ...]:
    return known.media_types


def _endings(known: Format) -> tuple[str, ...]:
    return known.endings


@cache
def _by(marks: Callable[[Format], tuple[str, ...]]) -> dict[str, Format]:
    """Formats by what they are recognised by; a mark that two packages claim is refused."""
    owners: dict[str, str] = {}
    found: dict[str, Format] = {}
    for name, known in DOCUMENT_FORMATS.all().items():
        for mark in marks(known):
            if mark in owners:
                raise doubled(
                    f"the reader of {mark}", [DOCUMENT_FORMATS.package(one) for one in (owners[mark], name)]
                )
            owners[mark], found[mark] = name, known
    return found
