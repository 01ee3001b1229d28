"""XLSX: each sheet under its name, a row a line; values as they are shown where their format is a common one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from clearspan.library.readers.base import Format
from clearspan.library.readers.office.archive import ZippedDocument, attribute, child, children, local
from clearspan.library.readers.reading import Manuscript, Reading, not_read, one_line
from clearspan.library.readers.tables import TableCell, TableRow, table_lines

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DATES = frozenset((14, 15, 16, 17, 18, 19, 20, 21, 22))
"""Numbers of the built-in formats that show days or times (ECMA-376, 18.8.30)."""
_DURATIONS = frozenset((45, 46, 47))
_EXACT = re.compile(r"[Ee][+-]|/")
"""Exponents and fractions: rounded as a decimal such a number would be another one, so that all of it is shown."""
_PERCENT = {9: 0, 10: 2}
_DECIMALS = {1: 0, 2: 2, 3: 0, 4: 2}
_MOST_COLUMNS = 2_000


@dataclass(frozen=True, slots=True)
class _NumberFormat:
    """How a number is shown.

    Attributes:
        kind: `date`, `duration`, `percent`, `grouped` or `number`.
        decimals: None where all are shown.
    """

    kind: str = "number"
    decimals: int | None = None


@dataclass(slots=True)
class _Workbook:
    strings: list[str] = field(default_factory=list[str])
    formats: list[_NumberFormat] = field(default_factory=list[_NumberFormat])
    epoch: datetime = datetime(1899, 12, 30)


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Sheets in order, hidden ones left out and counted; of a formula the value that was last computed."""
    del charset
    package = ZippedDocument(data, name, "an XLSX")
    main = package.of_kind("", "officeDocument")
    root = None if main is None else package.tree(main)
    sheets = None if root is None else child(root, "sheets")
    if main is None or sheets is None:
        raise package.damaged()
    related = package.related(main)
    workbook = _workbook(package, related, is_1904=_is_1904(root))
    manuscript = Manuscript()
    unread = {"hidden sheet": 0, "hidden column": 0, "picture or chart": 0}
    for sheet in sheets:
        if sheet.get("state") in ("hidden", "veryHidden"):
            unread["hidden sheet"] += 1
            continue
        path = related.get(attribute(sheet, "id"), ("", ""))[1]
        tree = package.tree(path)
        rows = [] if tree is None else list(_rows(tree, workbook))
        unread["hidden column"] += 0 if tree is None else len(_hidden_columns(tree))
        unread["picture or chart"] += 0 if tree is None else sum(local(one) == "drawing" for one in tree)
        if any(cell.text for row in rows for cell in row.cells):
            manuscript.heading(sheet.get("name") or "")
            manuscript.lines(table_lines(rows))
    title, author = package.properties()
    return Reading(
        text=manuscript.text,
        title=one_line(title),
        headings=manuscript.headings,
        author=one_line(author) or None,
        left_out=not_read(unread),
    )


FORMAT = Format(
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",), (".xlsx", ".xlsm"), read
)


def _is_1904(root: Any) -> bool:
    properties = child(root, "workbookPr")
    return properties is not None and properties.get("date1904") in ("1", "true")


def _workbook(package: ZippedDocument, related: Mapping[str, tuple[str, str]], *, is_1904: bool) -> _Workbook:
    found = _Workbook(epoch=datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30))
    for kind, path in related.values():
        if kind == "sharedStrings":
            found.strings = [_text(one) for one in children(package.tree(path))]
        elif kind == "styles" and (styles := package.tree(path)) is not None:
            own = {one.get("numFmtId"): one.get("formatCode") or "" for one in children(styles, "numFmts")}
            found.formats = [_format(one.get("numFmtId") or "0", own) for one in children(styles, "cellXfs")]
    return found


def _format(number: str, own: Mapping[str | None, str]) -> _NumberFormat:
    whole = own.get(number, "").lower()
    code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", own.get(number, "")).split(";")[0]
    built_in = int(number) if number.isdecimal() else 0
    if built_in in _DURATIONS or re.search(r"\[[hms]+\]", whole):
        return _NumberFormat("duration")
    if built_in in _DATES or re.search(r"[ymdhs]", code.lower().replace("general", "")):
        return _NumberFormat("date")
    if _EXACT.search(code):
        return _NumberFormat()
    decimals = re.search(r"\.([0#?]+)", code)
    places = len(decimals.group(1)) if decimals else 0
    if built_in in _PERCENT or "%" in code:
        return _NumberFormat("percent", _PERCENT.get(built_in, places))
    if built_in in _DECIMALS:
        return _NumberFormat("grouped" if built_in > 2 else "number", _DECIMALS[built_in])
    if re.search(r"[0#]", code):
        return _NumberFormat("grouped" if "," in code else "number", places)
    return _NumberFormat()


