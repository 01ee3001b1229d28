"""DOCX, and the same in its strict form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clearspan.library.readers.base import Format
from clearspan.library.readers.direction import straighten
from clearspan.library.readers.office.archive import ZippedDocument, attribute, child, is_on, local
from clearspan.library.readers.office.numbering import ParagraphNumbers
from clearspan.library.readers.office.runs import Margin, RunLook, is_prompt, look_of, paragraph_text
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, not_read, one_line
from clearspan.library.readers.tables import TableCell, TableRow, table_lines

_WRAPPERS = frozenset("sdt sdtContent ins moveTo customXml smartTag AlternateContent Choice".split())
_PAGE_NUMBER = re.compile(r"(?:page|seite|p\.)?\W*\d*(?:\W*(?:of|von|/)\W*\d*)?\W*", re.IGNORECASE)
_SPACES = re.compile("  +")
_DEEPEST_STYLE = 12


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Paragraphs in order; headings by their styles; list items and table rows a line each; headers and footers once.

    Insertions count, deletions and what is struck out do not; comments are left out. The size of everything inside is
    checked before anything is inflated.
    """
    del charset
    package = ZippedDocument(data, name, "a DOCX")
    main = package.of_kind("", "officeDocument")
    document = None if main is None else package.tree(main)
    body = None if document is None else child(document, "body")
    if main is None or body is None:
        raise package.damaged()
    layout = _WordLayout(package, main)
    layout.whole(body)
    title, author = package.properties()
    manuscript, margin = layout.manuscript, layout.margin
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return Reading(
        text=manuscript.text,
        title=one_line(title) or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        author=one_line(author).replace("python-docx", "") or None,
        hidden="\n".join(filter(None, (one_line(" ".join(margin.hidden)), *layout.turned)))[:MOST_HIDDEN],
        left_out=not_read(margin.unread),
    )


FORMAT = Format(
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",), (".docx", ".docm"), read
)


@dataclass(frozen=True, slots=True)
class _WordStyle:
    name: str
    look: RunLook
    list_id: str = ""
    level: int | None = None
    outline: str = ""
    based_on: str = ""


