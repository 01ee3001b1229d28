"""PPTX: slide by slide, the title first; tables a row a line; the speaker's notes after their slide."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from clearspan.library.readers.base import Format
from clearspan.library.readers.formulas import lowered, omml, raised
from clearspan.library.readers.office.archive import ZippedDocument, attribute, child, children, local
from clearspan.library.readers.reading import Manuscript, Reading, not_read, one_line
from clearspan.library.readers.tables import TableCell, TableRow, table_lines

_TITLES = ("title", "ctrTitle")
_FRAME = ("dt", "sldNum", "ftr", "hdr")


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Each slide is a page; hidden slides, pictures and charts are counted, not read."""
    del charset
    package = ZippedDocument(data, name, "a PPTX")
    main = package.of_kind("", "officeDocument")
    root = None if main is None else package.tree(main)
    slides = None if root is None else child(root, "sldIdLst")
    if main is None or slides is None:
        raise package.damaged()
    related = package.related(main)
    manuscript = Manuscript()
    unread = {"hidden slide": 0, "picture": 0, "chart or diagram": 0}
    for one in slides:
        identity = next((v for k, v in one.attrib.items() if k.endswith("}id")), "")
        path = related.get(identity, ("", ""))[1]
        slide = package.tree(path)
        if slide is None:
            continue
        if slide.get("show") == "0":
            unread["hidden slide"] += 1
            continue
        manuscript.page()
        _set(slide, manuscript, unread)
        notes = package.of_kind(path, "notesSlide")
        for text in _notes(None if notes is None else package.tree(notes)):
            manuscript.paragraph(text)
    title, author = package.properties()
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return Reading(
        text=manuscript.text,
        title=one_line(title) or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        page_starts=manuscript.page_starts,
        author=one_line(author) or None,
        left_out=not_read(unread),
    )


FORMAT = Format(
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation",), (".pptx", ".pptm"), read
)


def _set(slide: Any, manuscript: Manuscript, unread: dict[str, int]) -> None:
    shapes = list(_shapes(slide))
    for shape in shapes:
        if _place(shape) in _TITLES:
            manuscript.heading(" ".join(_paragraphs(shape)))
    for shape in shapes:
        kind = local(shape)
        table = next((one for one in shape.iter() if local(one) == "tbl"), None)
        if kind == "graphicFrame" and table is not None:
            manuscript.lines(table_lines(list(_rows(table))))
        elif kind == "graphicFrame":
            unread["chart or diagram"] += 1
        elif kind == "pic":
            unread["picture"] += 1
        elif _place(shape) not in (*_TITLES, *_FRAME):
            for text in _paragraphs(shape):
                manuscript.paragraph(text)


def _shapes(parent: Any) -> Iterator[Any]:
    for one in parent:
        if local(one) in ("sp", "pic", "graphicFrame"):
            yield one
        elif local(one) in ("cSld", "spTree", "grpSp", "AlternateContent", "Choice"):
            yield from _shapes(one)


def _place(shape: Any) -> str:
    """What kind of placeholder a shape fills; empty for none."""
    holder = child(shape, "nvSpPr", "nvPr", "ph")
    return "" if holder is None else holder.get("type") or "body"


def _paragraphs(shape: Any) -> Iterator[str]:
    for one in children(shape, "txBody"):
        if local(one) == "p" and (text := one_line(_text(one))):
            yield text


def _text(paragraph: Any) -> str:
    pieces: list[tuple[int, str]] = []
    for one in paragraph:
        if local(one) == "br":
            pieces.append((0, "\n"))
        elif local(one) in ("r", "fld"):
            properties, text = child(one, "rPr"), child(one, "t")
            shift = "0" if properties is None else properties.get("baseline") or "0"
            struck = "noStrike" if properties is None else properties.get("strike") or "noStrike"
            if text is not None and struck == "noStrike":
                stands = 1 if not shift.startswith("-") and shift != "0" else -1 if shift != "0" else 0
                pieces.append((stands, str(text.text or "")))
        elif any(local(inner) == "oMath" for inner in one.iter()):
            pieces.append((0, "".join(omml(inner) for inner in one.iter() if local(inner) == "oMath")))
    write = {1: raised, -1: lowered}
    joined = (
        (stands, "".join(text for _, text in group)) for stands, group in groupby(pieces, key=lambda p: p[0])
    )
    return "".join(write[stands](text) if stands else text for stands, text in joined)


def _rows(table: Any) -> Iterator[TableRow]:
    properties = child(table, "tblPr")
    headed = properties is not None and properties.get("firstRow") in ("1", "true")
    for number, row in enumerate(one for one in table if local(one) == "tr"):
        cells = [cell for cell in row if local(cell) == "tc"]
        own = [cell for cell in cells if not {"hMerge", "vMerge"} & set(cell.attrib)]
        yield TableRow([_cell(cell) for cell in own], heads=headed and number == 0)


def _cell(cell: Any) -> TableCell:
    height, width = (attribute(cell, name) or cell.get(name) or "1" for name in ("rowSpan", "gridSpan"))
    return TableCell("\n".join(_paragraphs(cell)), _span(height), _span(width))


def _span(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 6 else 1


def _notes(notes: Any) -> Iterator[str]:
    texts = [
        text
        for shape in _shapes(() if notes is None else notes)
        if _place(shape) == "body"
        for text in _paragraphs(shape)
    ]
    if texts:
        yield f"Speaker's notes: {' '.join(texts)}"
