"""What is read of 60 files is what was written into them: twelve formats, five files each, made here with known text.

Each file holds a heading, prose with exponents, indices and struck-out words, a numbered list that begins anywhere, a
table whose cells span rows under two rows of names, and a note, as far as its format has them.
"""

import argparse
import csv
import io
import json
import os
import random
import re
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any

from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.measure.bars import Bar, Cell, Report, Table, report

REPOSITORY = Path(__file__).resolve().parent.parent
FILES_EACH = 5
_PAGE = 3_000
"""Characters that are counted as a page."""
_WORDS = (
    "pump brine valve quay ferry sluice timber tar keeper mill stone rye canal lock tunnel gauge tide".split()
)
_UP, _DOWN = (
    dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)),
    dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True)),
)
_MARK = re.compile(r"<(sup|sub|del)>(.*?)</\1>")


@dataclass(frozen=True)
class Written:
    """What a file says. Prose marks exponents, indices and struck-out words as HTML does.

    Attributes:
        table: names of the columns by group, then rows; an empty first cell goes on with the one above.
    """

    title: str
    prose: tuple[str, ...]
    first: int
    items: tuple[str, ...]
    groups: tuple[str, str]
    rows: tuple[tuple[str, ...], ...]
    note: str

    def lines(self, *, listed: bool = True, noted: bool = True, grouped: bool = True) -> list[list[str]]:
        """Blocks of lines as they are to be read."""
        found = [[self.title], [plain(self.prose[0])], *([[f"Note 1: {self.note}"]] if noted else [])]
        if listed:
            found.append([f"{self.first + index}. {item}" for index, item in enumerate(self.items)])
        return [*found, self.table(grouped=grouped), *[[plain(text)] for text in self.prose[1:]]]

    def table(self, *, grouped: bool = True) -> list[str]:
        names = self.names(grouped=grouped)
        return [
            "; ".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True)) for row in self.rows
        ]

    def names(self, *, grouped: bool) -> list[str]:
        left, right = (f"{group} " if grouped else "" for group in self.groups)
        return ["Line", "Station", f"{left}2019", f"{right}2020"]


def plain(text: str) -> str:
    def shown(mark: re.Match[str]) -> str:
        table = {"sup": _UP, "sub": _DOWN}.get(mark.group(1), {})
        return "".join(table.get(sign, "") for sign in mark.group(2))

    return " ".join(_MARK.sub(shown, text).split())


def written(seed: int) -> Written:
    chance = random.Random(seed)

    def sentence() -> str:
        words = [
            *chance.sample(_WORDS, 9),
            "10<sup>" + str(chance.randint(2, 99)) + "</sup>",
            "m<sup>3</sup>",
            "CO<sub>2</sub>",
        ]
        struck, said = chance.randint(10, 99), chance.randint(10, 99)
        return f"{' '.join(words[:5]).capitalize()} <del>{struck}</del> {said} {' '.join(words[5:])}."

    stations = chance.sample(_WORDS, 4)
    rows = tuple(
        (
            "Red" if index < 2 else "Blue",
            station.capitalize(),
            str(chance.randint(1, 99)),
            f"{chance.randint(1, 9)},{chance.randint(100, 999)}",
        )
        for index, station in enumerate(stations)
    )
    return Written(
        title=f"The {chance.choice(_WORDS)} of {chance.choice(_WORDS)} {seed}",
        prose=tuple(" ".join(sentence() for _ in range(4)) for _ in range(3)),
        first=chance.randint(1, 40),
        items=tuple(f"{' '.join(chance.sample(_WORDS, 4)).capitalize()}." for _ in range(4)),
        groups=("Rain", "Snow") if chance.random() < 0.5 else ("Day", "Night"),
        rows=rows,
        note=f"{' '.join(chance.sample(_WORDS, 6)).capitalize()}.",
    )