class _WordLayout:
    """Walks the body of a document."""

    def __init__(self, package: ZippedDocument, main: str) -> None:
        self._package = package
        self._related = package.related(main)
        trees = {kind: package.tree(path) for kind, path in self._related.values() if kind in _SIDE_PARTS}
        self._styles = _styles(trees.get("styles"))
        self._looks = {identity: self._whole_look(identity) for identity in self._styles}
        self._numbers = ParagraphNumbers(trees.get("numbering"))
        self._notes = {
            (kind, attribute(note, "id")): note
            for kind in ("footnote", "endnote")
            for note in (() if trees.get(f"{kind}s") is None else trees[f"{kind}s"])
        }
        self.manuscript = Manuscript()
        self.margin = Margin()
        self.turned: list[str] = []
        self._items: list[str] = []
        self._noted = 0

    def whole(self, body: Any) -> None:
        """The body, the headers of its pages before it and the footers after it."""
        edges = [one for section in body.iter() if local(section) == "sectPr" for one in section]
        for kind, before in (("headerReference", True), ("footerReference", False)):
            texts = dict.fromkeys(text for one in edges if local(one) == kind for text in self._edge(one))
            if before:
                self._paragraphs(texts)
                self._walk(body)
                self._end_block()
            else:
                self._paragraphs(texts)

    def _edge(self, reference: Any) -> Iterator[str]:
        """What a header or a footer says, its page numbers apart."""
        _, path = self._related.get(attribute(reference, "id"), ("", ""))
        root = self._package.tree(path)
        for one in () if root is None else root.iter():
            if local(one) == "p" and (text := one_line(self._text(one))) and not _PAGE_NUMBER.fullmatch(text):
                yield text

    def _paragraphs(self, texts: dict[str, None]) -> None:
        for text in texts:
            self.manuscript.paragraph(text)

    def _walk(self, parent: Any) -> None:
        for one in parent:
            tag = local(one)
            if tag == "p":
                self._paragraph(one)
            elif tag == "tbl":
                self._end_block()
                self._table(one)
                self._end_block()
            elif tag in _WRAPPERS and not is_prompt(one):
                self._walk(one)
            elif tag == "altChunk":
                self.margin.unread["embedded document"] += 1

    def _paragraph(self, paragraph: Any) -> None:
        listed, level = self._list_of(paragraph)
        style = self._styles.get(_style_id(paragraph), _WordStyle("", RunLook()))
        heading = self._is_heading(paragraph)
        in_list = not heading and (listed not in ("", "0") or style.name.startswith("list "))
        if not in_list:
            # Before its text is read, for its own notes and boxes come after it.
            self._end_block()
        text = _SPACES.sub(" ", self._text(paragraph))
        marker = self._numbers.next(listed, level) if one_line(text) else ""
        numbered = f"{marker} {text}" if marker not in ("", "-") else text
        if heading:
            self.manuscript.heading(numbered)
        elif in_list and one_line(text):
            self._items.append(numbered if marker not in ("", "-") else f"- {text}")
        elif not in_list:
            self.manuscript.paragraph(text)
        if not in_list:
            self._end_block()

    def _end_list(self) -> None:
        self.manuscript.lines(self._items)
        self._items.clear()

    def _end_block(self) -> None:
        """The end of a list, table or paragraph: here follow the notes and the text boxes that belong to it."""
        self._end_list()
        while self.margin.notes:
            note = self._notes.pop(self.margin.notes.pop(0), None)
            text = "" if note is None else one_line(" ".join(map(self._text, _within(note, "p"))))
            if text:
                self._noted += 1
                self.manuscript.paragraph(f"Note {self._noted}: {text}")
        while self.margin.boxes:
            self._walk(self.margin.boxes.pop(0))
            self._end_list()

    def _is_heading(self, paragraph: Any) -> bool:
        outline = child(paragraph, "pPr", "outlineLvl")
        if outline is not None:
            return attribute(outline, "val") in tuple("012345678")
        for style in self._chain(_style_id(paragraph)):
            if style.outline in tuple("012345678") or style.name.startswith(("heading", "title")):
                return True
        return False

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        """The list that a paragraph or its style is numbered in, and the level; an empty id where it is in none."""
        chain = list(self._chain(_style_id(paragraph)))
        own_id, own_level = (child(paragraph, "pPr", "numPr", name) for name in ("numId", "ilvl"))
        styled = next((style.list_id for style in chain if style.list_id), "")
        said = "" if own_level is None else attribute(own_level, "val")
        level = int(said) if said.isdecimal() else next((s.level for s in chain if s.level is not None), 0)
        return (styled if own_id is None else attribute(own_id, "val")), level

    def _table(self, table: Any) -> None:
        rows = [row for row in _unwrapped(table, "tr") if child(row, "trPr", "del") is None]
        cells = [list(_unwrapped(row, "tc")) for row in rows]
        if all(len(row) < 2 for row in cells) or any(
            True for row in cells for cell in row for _ in _within(cell, "tbl")
        ):
            # A frame around text, not data.
            for row in cells:
                for cell in row:
                    self._walk(cell)
                    self._end_list()
            return
        self.manuscript.lines(table_lines(list(self._rows(rows, cells))))

    def _rows(self, rows: list[Any], cells: list[list[Any]]) -> Iterator[TableRow]:
        """The rows, a cell that goes on downwards told once with the number of its rows."""
        heights = _heights(rows, cells)
        for row, inside in zip(rows, cells, strict=True):
            told = [
                TableCell(self._cell_text(cell), heights[id(cell)], _columns(cell))
                for cell in inside
                if id(cell) in heights
            ]
            shift = child(row, "trPr", "gridBefore")
            if shift is not None:
                told.insert(0, TableCell("", columns=_count(shift)))
            yield TableRow(told, heads=is_on(child(row, "trPr", "tblHeader")))

    def _cell_text(self, cell: Any) -> str:
        lines: list[str] = []
        for paragraph in _within(cell, "p"):
            text = self._text(paragraph)
            marker = self._numbers.next(*self._list_of(paragraph)) if one_line(text) else ""
            lines.append(f"{marker} {text}" if marker not in ("", "-") else text)
        return "\n".join(lines)

    def _text(self, paragraph: Any) -> str:
        look = self._looks.get(_style_id(paragraph), RunLook())
        return straighten(
            paragraph_text(paragraph, self._looks, self.margin, hidden=look.hidden), self.turned
        )

    def _chain(self, identity: str) -> Iterator[_WordStyle]:
        """A style and those that it is based on."""
        for _ in range(_DEEPEST_STYLE):
            style = self._styles.get(identity)
            if style is None:
                return
            yield style
            identity = style.based_on

    def _whole_look(self, identity: str) -> RunLook:
        looks = [style.look for style in self._chain(identity)]
        return RunLook(
            hidden=any(look.hidden for look in looks),
            struck=any(look.struck for look in looks),
            stands=next((look.stands for look in looks if look.stands), ""),
        )


