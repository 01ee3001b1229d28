"""Each format on real bytes: its layout as plain text, its metadata, and what is wrong with bad files."""

import io
import zipfile

import docx
import pytest

from clearspan.errors import BadInput, TooLarge
from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.base import Format
from clearspan.library.readers.reading import Reading


def reading(name: str, data: bytes | str) -> Reading:
    raw = data.encode() if isinstance(data, str) else data
    return read(format_of(name), Original(name, name, raw))


def test_markdown() -> None:
    found = reading(
        "a.md",
        "---\ntitle: T\nauthor: [Ann, Bo]\nurl: https://x.example\n---\n# *Head*\n\nOne [link](u) and\n`code`.\n\n"
        "- a\n- b\n  1. c\n\n| Animal | Weight (lb) |\n|-|-|\n| Orca | 8,000 |\n| Blue; big | 300,000 |\n\n"
        "<div>raw<script>evil()</script></div>\n",
    )
    assert found.text == (
        "Head\n\nOne link and code.\n\n- a\n- b\n1. c\n\n"
        "Animal: Orca; Weight (lb): 8,000\nAnimal: Blue, big; Weight (lb): 300,000\n\nraw"
    )
    assert (found.title, found.author, found.url) == ("T", "Ann, Bo", "https://x.example")
    assert [found.text[slice(*span)] for span in found.headings] == ["Head"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("3. c\n4. d", "3. c\n4. d"),
        ("- a\n\n  b\n\n- c", "- a b\n- c"),
        ("> a\n> b\\\nc", "a b\nc"),
        ("![A *fair* & wide quay](q.png)", "A fair & wide quay"),
        ("A List<String> of <b>names</b> & more", "A List of names & more"),
        ("The <select> tag, and then more.\n\nStill here.", "The tag, and then more.\n\nStill here."),
        ("```html\n<p hidden>shown</p>\n```", "<p hidden>shown</p>"),
        ("`<!-- shown -->` and \\<b>", "<!-- shown --> and <b>"),
        ("<table><tr><td>Fare</td><td>27</td></tr></table>", "Fare: 27"),
    ],
)
def test_markdown_is_read_as_the_page_that_it_makes(source: str, text: str) -> None:
    found = reading("a.md", source)
    assert (found.text, found.hidden) == (text, "")


@pytest.mark.parametrize(
    "front", ["date: someday", "url: ftp://x", "kind: gossip", "title: {a: b}", "a: b: c", "author: [{a: b}]"]
)
def test_front_matter_that_cannot_be_used(front: str) -> None:
    with pytest.raises(BadInput, match="front matter of a"):
        reading("a.txt", f"---\n{front}\n---\ntext")


def test_rulers_are_not_front_matter() -> None:
    assert "between" in reading("a.txt", "---\nwords between\n---\nmore").text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Les élèves étaient déjà arrivés à l’école où Zoé révisait ses leçons.\r\n" * 5
    assert reading("a.txt", text.encode(encoding)).text == text.replace("\r\n", "\n").strip()


def test_mixed_encodings_keep_every_line() -> None:
    found = reading("a.txt", "café crème brûlée\n".encode() + "déjà\n".encode("cp1252"))
    assert found.text == "café crème brûlée\ndéjà"


def test_unseen_characters_are_removed() -> None:
    assert reading("a.txt", "a\x07b\u202bc\u200bd e\u0301").text == "abcd é"


@pytest.mark.parametrize("data", [b"a\0b", bytes(range(1, 32)) * 40 + b"\xff\xfe\xfd"])
def test_a_binary_named_txt(data: bytes) -> None:
    with pytest.raises(BadInput, match="not a text file"):
        reading("a.txt", data)


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
def test_nothing_in_it(name: str) -> None:
    with pytest.raises(BadInput, match="holds no text"):
        reading(name, "  \n")


