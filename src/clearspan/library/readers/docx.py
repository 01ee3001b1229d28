"""DOCX."""

import io
import zipfile
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from clearspan.errors import BadInput, TooLarge
from clearspan.library.readers.base import Format
from clearspan.library.readers.colours import alike, colour
from clearspan.library.readers.direction import overridden, straighten
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, one_line

_MAX_INFLATED = 400_000_000
_MAX_RATIO = 40
"""What a document inflates to, in multiples of its file, from which it is no document; those of word processors are
below 20."""
_RATIO_COUNTS_FROM = 15_000_000
_MAX_PARTS = 10_000
_TINY = 3
"""Half points of type that nobody reads."""


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Paragraphs in order; headings by their styles; list items and table rows a line each.

    The size of everything inside is checked before anything is inflated.
    """
    del charset
    _check_archive(data, name)
    import docx

    try:
        document: Any = docx.Document(io.BytesIO(data))
    except (ValueError, KeyError, zipfile.BadZipFile, SyntaxError) as error:
        raise _damaged(name) from error
    styles = {style.style_id: (style.name or "").lower() for style in document.styles}
    manuscript = Manuscript()
    hidden: list[str] = []
    unseen = {style.style_id for style in document.styles if _hides(style.element)}
    layout = _Layout(styles, unseen, manuscript, hidden)
    layout.blocks(document.element.body)
    properties = document.core_properties
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return Reading(
        text=manuscript.text,
        title=one_line(properties.title) or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        author=one_line(properties.author).replace("python-docx", "") or None,
        hidden="\n".join(filter(None, (one_line(" ".join(hidden)), *layout.turned)))[:MOST_HIDDEN],
    )


FORMAT = Format(
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",), (".docx",), read
)


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _damaged(name) from error
    inflated = sum(part.file_size for part in parts)
    # Of the whole: parts may share their packed bytes, and many small ones swell as well as one.
    swollen = inflated > _RATIO_COUNTS_FROM and inflated > _MAX_RATIO * len(data)
    if swollen or inflated > _MAX_INFLATED or len(parts) > _MAX_PARTS:
        raise TooLarge(
            f"{name} was not opened: inflated it would be {inflated / 1e6:,.0f} MB.",
            why="It is packed far more tightly than documents are, as files made to fill up memory are.",
            do="If you trust it, save it anew in a word processor and add that.",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise BadInput(f"{name} is protected by a password.", do="Save it without a password and add that.")


def _damaged(name: str) -> BadInput:
    return BadInput(
        f"{name} cannot be read as a DOCX file.",
        why="It is damaged, incomplete, or protected by a password.",
        do="Open it in a word processor, save it anew without a password, and add that.",
    )


class _Layout:
    """Walks the body of a document; inserted text counts, deleted text does not."""

    def __init__(
        self, styles: dict[str, str], unseen: set[str], manuscript: Manuscript, hidden: list[str]
    ) -> None:
        self._styles = styles
        self._unseen = unseen
        self._manuscript = manuscript
        self._hidden = hidden
        self._items: list[str] = []
        self.turned: list[str] = []

    def blocks(self, parent: Any) -> None:
        self._walk(parent)
        self._end_list()

    def _walk(self, parent: Any) -> None:
        for child in parent:
            tag = _local(child)
            if tag == "p":
                self._paragraph(child)
            elif tag == "tbl":
                self._end_list()
                self._table(child)
            elif tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
                self._walk(child)

    def _paragraph(self, paragraph: Any) -> None:
        text = self._text(paragraph)
        style = self._styles.get(_style_id(paragraph), "")
        if style.startswith(("heading", "title")):
            self._end_list()
            self._manuscript.heading(text)
        elif style.startswith("list") or any(_local(one) == "numPr" for one in paragraph.iter()):
            if one_line(text):
                self._items.append(f"- {text}")
        else:
            self._end_list()
            self._manuscript.paragraph(text)

    def _end_list(self) -> None:
        self._manuscript.lines(self._items)
        self._items.clear()

    def _table(self, table: Any) -> None:
        rows = [row for row in table if _local(row) == "tr"]
        cells = [[cell for cell in row if _local(cell) == "tc"] for row in rows]
        if all(len(row) < 2 for row in cells):
            # A frame around text, not data.
            for row in cells:
                for cell in row:
                    self.blocks(cell)
            return
        self._manuscript.table([[text for cell in row for text in self._cell(cell)] for row in cells])

    def _cell(self, cell: Any) -> list[str]:
        """A cell's text, then an empty one for each further column that it spans."""
        spans = [one for one in cell.iter() if _local(one) == "gridSpan"]
        width = int(_attribute(spans[0], "val") or 1) if spans else 1
        paragraphs = (self._text(one) for one in cell.iter() if _local(one) == "p")
        return [" ".join(paragraphs), *[""] * (min(width, 50) - 1)]

    def _text(self, paragraph: Any) -> str:
        whole = _style_id(paragraph) in self._unseen
        return straighten("".join(_text(paragraph, self._unseen, self._hidden, whole=whole)), self.turned)


def _hides(element: Any) -> bool:
    """Whether the properties of a run or a style make its text unseen: hidden, tiny, or white on white."""
    properties = next((child for child in element if _local(child) == "rPr"), None)
    if properties is None:
        return False
    values = {_local(one): _attribute(one, "val") for one in properties}
    if values.get("vanish", "0") in ("", "1", "true", "on"):
        return True
    if values.get("sz", "").isdecimal() and int(values["sz"]) <= _TINY:
        return True
    ink = colour(values.get("color", ""))
    if ink is None or not alike(ink, (255, 255, 255)) or "highlight" in values:
        return False
    around = [*element, *(part for one in element.iterancestors() for part in takewhile(_is_properties, one))]
    fills = [_attribute(shade, "fill") for part in around for shade in part if _local(shade) == "shd"]
    return all((ground := colour(fill)) is None or alike(ink, ground) for fill in fills)


def _is_properties(element: Any) -> bool:
    # They stand before all else; what follows them may be the whole document.
    return _local(element).endswith(("Pr", "PrEx"))


def _text(element: Any, unseen: set[str], hidden: list[str], *, whole: bool) -> Iterator[str]:
    """Text of runs that are seen; of a picture with a substitute for old programs, only the first."""
    for child in element:
        tag = _local(child)
        if tag == "r" and (whole or _hides(child) or _style_id(child, "rStyle") in unseen):
            hidden.append("".join(_text(child, set(), hidden, whole=False)))
        elif tag == "t":
            yield child.text or ""
        elif tag in ("tab", "ptab"):
            yield "\t"
        elif tag in ("br", "cr"):
            yield "\n"
        elif tag == "noBreakHyphen":
            yield "-"
        elif tag == "bdo":
            inner = "".join(_text(child, unseen, hidden, whole=whole))
            yield overridden(inner, leftwards=_attribute(child, "val") == "rtl")
        elif tag not in ("del", "moveFrom", "Fallback", "pPr", "rPr", "instrText"):
            yield from _text(child, unseen, hidden, whole=whole)


def _style_id(paragraph: Any, kind: str = "pStyle") -> str:
    for one in paragraph.iter():
        if _local(one) == kind:
            return _attribute(one, "val")
    return ""


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.endswith(f"}}{name}")), "")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
