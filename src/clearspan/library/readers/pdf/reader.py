"""PDF, page by page; paragraphs and headings by the distance and height of lines."""

import binascii
import importlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clearspan.errors import BadInput, TooLarge
from clearspan.library.inflating import size_of_deflated
from clearspan.library.readers.base import Format
from clearspan.library.readers.pdf.fields import with_fields
from clearspan.library.readers.pdf.layout import arranged
from clearspan.library.readers.pdf.letters import segments
from clearspan.library.readers.pdf.paragraphs import Item, set_pages
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, not_read, one_line

_pdfium = threading.Lock()  # PDFium must not be entered by two threads at once
_TAIL = 4096
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\r|\n)")
_HEADER = 2048
"""Bytes before a stream within which its filters are looked for."""
_MAX_STREAM = 120_000_000
_MADE_UP_TITLE = re.compile(r"(?i)(untitled|document\d*|microsoft word - .*|.*\.(docx?|tex|dvi|indd|pdf))")


@dataclass(slots=True)
class _Opened:
    """What was found in a file."""

    title: str
    author: str
    pages: list[list[Item]] = field(default_factory=list[list[Item]])
    hidden: list[str] = field(default_factory=list[str])
    pictures: int = 0


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Text with the offset at which each page begins.

    Raises:
        BadInput: the file is cut off, damaged, protected by a password, or has pictures of text only.
    """
    del charset
    if not data.lstrip()[:1024].startswith(b"%PDF-") and b"%PDF-" not in data[:1024]:
        raise _damaged(name, "It does not begin as a PDF does.")
    if b"%%EOF" not in data[-_TAIL:]:
        raise _damaged(name, "Its end is missing: it was cut off while it was copied or downloaded.")
    _check_streams(data, name)
    with _pdfium:
        found = _open(data, name)
    without = sum(not page for page in found.pages)
    if without == len(found.pages):
        raise BadInput(
            f"{name} holds no text.",
            why=f"Its {len(found.pages)} pages are pictures, as scanned pages are.",
            do="Run text recognition on it (for example with ocrmypdf) and add the result.",
        )
    manuscript = Manuscript()
    set_pages(found.pages, manuscript)
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    own_title = "" if _MADE_UP_TITLE.fullmatch(found.title) else found.title
    return Reading(
        text=manuscript.text,
        title=own_title or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        page_starts=manuscript.page_starts,
        author=found.author or None,
        hidden="\n".join(found.hidden)[:MOST_HIDDEN],
        left_out=not_read({"picture": found.pictures, "page without text": without}),
    )


FORMAT = Format(("application/pdf",), (".pdf",), read)


def _check_streams(data: bytes, name: str) -> None:
    """Refuse a file one of whose packed streams is larger than any page's, before PDFium unpacks it in one piece."""
    for opening in _STREAM.finditer(data):
        before = data[max(0, opening.start() - _HEADER) : opening.start()].rpartition(b"obj")[2]
        packed: bytes | memoryview = memoryview(data)[opening.end() :]
        if b"/ASCIIHexDecode" in before or b"/AHx" in before:
            digits = data[opening.end() : data.find(b">", opening.end())]
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", digits)
            packed = binascii.unhexlify(digits[: len(digits) // 2 * 2])
        if size_of_deflated(packed, _MAX_STREAM) > _MAX_STREAM:
            raise TooLarge(
                f"{name} was not opened: one of its parts unpacks to more than {_MAX_STREAM / 1e6:,.0f} MB.",
                why="Pages are not packed so tightly; files made to fill up memory are.",
                do="If you trust it, print it to a new PDF and add that.",
            )


def _open(data: bytes, name: str) -> _Opened:
    # pypdfium2 carries no types.
    pypdfium2 = importlib.import_module("pypdfium2")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise BadInput(
                f"{name} is protected by a password.", do="Save it without a password and add that."
            ) from error
        raise _damaged(name, "Its inner tables do not fit together.") from error
    try:
        said = document.get_metadata_dict(skip_empty=True)
        found = _Opened(one_line(said.get("Title", "")), one_line(said.get("Author", "")))
        document.init_forms()
        for index in range(len(document)):
            found.pages.append(list(_page(document, index, found)))
    except pypdfium2.PdfiumError as error:
        raise _damaged(name, "One of its pages cannot be opened.") from error
    finally:
        document.close()
    return found


def _page(document: Any, index: int, found: _Opened) -> Iterator[Item]:
    raw = importlib.import_module("pypdfium2.raw")
    page = document[index]
    try:
        lines = with_fields(segments(page, found.hidden), page, document.formenv)
        found.pictures += sum(1 for _ in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
    finally:
        page.close()
    yield from arranged(lines)


def _damaged(name: str, why: str) -> BadInput:
    return BadInput(
        f"{name} cannot be read as a PDF.", why=why, do="Download or copy it again, and check that it opens."
    )