def _table_html(one: Written) -> str:
    top = "<tr><th rowspan=2>Line</th><th rowspan=2>Station</th>" + "".join(
        f"<th>{group}</th>" for group in one.groups
    )
    firsts = ["" if index % 2 else f"<td rowspan=2>{row[0]}</td>" for index, row in enumerate(one.rows)]
    rests = ["".join(f"<td>{cell}</td>" for cell in row[1:]) for row in one.rows]
    rows = "".join(f"<tr>{first}{rest}</tr>" for first, rest in zip(firsts, rests, strict=True))
    return f"<table>{top}</tr><tr><th>2019</th><th>2020</th></tr>{rows}</table>"


def html(one: Written) -> bytes:
    mark = "<sup><a role='doc-noteref' href='#n1'>1</a></sup>"
    items = "".join(f"<li>{item}</li>" for item in one.items)
    body = (
        f"<h1>{one.title}</h1><p>{one.prose[0]}{mark}</p><ol start={one.first}>{items}</ol>{_table_html(one)}"
    )
    rest = "".join(f"<p>{text}</p>" for text in one.prose[1:])
    notes = f"<ol><li id=n1>{one.note}</li></ol>"
    return f"<html><head><title>{one.title}</title></head><body>{body}{rest}{notes}</body></html>".encode()


def markdown(one: Written) -> bytes:
    prose = [text.replace("<del>", "~~").replace("</del>", "~~") for text in one.prose]
    items = "\n".join(f"{one.first + index}. {item}" for index, item in enumerate(one.items))
    blocks = (f"# {one.title}", f"{prose[0]}[^1]", items, _table_html(one), *prose[1:], f"[^1]: {one.note}\n")
    return "\n\n".join(blocks).encode()


def notebook(one: Written) -> bytes:
    return json.dumps({"cells": [{"cell_type": "markdown", "source": markdown(one).decode()}]}).encode()


def mail(one: Written) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Read this"
    message.set_content(html(one).decode(), subtype="html")
    return bytes(message)


