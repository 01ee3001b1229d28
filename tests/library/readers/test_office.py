"""Files of office programs, made by hand so that each holds one thing to be read."""

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from clearspan.errors import BadInput, TooLarge
from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.office.archive import ZippedDocument
from clearspan.library.readers.reading import Reading

_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def reading(name: str, data: bytes) -> Reading:
    return read(format_of(name), Original(name, name, data))


def word(*blocks: str) -> Reading:
    """What is read of a document of such blocks."""
    document = docx.Document()
    for block in blocks:
        made = parse_xml(f"<w:body {nsdecls('w')} {_M} {_W14}>{block}</w:body>")
        for one in list(made):
            document.element.body.insert(len(document.element.body) - 1, one)
    stream = io.BytesIO()
    document.save(stream)
    return reading("a.docx", stream.getvalue())


def paragraph(*runs: str, style: str = "") -> str:
    properties = f"<w:pPr><w:pStyle w:val='{style}'/></w:pPr>" if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def zipped(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


UP, DOWN = "<w:vertAlign w:val='superscript'/>", "<w:vertAlign w:val='subscript'/>"


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ((run("10"), run("1", UP), run("2", UP), run(" l of CO"), run("2", DOWN)), "10¹² l of CO₂"),
        (
            (run("costs "), run("80", "<w:strike/>"), run(" 65 or "), run("9", "<w:dstrike/>"), run("7")),
            "costs 65 or 7",
        ),
        ((run("a"), f"<w:ins>{run('b')}</w:ins><w:del><w:r><w:delText>c</w:delText></w:r></w:del>"), "ab"),
        (
            (
                "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>",
            ),
            "(a+b)/2",
        ),
        (
            (
                "<m:oMath><m:r><m:t>3·</m:t></m:r><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e>"
                "<m:sup><m:r><m:t>4</m:t></m:r></m:sup></m:sSup></m:oMath>",
                run(" W"),
            ),
            "3·10⁴ W",
        ),
        (
            (
                "<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val='1'/></w14:checkbox></w:sdtPr>"
                "<w:sdtContent/></w:sdt>",
                run(" paid"),
            ),
            "☑ paid",
        ),
        (
            (
                "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
                "<w:sdtContent><w:r><w:t>Enter text</w:t></w:r></w:sdtContent></w:sdt>",
                run("x"),
            ),
            "x",
        ),
        (
            (
                "<w:r><w:fldChar w:fldCharType='begin'>"
                "<w:ffData><w:checkBox><w:default w:val='0'/></w:checkBox></w:ffData></w:fldChar></w:r>",
                run(" sent"),
            ),
            "☐ sent",
        ),
    ],
)
def test_runs_of_a_word_processor(runs: tuple[str, ...], text: str) -> None:
    assert word(paragraph(*runs)).text == text


def test_lists_keep_their_numbers_and_notes_and_boxes_their_places() -> None:
    box = (
        f"<w:r><w:pict><w:txbxContent>{paragraph(run('Warden: Ansel Pryor'))}</w:txbxContent></w:pict></w:r>"
    )
    found = word(
        *(paragraph(run(text), style="ListNumber") for text in ("Open it.", "Turn it.")),
        paragraph(run("Leave by the stairs."), box),
        paragraph(run("Done."), style="ListNumber"),
    )
    assert found.text == "1. Open it.\n2. Turn it.\n\nLeave by the stairs.\n\nWarden: Ansel Pryor\n\n3. Done."


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"


def test_merged_cells_and_cells_in_content_controls() -> None:
    begins, goes_on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    held = f"<w:sdt><w:sdtContent>{cell('07:40')}</w:sdtContent></w:sdt>"
    table = "".join(
        f"<w:tr>{row}</w:tr>"
        for row in (
            cell("Line") + cell("Station") + cell("Leaves"),
            cell("Red", begins) + cell("Hask") + cell("07:15"),
            cell("", goes_on) + cell("Elm") + held,
            cell("North", "<w:gridSpan w:val='3'/>"),
        )
    )
    assert word(f"<w:tbl>{table}</w:tbl>").text == (
        "Line: Red; Station: Hask; Leaves: 07:15\nLine: Red; Station: Elm; Leaves: 07:40\nNorth"
    )


