"""PDF, page by page; paragraphs and headings by the distance and height of lines."""

import binascii
import importlib
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

from clearspan.errors import BadInput, TooLarge
from clearspan.library.inflating import size_of_deflated
from clearspan.library.readers.base import Format
from clearspan.library.readers.pdf.visible import Visible
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, normalise, one_line

_pdfium = threading.Lock()  # PDFium must not be entered by two threads at once
_TAIL = 4096
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\r|\n)")
_HEADER = 2048
"""Bytes before a stream within which its filters are looked for."""
_MAX_STREAM = 120_000_000
_SOFT_HYPHENS = "\x02\xad￾"
_NEW_PARAGRAPH = 1.35  # times the usual distance of lines
_HEADING = 1.15  # times the usual height of letters
_MAX_HEADING_WORDS = 20
_ITEM = re.compile(r"\s*(?:[-•‣◦▪–]|\(?\d{1,3}[.)])\s+\S")
_MADE_UP_TITLE = re.compile(r"(?i)(untitled|document\d*|microsoft word - .*|.*\.(docx?|tex|dvi|indd|pdf))")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    bottom: float
    height: float
    hyphenated: bool


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
        title, author, pages, hidden = _open(data, name)
    lines = [line for page in pages for line in page]
    if not lines:
        raise BadInput(
            f"{name} holds no text.",
            why=f"Its {len(pages)} pages are pictures, as scanned pages are.",
            do="Run text recognition on it (for example with ocrmypdf) and add the result.",
        )
    usual = median(line.height for line in lines)
    pitch = _pitch(pages, usual)
    manuscript = Manuscript()
    for page in pages:
        manuscript.page()
        _lay_out(page, usual, pitch, manuscript)
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    own_title = "" if _MADE_UP_TITLE.fullmatch(title) else title
    return Reading(
        text=manuscript.text,
        title=own_title or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        page_starts=manuscript.page_starts,
        author=author or None,
        hidden=hidden[:MOST_HIDDEN],
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


def _open(data: bytes, name: str) -> tuple[str, str, list[list[_Line]], str]:
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
        hidden: list[str] = []
        pages = [list(_lines(document, index, hidden)) for index in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise _damaged(name, "One of its pages cannot be opened.") from error
    finally:
        document.close()
    return one_line(said.get("Title", "")), one_line(said.get("Author", "")), pages, "\n".join(hidden)


def _lines(document: Any, index: int, hidden: list[str]) -> Iterator[_Line]:
    page = document[index]
    text_page = page.get_textpage()
    try:
        start = 0
        characters, unseen = _characters(text_page, Visible(page))
        if text := one_line(unseen):
            hidden.append(text)
        for end in [*(i for i, one in enumerate(characters) if one == "\n"), len(characters)]:
            line = _line(text_page, characters, start, end)
            if line is not None:
                yield line
            start = end + 1
    finally:
        text_page.close()
        page.close()


def _characters(text_page: Any, visible: Visible) -> tuple[list[str], str]:
    """Each character, empty where it is not seen, and together those that are not."""
    # One by one, since the text as a whole leaves characters out and its indices would not fit the boxes.
    code_of = importlib.import_module("pypdfium2.raw").FPDFText_GetUnicode
    codes = (int(code_of(text_page, i)) for i in range(text_page.count_chars()))
    every = [chr(code) if code < 0x110000 else "�" for code in codes]
    shown = [visible.shows(text_page, i) for i in range(len(every))]
    unseen = "".join(one for one, seen in zip(every, shown, strict=True) if not seen or one.isspace())
    return [one if seen else "" for one, seen in zip(every, shown, strict=True)], unseen


def _line(text_page: Any, characters: Sequence[str], start: int, end: int) -> _Line | None:
    raw = "".join(characters[start:end]).rstrip()
    hyphenated = raw.endswith(tuple(_SOFT_HYPHENS))
    text = one_line(raw.translate(dict.fromkeys(map(ord, _SOFT_HYPHENS))))
    if not text:
        return None
    seen = next(i for i in range(start, end) if characters[i].strip())
    _, bottom, _, top = text_page.get_charbox(seen, loose=True)
    return _Line(text, bottom, top - bottom, hyphenated)


def _pitch(pages: Sequence[Sequence[_Line]], usual: float) -> float:
    """The distance of lines within paragraphs: that of the closest quarter."""
    gaps = [a.bottom - b.bottom for page in pages for a, b in pairwise(page) if a.bottom > b.bottom]
    return quantiles(gaps, n=4)[0] if len(gaps) > 1 else usual * 1.2


def _lay_out(lines: Sequence[_Line], usual: float, pitch: float, manuscript: Manuscript) -> None:
    """Lines become paragraphs: parted by a wide gap, a change of height, a list marker."""
    paragraph: list[_Line] = []
    for line in lines:
        if paragraph and _parts(paragraph[-1], line, pitch):
            _end(paragraph, usual, manuscript)
            paragraph = []
        paragraph.append(line)
    _end(paragraph, usual, manuscript)


def _parts(above: _Line, below: _Line, pitch: float) -> bool:
    gap = above.bottom - below.bottom
    resized = max(above.height, below.height) > _HEADING * min(above.height, below.height)
    return gap > _NEW_PARAGRAPH * pitch or gap < -pitch or resized or bool(_ITEM.match(below.text))


def _end(paragraph: Sequence[_Line], usual: float, manuscript: Manuscript) -> None:
    text = ""
    for line in paragraph:
        text += line.text if line.hyphenated else f"{line.text}\n"
    text = normalise(text).strip()
    large = bool(paragraph) and paragraph[0].height > _HEADING * usual
    if large and len(text.split()) <= _MAX_HEADING_WORDS:
        manuscript.heading(text)
    else:
        manuscript.paragraph(text)


def _damaged(name: str, why: str) -> BadInput:
    return BadInput(
        f"{name} cannot be read as a PDF.", why=why, do="Download or copy it again, and check that it opens."
    )