_SIDE_PARTS = ("styles", "numbering", "footnotes", "endnotes")


def _styles(root: Any) -> dict[str, _WordStyle]:
    found: dict[str, _WordStyle] = {}
    for one in () if root is None else root:
        if local(one) != "style":
            continue
        name, above = child(one, "name"), child(one, "basedOn")
        list_id, level = child(one, "pPr", "numPr", "numId"), child(one, "pPr", "numPr", "ilvl")
        outline = child(one, "pPr", "outlineLvl")
        found[attribute(one, "styleId")] = _WordStyle(
            name="" if name is None else attribute(name, "val").lower(),
            look=look_of(one),
            list_id="" if list_id is None else attribute(list_id, "val"),
            level=None if level is None else _count(level) if attribute(level, "val") != "0" else 0,
            outline="" if outline is None else attribute(outline, "val"),
            based_on="" if above is None else attribute(above, "val"),
        )
    return found


def _style_id(paragraph: Any) -> str:
    style = child(paragraph, "pPr", "pStyle")
    return "" if style is None else attribute(style, "val")


def _unwrapped(parent: Any, wanted: str) -> Iterator[Any]:
    """Children of a kind, also those within content controls and marks of changes."""
    for one in parent:
        if local(one) == wanted:
            yield one
        elif local(one) in _WRAPPERS:
            yield from _unwrapped(one, wanted)


def _within(element: Any, wanted: str) -> Iterator[Any]:
    """Elements of a kind below another, those of text boxes and of substitutes for old programs apart."""
    for one in element:
        if local(one) == wanted:
            yield one
        elif local(one) not in ("txbxContent", "Fallback", "r", "p", "del", "moveFrom"):
            yield from _within(one, wanted)


def _heights(rows: list[Any], cells: list[list[Any]]) -> dict[int, int]:
    """How many rows each cell spans, by its identity; cells that only go on with the one above are not in it."""
    heights: dict[int, int] = {}
    open_at: dict[int, int] = {}
    for row, inside in zip(rows, cells, strict=True):
        shift = child(row, "trPr", "gridBefore")
        column = 0 if shift is None else _count(shift)
        going_on: dict[int, int] = {}
        for cell in inside:
            merged = child(cell, "tcPr", "vMerge")
            goes_on = merged is not None and attribute(merged, "val") != "restart"
            if goes_on and column in open_at:
                heights[open_at[column]] += 1
                going_on[column] = open_at[column]
            else:
                heights[id(cell)] = 1
                if merged is not None:
                    going_on[column] = id(cell)
            column += _columns(cell)
        open_at = going_on
    return heights


def _columns(cell: Any) -> int:
    span = child(cell, "tcPr", "gridSpan")
    return 1 if span is None else _count(span)


def _count(element: Any) -> int:
    said = attribute(element, "val")
    return max(1, min(int(said), 1_000)) if said.isdecimal() and len(said) < 10 else 1