def test_html() -> None:
    page = (
        "<html><head><title>Orcas | Sea</title><link rel=canonical href='https://sea.example/o'>"
        "<meta property='og:site_name' content='Sea Weekly'><meta name=author content='Ann Vale'>"
        "<meta property='article:published_time' content='2021-03-04T10:00:00Z'></head><body><nav>Home</nav>"
        "<article><h1>Orcas</h1><p>They weigh 6×10<sup>3</sup> kg.<sup><a href='#1'>[1]</a></sup>"
        "<script>evil()</script></p><table><tr><th>Animal</th><th>Weight</th></tr><tr><td>Orca</td><td>8,000</td>"
        "</tr></table><ul><li>a</li><li>b</li></ul><p style='display:none'>obey me</p></article>"
        "<footer>legal</footer></body></html>"
    )
    found = reading("o.html", page)
    assert found.text == "Orcas\n\nThey weigh 6×10³ kg.\n\nAnimal: Orca; Weight: 8,000\n\n- a\n- b"
    assert (found.title, found.url, found.publisher) == ("Orcas", None, None)
    assert (found.claimed_url, found.claimed_publisher) == ("https://sea.example/o", "Sea Weekly")
    assert (found.author, found.date) == ("Ann Vale", "2021-03-04")


def test_docx() -> None:
    document = docx.Document()
    document.add_heading("Bridges", 0)
    document.add_paragraph("A paragraph.")
    document.add_paragraph("one", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Name", "Span", "Gate", "4,200 ft"), strict=True):
        cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    found = reading("b.docx", stream.getvalue())
    assert found.text == "Bridges\n\nA paragraph.\n\n- one\n\nName: Gate; Span: 4,200 ft"
    assert found.title == "Bridges"
    with pytest.raises(BadInput, match="cannot be read as a DOCX"):
        reading("b.docx", stream.getvalue()[:900])


def test_a_zip_bomb_is_not_inflated() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 50_000_000)
    with pytest.raises(TooLarge, match="50 MB"):
        reading("b.docx", stream.getvalue())


def pdf(*pages: list[tuple[int, int, str]], trailer: str = "") -> bytes:
    """A PDF of Helvetica lines, each (size, height on the page, text)."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, lines in enumerate(pages):
        body = "".join(f"BT /F1 {size} Tf 72 {y} Td ({text}) Tj ET\n" for size, y, text in lines)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * index} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(body)} >>\nstream\n{body}endstream")
    out, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    ).encode("latin1")


_PAGES = (
    [
        (20, 720, "The Gate"),
        (11, 690, "The main span is long and"),
        (11, 676, "was built."),
        (11, 640, "More."),
    ],
    [(11, 700, "Page two.")],
)


def test_pdf() -> None:
    found = reading("p.pdf", pdf(*_PAGES))
    assert found.text == "The Gate\n\nThe main span is long and\nwas built.\n\nMore.\n\nPage two."
    assert (found.title, found.page_starts) == ("The Gate", (0, found.text.index("Page two")))


def test_bad_pdfs() -> None:
    with pytest.raises(BadInput, match="cut off"):
        reading("p.pdf", pdf(*_PAGES)[:700])
    with pytest.raises(BadInput, match="pictures"):
        reading("p.pdf", pdf([]))
    with pytest.raises(BadInput, match="does not begin"):
        reading("p.pdf", b"plain words")
    key = "00" * 32
    locked = f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >>"
    with pytest.raises(BadInput, match="password"):
        reading("p.pdf", pdf(*_PAGES, trailer=locked))


@pytest.mark.parametrize(
    ("media_types", "endings", "read_it", "fault"),
    [
        ("text/plain", (".txt",), print, "media_types must be a tuple"),
        (("text/plain",), ".txt", print, "endings must be a tuple"),
        (("text/plain",), ("txt",), print, "endings must begin with a dot"),
        (("text/plain",), (".TXT",), print, "in small letters"),
        (("text/plain",), (".txt",), "print", "read must be a function"),
    ],
)
def test_a_format_that_could_not_be_used_is_refused_where_it_is_made(
    media_types: object, endings: object, read_it: object, fault: str
) -> None:
    with pytest.raises(BadInput, match=fault):
        Format(media_types, endings, read_it)  # type: ignore[arg-type]
