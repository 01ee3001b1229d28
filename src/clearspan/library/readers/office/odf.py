"""OpenDocument: texts (ODT) and sheets (ODS)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from clearspan.library.readers.base import Format
from clearspan.library.readers.flow import numeral
from clearspan.library.readers.formulas import lowered, raised
from clearspan.library.readers.office.archive import ZippedDocument, attribute, child, children, local
from clearspan.library.readers.reading import Manuscript, Reading, iso_date, not_read, one_line
from clearspan.library.readers.tables import TableCell, TableRow, table_lines

_MOST_REPEATED = 200
"""Empty or equal cells and rows in a row that are told; sheets end in a million of them."""
_SKIPPED = frozenset(
    ("tracked-changes", "annotation", "annotation-end", "note", "ruby-text", "forms", "sequence-decls")
)


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Headings, paragraphs, lists with their numbers, tables with their spans, notes below what they belong to."""
    del charset
    package = ZippedDocument(data, name, "an OpenDocument")
    content = package.tree("content.xml")
    body = None if content is None else child(content, "body")
    if content is None or body is None:
        raise package.damaged()
    looks = _looks(content) | _looks(package.tree("styles.xml"))
    layout = _OdfLayout(looks)
    for part in body:
        layout.blocks(part)
    meta = {local(one): one_line(str(one.text or "")) for one in children(package.tree("meta.xml"), "meta")}
    manuscript = layout.manuscript
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return Reading(
        text=manuscript.text,
        title=meta.get("title") or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        author=meta.get("initial-creator") or meta.get("creator") or None,
        date=iso_date(meta.get("date", "")),
        left_out=not_read(layout.unread),
    )


FORMAT = Format(
    ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"),
    (".odt", ".ods"),
    read,
)


@dataclass(frozen=True, slots=True)
class _OdfLook:
    """How a style makes text look, and by level what stands before the items of a list of that style."""

    stands: int = 0
    struck: bool = False
    hidden: bool = False
    numbers: tuple[tuple[str, int, str, str], ...] = ()


def _looks(root: Any) -> dict[str, _OdfLook]:
    found: dict[str, _OdfLook] = {}
    for one in () if root is None else root.iter():
        tag = local(one)
        if tag == "style":
            properties = child(one, "text-properties")
            if properties is not None:
                place = attribute(properties, "text-position")
                stands = (
                    -1 if place.startswith(("sub", "-")) else 1 if place and not place.startswith("0") else 0
                )
                line = attribute(properties, "text-line-through-style") or "none"
                found[attribute(one, "name")] = _OdfLook(
                    stands, line != "none", attribute(properties, "display") == "none"
                )
        elif tag == "list-style":
            found[attribute(one, "name")] = _OdfLook(numbers=tuple(_level(level) for level in one))
    return found


def _level(level: Any) -> tuple[str, int, str, str]:
    """The numeral of a level, empty for a bullet; where it starts; what stands before and after it."""
    kind = attribute(level, "num-format") if local(level) == "list-level-style-number" else ""
    start = attribute(level, "start-value")
    return (
        kind,
        int(start) if start.isdecimal() else 1,
        attribute(level, "num-prefix"),
        attribute(level, "num-suffix"),
    )


