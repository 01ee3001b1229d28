"""Marks that turn letters around: what is read is stored, and what was turned is told."""

import io

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.direction import straighten
from clearspan.library.readers.reading import Reading

RLO, LRO, END = "\u202e", "\u202d", "\u202c"


def reading(name: str, text: str) -> Reading:
    return read(format_of(name), Original(name, name, text.encode()))


@pytest.mark.parametrize(
    ("text", "read_as", "turned"),
    [
        (f"It is {RLO}ton{END} safe.", "It is not safe.", [f"{RLO}ton"]),
        (f"Of {RLO}52 (m)", "Of (m) 25", [f"{RLO}52 (m)"]),
        (f"{RLO}ton\nsafe", "not\nsafe", [f"{RLO}ton"]),
        (f"{RLO}se\u0301{END}", "\u00e9s", [f"{RLO}se\u0301"]),
        (f"{LRO}שלום{END}", "םולש", [f"{LRO}שלום"]),
        (f"{RLO}a ש{END}", "a ש", [f"{RLO}a ש"]),
        (f"{LRO}plain{END}", "plain", []),
        (f"{RLO}שלום{END}", "שלום", []),
        (f"{RLO}{END}.", ".", []),
    ],
)
def test_a_run_under_an_override_is_put_in_the_order_that_is_read(
    text: str, read_as: str, turned: list[str]
) -> None:
    found: list[str] = []
    assert (straighten(text, found), found) == (read_as, turned)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", f"The quay is {RLO}ton{END} safe."),
        ("a.md", f"The quay is {RLO}ton{END} safe."),
        ("a.md", "The quay is &#x202e;ton&#x202c; safe."),
        ("a.html", "<p>The quay is &#x202e;ton&#x202c; safe.</p>"),
        ("a.html", "<p>The quay is <bdo dir=rtl>ton</bdo> safe.</p>"),
        ("a.html", "<p>The quay is <i></i>&#x202e;ton&#x202c; safe.</p>"),
        ("a.html", "<p>The quay is <b style='direction:rtl;unicode-bidi:bidi-override'>ton</b> safe.</p>"),
    ],
)
def test_each_format_is_read_as_it_is_shown(name: str, text: str) -> None:
    found = reading(name, text)
    assert (found.text, found.hidden) == ("The quay is not safe.", f"{RLO}ton")


def test_a_docx_is_read_as_it_is_shown() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph(f"The quay is {RLO}ton{END} ")
    forced = OxmlElement("w:bdo")
    forced.set(qn("w:val"), "rtl")
    forced.append(paragraph.add_run("efas")._r)
    paragraph._p.append(forced)
    stream = io.BytesIO()
    document.save(stream)
    found = read(format_of("a.docx"), Original("a.docx", "a.docx", stream.getvalue()))
    assert (found.text, found.hidden) == ("The quay is not safe", f"{RLO}ton\n{RLO}efas")


@pytest.mark.parametrize("mark", "\u200e\u200f\u202a\u202b\u2066\u2067\u2068\u2069")
def test_harmless_marks_are_dropped(mark: str) -> None:
    found = reading("a.txt", f"The {mark}quay{mark} is long.")
    assert (found.text, found.hidden) == ("The quay is long.", "")