def _zipped(parts: Mapping[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def epub(one: Written) -> bytes:
    package = "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>"
    return _zipped(
        {
            "META-INF/container.xml": "<c><rootfile full-path='p.opf'/></c>",
            "p.opf": package,
            "a.xhtml": html(one),
        }
    )


def docx(one: Written) -> bytes:
    import docx as word

    document = word.Document()
    document.add_heading(one.title, 1)

    def prose(text: str) -> None:
        paragraph = document.add_paragraph()
        for part in re.split(r"(<sup>.*?</sup>|<sub>.*?</sub>|<del>.*?</del>)", text):
            mark = _MARK.fullmatch(part)
            run = paragraph.add_run(mark.group(2) if mark else part)
            if mark:
                setattr(
                    run.font, {"sup": "superscript", "sub": "subscript", "del": "strike"}[mark.group(1)], True
                )

    prose(one.prose[0])
    _docx_table(document.add_table(2 + len(one.rows), 4), one)
    for text in one.prose[1:]:
        prose(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _docx_table(table: Any, one: Written) -> None:
    from docx.oxml import OxmlElement

    for column, name in enumerate(one.names(grouped=False)):
        table.cell(1 if column > 1 else 0, column).text = name
    for column in (0, 1):
        table.cell(0, column).merge(table.cell(1, column))
    for column, group in enumerate(one.groups, start=2):
        table.cell(0, column).text = group
    for index, row in enumerate(one.rows, start=2):
        for column, cell in enumerate(row):
            if column or index % 2 == 0:
                table.cell(index, column).text = cell
        if index % 2:
            table.cell(index - 1, 0).merge(table.cell(index, 0))
    for row in table.rows[:2]:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def odt(one: Written) -> bytes:
    def prose(text: str) -> str:
        spans = _MARK.sub(r"<t:span t:style-name='\1'>\2</t:span>", text)
        return f"<t:p>{spans}</t:p>"

    def cells(row: Sequence[str]) -> str:
        return "".join(f"<b:table-cell><t:p>{cell}</t:p></b:table-cell>" for cell in row)

    looks = (
        ("sup", "s:text-position='super 58%'"),
        ("sub", "s:text-position='sub 58%'"),
        ("del", "s:text-line-through-style='solid'"),
    )
    styles = "".join(
        f"<s:style s:name='{name}'><s:text-properties {look}/></s:style>" for name, look in looks
    )
    level = f"<t:list-level-style-number s:num-format='1' s:num-suffix='.' t:start-value='{one.first}'/>"
    items = "".join(f"<t:list-item><t:p>{item}</t:p></t:list-item>" for item in one.items)
    header = "".join(f"<b:table-row>{cells(row)}</b:table-row>" for row in [one.names(grouped=True)])
    wide = "<b:table-cell b:number-rows-spanned='2'><t:p>{}</t:p></b:table-cell>"
    spanned = (
        ("<b:covered-table-cell/>" if index % 2 else wide.format(row[0])) + cells(row[1:])
        for index, row in enumerate(one.rows)
    )
    rows = "".join(f"<b:table-row>{row}</b:table-row>" for row in spanned)
    note = f"<t:note><t:note-citation>1</t:note-citation><t:note-body><t:p>{one.note}</t:p></t:note-body></t:note>"
    body = (
        f"<t:h>{one.title}</t:h>{prose(one.prose[0])[:-6]}{note}</t:p>"
        f"<t:list t:style-name='L'>{items}</t:list><b:table>"
        f"<b:table-header-rows>{header}</b:table-header-rows>{rows}</b:table>"
        f"{''.join(map(prose, one.prose[1:]))}"
    )
    return _zipped(
        {
            "content.xml": f"<o:c xmlns:o='urn:o' xmlns:t='urn:t' xmlns:s='urn:s' xmlns:b='urn:b'>{styles}"
            f"<t:list-style s:name='L'>{level}</t:list-style><o:body><o:text>{body}</o:text></o:body></o:c>"
        }
    )


def rst(one: Written) -> bytes:
    def prose(text: str) -> str:
        return re.sub(
            r"<(sup|sub)>(.*?)</\1>", r"\\ :\1:`\2`\\ ", re.sub("<del>.*?</del> ", "", text)
        ).replace("\\ .", "\\.")

    items = "\n".join(f"{one.first + index}. {item}" for index, item in enumerate(one.items))
    rows = "\n".join("   " + ",".join(f'"{cell}"' for cell in row) for row in one.rows)
    names = ",".join(one.names(grouped=False))
    table = f".. csv-table::\n   :header: {names}\n\n{rows}"
    first, *rest = map(prose, one.prose)
    return "\n\n".join((f"{one.title}\n{'=' * 60}", first, items, table, *rest)).encode()


def comma_separated(one: Written) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([one.names(grouped=False), *one.rows])
    return stream.getvalue().encode()


def xlsx(one: Written) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    table = [
        one.names(grouped=False),
        *([row[0] if not index % 2 else "", *row[1:]] for index, row in enumerate(one.rows)),
    ]
    cells = [
        [
            f"<c r='{chr(65 + column)}{at}' t='inlineStr'><is><t>{cell}</t></is></c>"
            for column, cell in enumerate(row)
        ]
        for at, row in enumerate(table, start=1)
    ]
    rows = "".join(f"<row r='{at}'>{''.join(row)}</row>" for at, row in enumerate(cells, start=1))
    merged = "".join(f"<mergeCell ref='A{at}:A{at + 1}'/>" for at in range(2, 2 + len(one.rows), 2))
    return _zipped(
        {
            "_rels/.rels": f"<R><Relationship Id='1' Type='{kind}/officeDocument' Target='w.xml'/></R>",
            "w.xml": f"<w xmlns:r='{kind}'><sheets><sheet name='{one.title}' r:id='s'/></sheets></w>",
            "_rels/w.xml.rels": f"<R><Relationship Id='s' Type='{kind}/worksheet' Target='s.xml'/></R>",
            "s.xml": f"<s><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></s>",
        }
    )


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of prose with its marks, the struck-out words left out, which no page would show as text."""
    line, shown = "", 0
    for word in re.sub("<del>.*?</del> ", "", text).split():
        length = len(plain(word)) + 1
        if line and shown + length > width:
            yield line
            line, shown = "", 0
        line, shown = f"{line} {word}".strip(), shown + length
    yield line


def _drawn(x: float, y: float, line: str, size: float = 11) -> str:
    small = f"/F1 {size * 0.6:.1f} Tf"
    body = ""
    for part in re.split(r"(<su[pb]>.*?</su[pb]>)", line):
        mark = _MARK.fullmatch(part)
        if mark is None:
            body += f"({part}) Tj "
        else:
            rise = size * (0.4 if mark.group(1) == "sup" else -0.2)
            body += f"{small} {rise:.1f} Ts ({mark.group(2)}) Tj /F1 {size} Tf 0 Ts "
    return f"BT /F1 {size} Tf {x} {y} Td {body}ET\n"


def _pdf(pages: Sequence[str]) -> bytes:
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, content in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * index} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}endstream")
    out, offsets = "%PDF-1.4\n", list[int]()
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("latin1")


def pdf(one: Written) -> bytes:
    """Two pages with a head and a number; the sentence of the second paragraph goes on over the page."""
    first, second = (
        _drawn(72, 760, "Orrin papers", 9) + _drawn(72, 30, "Page 1", 9),
        _drawn(72, 760, "Orrin papers", 9),
    )
    y = 720.0
    first += _drawn(72, y, one.title, 18)
    for line in _wrapped(one.prose[0], 80):
        y -= 36 if y == 720 else 14
        first += _drawn(72, y, line)
    y -= 30
    for row in (one.names(grouped=False), *one.rows):
        y -= 18
        first += "".join(_drawn(72 + 110 * column, y, cell) for column, cell in enumerate(row))
    y -= 30
    lines = list(_wrapped(one.prose[1], 80))
    for line in lines[:-2]:
        y -= 14
        first += _drawn(72, y, line)
    for at, line in enumerate(lines[-2:]):
        second += _drawn(72, 720 - 14 * at, line)
    for at, line in enumerate(_wrapped(one.prose[2], 80)):
        second += _drawn(72, 660 - 14 * at, line)
    return _pdf([first, second + _drawn(72, 30, "Page 2", 9)])


def pdf_columns(one: Written) -> bytes:
    """Two columns, drawn line by line across both."""
    lines = [line for text in one.prose for line in _wrapped(text, 34)]
    half = (len(lines) + 1) // 2
    page = _drawn(72, 720, one.title, 18)
    for at in range(half):
        page += _drawn(72, 680 - 14 * at, lines[at])
        if at + half < len(lines):
            page += _drawn(330, 680 - 14 * at, lines[at + half])
    return _pdf([page])


def _pdf_lines(one: Written) -> list[list[str]]:
    first, *rest = ([plain(text)] for text in one.prose)
    return [["Orrin papers"], [one.title], first, one.table(grouped=False), *rest]


def _sheet_lines(one: Written) -> list[list[str]]:
    return [[one.title], one.table(grouped=False)]


FORMATS: Mapping[str, tuple[str, Callable[[Written], bytes], Callable[[Written], list[list[str]]]]] = {
    "HTML": ("a.html", html, Written.lines),
    "Markdown": ("a.md", markdown, Written.lines),
    "notebook": ("a.ipynb", notebook, Written.lines),
    "mail": ("a.eml", mail, lambda one: [["Read this"], *one.lines()]),
    "EPUB": ("a.epub", epub, Written.lines),
    "ODT": ("a.odt", odt, Written.lines),
    "DOCX": ("a.docx", docx, lambda one: one.lines(listed=False, noted=False)),
    "reStructuredText": ("a.rst", rst, lambda one: one.lines(noted=False, grouped=False)),
    "CSV": ("a.csv", comma_separated, lambda one: [one.table(grouped=False)]),
    "XLSX": ("a.xlsx", xlsx, _sheet_lines),
    "PDF, two pages": ("a.pdf", pdf, _pdf_lines),
    "PDF, two columns": (
        "a.pdf",
        pdf_columns,
        lambda one: [[one.title], *([plain(text)] for text in one.prose)],
    ),
}
"""By what it is: a file name, what makes the file, and the blocks of lines that are to be read in it."""


@dataclass(frozen=True)
class Measured:
    """What was read of one file: characters and wrong ones, cells and right ones, neighbours and those in order."""

    characters: int
    wrong: int
    cells: int
    placed: int
    neighbours: int
    ordered: int
    seconds: float


def measured(name: str, data: bytes, wanted: Sequence[Sequence[str]]) -> Measured:
    """Wrong characters are those that an alignment replaces, leaves out or adds: never fewer than the edit distance."""
    started = time.process_time()
    text = read(format_of(name), Original("x", name, data)).text
    seconds = time.process_time() - started
    found, right = " ".join(text.split()), " ".join(line for block in wanted for line in block)
    changes = SequenceMatcher(None, right, found, autojunk=False).get_opcodes()
    wrong = sum(max(b - a, d - c) for kind, a, b, c, d in changes if kind != "equal")
    lines = set(text.split("\n"))
    rows = [line for block in wanted for line in block if line.count("; ") == 3]
    cells = [(row, cell) for row in rows for cell in row.split("; ")]
    # A cell is at its place where a line holds it after its column's name, beside the station of its row.
    placed = sum(
        any(cell in line.split("; ") and row.split("; ")[1] in line for line in lines) for row, cell in cells
    )
    places = [found.find(block[0][:40]) for block in wanted]
    ordered = sum(0 <= a < b for a, b in pairwise(places))
    return Measured(len(right), wrong, len(cells), placed, len(places) - 1, ordered, seconds)


def _megabytes(name: str) -> float:
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name))
    return int(line.split()[1]) / 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--show", choices=FORMATS, help="print what is read of the first file of a format, and end"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if arguments.show:
        name, make, _ = FORMATS[arguments.show]
        print(read(format_of(name), Original("x", name, make(written(0)))).text)
        return 0
    rest = _megabytes("VmRSS")
    every: list[Measured] = []
    rows: list[list[Cell]] = []
    for kind, (name, make, lines) in FORMATS.items():
        measured(name, make(written(99)), [[""]])  # what is imported at first use
        of_kind = [measured(name, make(one), lines(one)) for one in map(written, range(FILES_EACH))]
        every += of_kind
        rows.append([kind, *_shares(of_kind)])
    error, placed, ordered, pages = _shares(every)
    found = Report(
        section="Documents",
        command="python benchmarks/documents.py",
        tables=(
            Table(
                f"{len(every)} files with known text; a page is {_PAGE:,} characters",
                (
                    "format",
                    "wrong characters, %",
                    "cells at their place, %",
                    "neighbours in order, %",
                    "pages a CPU s",
                ),
                rows,
            ),
        ),
        bars=(
            Bar("wrong characters, %", error, 1.0, "<="),
            Bar("table cells at their place, %", placed, 98.0, ">="),
            Bar("neighbouring blocks in order, %", ordered, 98.0, ">="),
        ),
        notes=(
            f"{pages:,.0f} pages a second of processor in all; memory grew by"
            f" {_megabytes('VmHWM') - rest:,.0f} MB at most, imports included."
            f" The load average was {os.getloadavg()[0]:.1f}.",
        ),
    )
    write = REPOSITORY / "docs" / "measurements.md" if arguments.write else None
    return report(found, as_json=arguments.json, write=write)


def _shares(of: Sequence[Measured]) -> tuple[float, float, float, float]:
    def total(name: str) -> float:
        return sum(getattr(one, name) for one in of)

    cells, neighbours = total("cells"), total("neighbours")
    return (
        100 * total("wrong") / total("characters"),
        100 * total("placed") / cells if cells else 100.0,
        100 * total("ordered") / neighbours if neighbours else 100.0,
        total("characters") / _PAGE / max(total("seconds"), 1e-6),
    )


if __name__ == "__main__":
    sys.exit(main())