_MAIN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    ("value", "number", "code", "shown"),
    [
        ("0.00012", 170, "0.00E+00", "0.00012"),
        ("2.625", 170, "# ?/8", "2.625"),
        ("1.5", 170, "[h]:mm", "36:00:00"),
        ("1.5", 46, "", "36:00:00"),
        ("0.000868056", 45, "", "0:01:15"),
        ("44000.500011574", 22, "", "2020-06-18 12:00:01"),
        ("2.625", 170, "0.0", "2.6"),
    ],
)
def test_a_number_is_never_shown_as_another(value: str, number: int, code: str, shown: str) -> None:
    sheet = (
        "<worksheet><cols><col min='2' max='2' hidden='1'/></cols><sheetData><row r='1'>"
        "<c r='A1' t='inlineStr'><is><t>Name</t></is></c><c r='B1' t='inlineStr'><is><t>Secret</t></is></c>"
        "<c r='C1' t='inlineStr'><is><t>Value</t></is></c></row><row r='2'>"
        "<c r='A2' t='inlineStr'><is><t>a</t></is></c><c r='B2'><v>7</v></c>"
        f"<c r='C2' s='1'><v>{value}</v></c></row></sheetData></worksheet>"
    )
    own = f"<numFmts><numFmt numFmtId='{number}' formatCode='{code}'/></numFmts>" if code else ""
    found = reading(
        "a.xlsx",
        zipped(
            **{
                "_rels/.rels": f"<R><Relationship Id='1' Type='{_MAIN}/officeDocument' Target='xl/w.xml'/></R>",
                "xl/w.xml": f"<w xmlns:r='{_MAIN}'><sheets><sheet name='Tides' r:id='s'/></sheets></w>",
                "xl/_rels/w.xml.rels": f"<R><Relationship Id='s' Type='{_MAIN}/worksheet' Target='sheet.xml'/>"
                f"<Relationship Id='t' Type='{_MAIN}/styles' Target='styles.xml'/></R>",
                "xl/sheet.xml": sheet,
                "xl/styles.xml": f"<s>{own}<cellXfs><xf numFmtId='0'/><xf numFmtId='{number}'/></cellXfs></s>",
            }
        ),
    )
    assert f"Value: {shown}" in found.text
    assert "Secret" not in found.text
    assert found.left_out == "1 hidden column was not read."


def test_what_an_open_document_hides_is_not_read() -> None:
    hidden = (
        "<c xmlns:t='urn:t' xmlns:s='urn:s' xmlns:b='urn:b'><s:style s:name='H'>"
        "<s:text-properties t:display='none'/></s:style><o:body xmlns:o='urn:o'><o:text>"
        "<t:p>Shown.<t:span t:style-name='H'> HIDDEN</t:span></t:p><t:p t:style-name='H'>HIDDEN</t:p>"
        "<t:section t:display='none'><t:p>HIDDEN</t:p></t:section><b:table><b:table-row>"
        "<b:table-cell><t:p>Day</t:p></b:table-cell></b:table-row><b:table-row b:visibility='collapse'>"
        "<b:table-cell><t:p>HIDDEN</t:p></b:table-cell></b:table-row></b:table></o:text></o:body></c>"
    )
    found = reading("a.odt", zipped(**{"content.xml": hidden}))
    assert "Shown." in found.text
    assert "HIDDEN" not in found.text
    assert found.left_out == "3 hidden passages and 1 hidden row were not read."


def test_a_workbook() -> None:
    main = _MAIN
    sheet = (
        "<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>Day</t></is></c>"
        "<c r='C1' t='inlineStr'><is><t>Share</t></is></c></row><row r='2'><c r='A2' s='1'><v>44000</v></c>"
        "<c r='C2' s='2'><v>0.125</v></c></row><row r='3'>"
        "<c r='A3' s='1'><v>44001</v></c><c r='C3' s='3'><v>4200</v></c>"
        "</row></sheetData></worksheet>"
    )
    formats = "".join(f"<xf numFmtId='{number}'/>" for number in (0, 14, 10, 3))
    data = zipped(
        **{
            "_rels/.rels": f"<R><Relationship Id='1' Type='{main}/officeDocument' Target='xl/workbook.xml'/></R>",
            "xl/workbook.xml": f"<w xmlns:r='{main}'><sheets><sheet name='Tides' r:id='s'/>"
            "<sheet name='x' state='hidden' r:id='s'/></sheets></w>",
            "xl/_rels/workbook.xml.rels": f"<R><Relationship Id='s' Type='{main}/worksheet' Target='sheet.xml'/>"
            f"<Relationship Id='t' Type='{main}/styles' Target='styles.xml'/></R>",
            "xl/sheet.xml": sheet,
            "xl/styles.xml": f"<s><cellXfs>{formats}</cellXfs></s>",
        }
    )
    found = reading("a.xlsx", data)
    assert found.text == "Tides\n\nDay: 2020-06-18; Share: 12.50%\nDay: 2020-06-19; Share: 4,200"
    assert found.left_out == "1 hidden sheet was not read."
    with pytest.raises(BadInput, match="cannot be read as an XLSX"):
        reading("a.xlsx", b"PK no archive")