class _OdfLayout:
    """Walks the body of a text or the sheets of a workbook."""

    def __init__(self, looks: Mapping[str, _OdfLook]) -> None:
        self._looks = looks
        self._notes: list[Any] = []
        self._boxes: list[Any] = []
        self._counted: dict[str, int] = {}
        self.manuscript = Manuscript()
        self.unread: Counter[str] = Counter()

    def blocks(self, parent: Any) -> None:
        for one in parent:
            tag = local(one)
            if (
                attribute(one, "display") == "none"
                or self._looks.get(attribute(one, "style-name"), _OdfLook()).hidden
            ):
                self.unread["hidden passage"] += 1
            elif tag == "h":
                self.manuscript.heading(self._text(one))
            elif tag == "p":
                self.manuscript.paragraph(self._text(one))
            elif tag == "list":
                self.manuscript.lines(list(self._items(one, attribute(one, "style-name"), 0)))
            elif tag == "table":
                self._table(one)
            elif tag not in _SKIPPED:
                self.blocks(one)
            self._beside()

    def _beside(self) -> None:
        """The notes and the text boxes of what was laid out last."""
        while self._notes:
            note = self._notes.pop(0)
            text = " ".join(self._text(one) for one in children(note, "note-body"))
            mark = child(note, "note-citation")
            number = "" if mark is None else one_line("".join(mark.itertext()))
            self.manuscript.paragraph(f"Note {number}: {text}" if number.isdecimal() else f"Note: {text}")
        while self._boxes:
            self.blocks(self._boxes.pop(0))

    def _items(self, element: Any, style: str, level: int) -> Iterator[str]:
        numbers = self._looks.get(style, _OdfLook()).numbers
        kind, start, before, after = numbers[level] if level < len(numbers) else ("", 1, "", "")
        goes_on = attribute(element, "continue-numbering") == "true"
        number = self._counted.get(style, start) if goes_on else start
        for item in element:
            told = attribute(item, "start-value")
            number = int(told) if told.isdecimal() else number
            marker = f"{before}{numeral(number, kind)}{after or '.'}" if kind else "-"
            for part in item:
                if local(part) == "list":
                    yield from self._items(part, attribute(part, "style-name") or style, level + 1)
                elif local(part) in ("p", "h") and (text := one_line(self._text(part))):
                    yield f"{marker} {text}" if local(item) == "list-item" else text
                    marker = ""
            number += 1
        self._counted[style] = number

    def _table(self, table: Any) -> None:
        if attribute(table, "display") == "false":
            self.unread["hidden sheet"] += 1
            return
        rows = list(self._rows(table))
        if (
            sum(any(cell.text for cell in row.cells) for row in rows)
            and local(table.getparent()) == "spreadsheet"
        ):
            self.manuscript.heading(attribute(table, "name"))
        self.manuscript.lines(table_lines(rows))

    def _rows(self, parent: Any, *, heads: bool = False) -> Iterator[TableRow]:
        for one in parent:
            if attribute(one, "visibility") in ("collapse", "filter"):
                self.unread["hidden row"] += 1
            elif local(one) == "table-row":
                cells = list(self._cells(one))
                repeated = min(_whole(one, "number-rows-repeated"), _MOST_REPEATED)
                for _ in range(repeated if any(cell.text for cell in cells) else 1):
                    yield TableRow(cells, heads)
            elif local(one) in ("table-header-rows", "table-rows", "table-row-group"):
                yield from self._rows(one, heads=heads or local(one) == "table-header-rows")

    def _cells(self, row: Any) -> Iterator[TableCell]:
        for cell in row:
            # A covered cell is where another spans.
            if local(cell) == "table-cell":
                text = "\n".join(self._text(one) for one in cell.iter() if local(one) in ("p", "h"))
                repeated = min(_whole(cell, "number-columns-repeated"), _MOST_REPEATED)
                spans = _whole(cell, "number-rows-spanned"), _whole(cell, "number-columns-spanned")
                for _ in range(repeated):
                    yield TableCell(text, *spans)

    def _text(self, element: Any) -> str:
        pieces = groupby(self._pieces(element, 0), key=lambda piece: piece[0])
        joined = ((stands, "".join(text for _, text in group)) for stands, group in pieces)
        write = {1: raised, -1: lowered}
        return "".join(write[stands](text) if stands else text for stands, text in joined)

    def _pieces(self, element: Any, stands: int) -> Iterator[tuple[int, str]]:
        yield stands, str(element.text or "").replace("\n", " ")
        for one in element:
            yield from self._piece(one, stands)
            yield stands, str(one.tail or "").replace("\n", " ")

    def _piece(self, one: Any, stands: int) -> Iterator[tuple[int, str]]:
        tag = local(one)
        look = self._looks.get(attribute(one, "style-name"), _OdfLook()) if tag == "span" else _OdfLook()
        if look.hidden:
            self.unread["hidden passage"] += 1
        elif look.struck:
            self.unread["struck-out passage"] += 1
        elif tag == "s":
            yield stands, " " * min(_whole(one, "c"), 100)
        elif tag in ("tab", "line-break"):
            yield stands, "\t" if tag == "tab" else "\n"
        elif tag == "note":
            self._notes.append(one)
        elif tag == "frame":
            self._framed(one)
        elif tag not in _SKIPPED:
            yield from self._pieces(one, look.stands or stands)

    def _framed(self, frame: Any) -> None:
        box = child(frame, "text-box")
        if box is not None:
            self._boxes.append(box)
        else:
            kinds = {local(one) for one in frame}
            self.unread["formula or chart" if "object" in kinds else "picture"] += 1


def _whole(element: Any, name: str) -> int:
    said = attribute(element, name)
    return int(said) if said.isdecimal() and 0 < len(said) < 8 else 1
