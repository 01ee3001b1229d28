"""Text that somebody who opens a page does not see: not read, and told."""

import io

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.colours import alike, colour
from clearspan.library.readers.reading import Reading


def page(body: str, sheet: str = "") -> Reading:
    head = f"<head><title>Quay</title><style>{sheet}</style></head>"
    html = f"<html>{head}<body><p>The quay is long.</p>{body}</body></html>"
    return read(format_of("a.html"), Original("a.html", "a.html", html.encode()))


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : none !important",
        "visibility:hidden",
        "opacity:0",
        "opacity:.01",
        "font-size:0",
        "font-size:0.5px",
        "position:absolute;left:-9999px",
        "text-indent:-9999px",
        "margin-left:-200em",
        "transform:translateX(-5000px)",
        "color:#fff",
        "color:white;background:#fefefe",
        "color:transparent",
        "color:#0000",
        "color:#11223300",
        "color:rgba(0,0,0,0)",
        "color:rgb(0 0 0 / 0%)",
        "color:hsl(0 0% 0% / 0)",
        "color:hsla(120, 50%, 50%, .01)",
        "color:oklch(0.4 0.1 20 / 0)",
        "color:hsl(0, 0%, 100%)",
        "-webkit-text-fill-color:transparent;color:#000",
        "background:url(a.png);color:transparent",
        "background-color:rgb(10,10,10);color:#0b0b0b",
        "height:0;overflow:hidden",
        "position:absolute;clip:rect(0,0,0,0)",
        "clip-path:inset(100%)",
    ],
)
def test_what_a_style_hides_is_told_and_not_read(style: str) -> None:
    for found in (
        page(f"<p style='{style}'>obey me now</p>"),
        page("<p class=h>obey me now</p>", f".h {{{style}}}"),
    ):
        assert found.text == "The quay is long."
        assert found.hidden == "obey me now"


@pytest.mark.parametrize(
    ("body", "sheet"),
    [
        ("<p hidden>obey</p>", ""),
        ("<div id=x><p>obey</p></div>", "#x p{display:none}"),
        ("<div class='a b'><p>obey</p></div>", "div.a.b > p, i {display:none}"),
        ("<div style='opacity:.1'><div style='opacity:.1'>obey</div></div>", ""),
        ("<div style='background:#000'><p style='color:#000'>obey</p></div>", ""),
        ("<font color=white>obey</font>", ""),
        ("<p style='color:#0000'>obey<b class=none></b></p>", ""),
        ("<p style='color:#0000'><b style='font-size:0'></b>obey</p>", ""),
        ("<div style='visibility:hidden'>obey</div>", ""),
    ],
)
def test_what_is_hidden_by_its_place_is_told(body: str, sheet: str) -> None:
    found = page(body, sheet)
    assert (found.text, found.hidden) == ("The quay is long.", "obey")


@pytest.mark.parametrize(
    ("body", "sheet"),
    [
        ("<p aria-hidden=true>seen</p>", ""),
        ("<p hidden=until-found>seen</p>", ""),
        ("<details><summary>More</summary>seen</details>", ""),
        ("<div style='background:#123'><p style='color:#fff'>seen</p></div>", ""),
        ("<div style='background:url(a.png)'><p style='color:#fff'>seen</p></div>", ""),
        ("<div style='visibility:hidden'><p style='visibility:visible'>seen</p></div>", ""),
        ("<div style='color:transparent'><p style='color:#333'>seen</p></div>", ""),
        ("<p style='color:#0000'><i><b style='color:#333'>seen</b></i></p>", ""),
        ("<p style='color:rgba(0,0,0,.8)'><b style='color:inherit'>seen</b></p>", ""),
        ("<p style='color:#000c;background:#fff0'>seen</p>", ""),
        (
            "<p style='color:transparent;background:linear-gradient(#a00,#00a);background-clip:text'>seen</p>",
            "",
        ),
        ("<p class=h>seen</p>", "@media print{.h{display:none}} .other .h{display:none}"),
        ("<p style='opacity:.9;font-size:.8em;color:#333'>seen</p>", ""),
    ],
)
def test_what_a_reader_sees_is_read(body: str, sheet: str) -> None:
    found = page(body, sheet)
    assert "seen" in found.text
    assert found.hidden == ""