def _rows(sheet: Any, workbook: _Workbook) -> Iterator[TableRow]:
    merged = _merged(sheet)
    unseen = _hidden_columns(sheet)
    inside = {place for first, (height, width) in merged.items() for place in _covered(first, height, width)}
    for number, row in enumerate(children(sheet, "sheetData"), start=1):
        at = int(row.get("r") or number)
        cells: list[TableCell] = []
        column = 0
        for cell in row:
            found = _PLACE.fullmatch(cell.get("r") or "")
            target = min(_column(found.group(1)) if found else column, _MOST_COLUMNS)
            while column < target:
                if (at, column) not in inside:
                    cells.append(TableCell(""))
                column += 1
            if (at, column) not in inside:
                height, width = merged.get((at, column), (1, 1))
                said = "" if column in unseen else _value(cell, workbook)
                cells.append(TableCell(said, height, width))
            column += 1
        if row.get("hidden") not in ("1", "true"):
            yield TableRow(cells)


def _hidden_columns(sheet: Any) -> frozenset[int]:
    """Columns that a reader of the sheet does not see."""
    spans = [
        (int(one.get("min") or 1) - 1, min(int(one.get("max") or 1), _MOST_COLUMNS))
        for one in children(sheet, "cols")
        if one.get("hidden") in ("1", "true")
    ]
    return frozenset(column for first, last in spans for column in range(first, last))


def _merged(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """By row and column of its first cell, the rows and columns of each merged range."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for one in children(sheet, "mergeCells"):
        first, _, last = (one.get("ref") or "").partition(":")
        begin, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
        if begin and end:
            at = int(begin.group(2)), _column(begin.group(1))
            height, width = int(end.group(2)) - at[0] + 1, _column(end.group(1)) - at[1] + 1
            if 0 < height * width <= 10_000:
                found[at] = (height, width)
    return found


def _covered(first: tuple[int, int], height: int, width: int) -> Iterator[tuple[int, int]]:
    for row in range(height):
        for column in range(width):
            if row or column:
                yield first[0] + row, first[1] + column


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _text(element: Any) -> str:
    """Text of a shared or an inline string; how it is pronounced is left out."""
    parts = [one for one in element if local(one) in ("t", "r")]
    return "".join(str(one.text or "") if local(one) == "t" else _text(one) for one in parts)


def _value(cell: Any, workbook: _Workbook) -> str:
    kind, value = cell.get("t") or "n", child(cell, "v")
    if kind == "inlineStr":
        inline = child(cell, "is")
        return "" if inline is None else _text(inline)
    said = "" if value is None else str(value.text or "")
    if kind == "s":
        return workbook.strings[int(said)] if said.isdecimal() and int(said) < len(workbook.strings) else ""
    if kind == "b":
        return "TRUE" if said == "1" else "FALSE"
    style = cell.get("s") or "0"
    known = workbook.formats[int(style)] if style.isdecimal() and int(style) < len(workbook.formats) else None
    return _shown(said, known, workbook.epoch) if kind == "n" else said


def _shown(said: str, known: _NumberFormat | None, epoch: datetime) -> str:
    try:
        number = float(said)
    except ValueError:
        return said
    if known is not None and known.kind == "duration" and 0 <= number < 2_958_466:
        minutes, seconds = divmod(round(number * 86_400), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if known is not None and known.kind == "date" and 0 <= number < 2_958_466:
        moment = epoch + timedelta(seconds=round(number * 86_400))
        if number < 1:
            return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
        time = "" if number == int(number) else " %H:%M:%S" if moment.second else " %H:%M"
        return moment.strftime(f"%Y-%m-%d{time}")
    if known is not None and known.kind == "percent":
        return f"{number * 100:.{known.decimals or 0}f}%"
    if known is not None and known.decimals is not None:
        return f"{number:{',' if known.kind == 'grouped' else ''}.{known.decimals}f}"
    return f"{number:.15g}"