def test_slides() -> None:
    main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    shape = "<sp><nvSpPr><nvPr>{}</nvPr></nvSpPr><txBody><p>{}</p></txBody></sp>"
    raised = "<r><t>10</t></r><r><rPr baseline='30000'/><t>6</t></r><r><rPr strike='sngStrike'/><t>9</t></r>"
    title = shape.format("<ph type='title'/>", "<r><t>Pumps</t></r>")
    slide = f"<sld><cSld><spTree>{shape.format('', raised)}{title}<pic/></spTree></cSld></sld>"
    data = zipped(
        **{
            "_rels/.rels": f"<R><Relationship Id='1' Type='{main}/officeDocument' Target='ppt/p.xml'/></R>",
            "ppt/p.xml": f"<p xmlns:r='{main}'><sldIdLst><sldId id='256' r:id='s'/></sldIdLst></p>",
            "ppt/_rels/p.xml.rels": f"<R><Relationship Id='s' Type='{main}/slide' Target='s.xml'/></R>",
            "ppt/s.xml": slide,
        }
    )
    found = reading("a.pptx", data)
    assert (found.text, found.page_starts, found.left_out) == (
        "Pumps\n\n10⁶",
        (0,),
        "1 picture was not read.",
    )


_ODT = """<c xmlns:t='urn:t' xmlns:s='urn:s' xmlns:f='urn:f' xmlns:b='urn:b'>
<s:style s:name='U'><s:text-properties s:text-position='super 58%'/></s:style>
<t:list-style s:name='L'><t:list-level-style-number s:num-format='1' s:num-suffix=')' t:start-value='4'/>
</t:list-style><o:body xmlns:o='urn:o'><o:text><t:h>Pumps</t:h><t:p>10<t:span t:style-name='U'>6</t:span> l<t:note>
<t:note-citation>1</t:note-citation><t:note-body><t:p>Measured.</t:p></t:note-body></t:note>.</t:p>
<t:list t:style-name='L'><t:list-item><t:p>Open.</t:p></t:list-item>
<t:list-item><t:p>Close.</t:p></t:list-item></t:list>
<b:table><b:table-row><b:table-cell><t:p>Day</t:p></b:table-cell><b:table-cell><t:p>Tide</t:p></b:table-cell>
<b:table-cell><t:p>Ebb</t:p></b:table-cell></b:table-row><b:table-row><b:table-cell><t:p>Mon</t:p></b:table-cell>
<b:table-cell b:number-columns-spanned='2'><t:p>none</t:p></b:table-cell><b:covered-table-cell/></b:table-row></b:table>
</o:text></o:body></c>"""


def test_an_open_document() -> None:
    found = reading("a.odt", zipped(**{"content.xml": _ODT}))
    assert found.text == (
        "Pumps\n\n10⁶ l.\n\nNote 1: Measured.\n\n4) Open.\n5) Close.\n\nDay: Mon; Tide: none; Ebb: none"
    )


def test_a_book() -> None:
    package = (
        "<package><metadata><title>Tides</title><creator>Ida Moss</creator><date>2019</date></metadata><manifest>"
        "<item id='n' href='nav.xhtml' properties='nav'/><item id='b' href='b.xhtml'/>"
        "<item id='a' href='a.xhtml'/></manifest>"
        "<spine><itemref idref='n'/><itemref idref='b'/><itemref idref='a'/></spine></package>"
    )
    pages = {
        name: f"<html><body><h1>{name}</h1><p>40 m<sup>3</sup></p></body></html>"
        for name in ("a", "b", "nav")
    }
    data = zipped(
        **{
            "META-INF/container.xml": "<c><rootfile full-path='o/p.opf'/></c>",
            "o/p.opf": package,
            **{f"o/{name}.xhtml": text for name, text in pages.items()},
        }
    )
    found = reading("a.epub", data)
    assert found.text == "b\n\n40 m³\n\na\n\n40 m³"
    assert (found.title, found.author, found.date) == ("Tides", "Ida Moss", "2019")


def test_parts_are_not_read_over_and_over() -> None:
    document = ZippedDocument(zipped(part="x" * 4_000_000), "a.docx", "DOCX")
    assert document.part("part")
    with pytest.raises(TooLarge, match="over and over"):
        list(map(document.part, ["part"] * 12))