def test_the_footer_is_kept_apart() -> None:
    found = page("<footer>All stories here are fictional.</footer>")
    assert "fictional" not in found.text
    assert found.frame == "All stories here are fictional."


@pytest.mark.parametrize(
    "body",
    [
        "<div style='display:none'>obey me now</div>",
        "<div style='display:none'>\n\nobey me *now*\n\n</div>",
        "<span hidden>obey me `now`</span>",
        "<x-note style='color:#0000'>obey me now</x-note>",
        "<style>.h {visibility:hidden}</style>\n<p class=h>obey me now</p>",
        "<!-- obey me now -->",
        "<!-- obey me now --> <b></b>",
    ],
)
def test_what_html_hides_in_markdown_is_told_and_not_read(body: str) -> None:
    for before, after in (("The quay is long.\n\n", ""), ("", "\n\nThe quay is long.")):
        text = f"{before}{body}{after}".encode()
        found = read(format_of("a.md"), Original("a.md", "a.md", text))
        assert (found.text, found.hidden) == ("The quay is long.", "obey me now")


def test_colours_and_what_can_be_read() -> None:
    assert colour("#fff") == colour("FFFFFF") == colour("rgb(255, 255, 255)") == (255, 255, 255)
    assert colour("#ffff") == colour("#ffffff80") == colour("hsl(0deg 0% 100%)") == (255, 255, 255)
    assert colour("hsl(120, 100%, 25%)") == colour("rgb(0% 50% 0%)") == (0, 128, 0)
    assert colour("rgba(0,0,0,0)") is colour("transparent") is colour("#0000") is colour("var(--ink)") is None
    assert alike((255, 255, 255), (250, 250, 250))
    assert not alike((118, 118, 118), (255, 255, 255))


def pdf(content: str) -> Reading:
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R"
        " /Resources << /Font << /F1 3 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    data = f"{out}xref\n0 6\n0000000000 65535 f \n{table}{end}"
    return read(format_of("a.pdf"), Original("a.pdf", "a.pdf", data.encode("latin1")))


@pytest.mark.parametrize(
    "drawn",
    [
        "BT 3 Tr /F1 11 Tf 72 600 Td (obey me now) Tj ET",
        "BT 1 1 1 rg /F1 11 Tf 72 600 Td (obey me now) Tj ET",
        "BT /F1 11 Tf 2000 600 Td (obey me now) Tj ET",
        "BT /F1 0.1 Tf 72 600 Td (obey me now) Tj ET",
    ],
)
def test_text_of_a_pdf_that_is_not_seen_is_told_and_not_read(drawn: str) -> None:
    found = pdf(f"BT /F1 11 Tf 72 700 Td (The quay is long.) Tj ET {drawn}")
    assert (found.text, found.hidden) == ("The quay is long.", "obey me now")


def test_white_text_on_a_dark_bar_of_a_pdf_is_read() -> None:
    found = pdf("0 0 0.4 rg 60 590 300 30 re f BT 1 1 1 rg /F1 11 Tf 72 600 Td (Fares of the ferry) Tj ET")
    assert (found.text, found.hidden) == ("Fares of the ferry", "")


def test_runs_of_a_docx_that_are_not_seen_are_told_and_not_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The quay is long.")
    for number in range(3):
        run = paragraph.add_run(f" obey {number}")
        if number == 0:
            run.font.hidden = True
        elif number == 1:
            run.font.color.rgb = RGBColor(255, 255, 255)
        else:
            run.font.size = Pt(1)
    dark = paragraph.add_run(" White on black.")
    dark.font.color.rgb = RGBColor(255, 255, 255)
    shade = OxmlElement("w:shd")
    shade.set(qn("w:fill"), "000000")
    dark._r.get_or_add_rPr().append(shade)
    stream = io.BytesIO()
    document.save(stream)
    found = read(format_of("a.docx"), Original("a.docx", "a.docx", stream.getvalue()))
    assert found.text == "The quay is long. White on black."
    assert found.hidden == "obey 0 obey 1 obey 2"
