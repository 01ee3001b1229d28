"""PDF pages drawn letter by letter: exponents, columns, tables, words cut at line ends, sentences over pages."""

import pytest

from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.reading import Reading


def drawn(*pages: str, annotations: str = "", form: str = "") -> bytes:
    """A PDF of such page contents; annotations and a form are those of the first page."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {form} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, content in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * index} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> >> {annotations if index == 0 else ''} >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}endstream")
    out, offsets = "%PDF-1.4\n", list[int]()
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    ).encode("latin1")


def at(x: float, y: float, text: str, size: float = 12) -> str:
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n"


def below(top: float, *lines: str, x: float = 72) -> str:
    return "".join(at(x, top - 14 * number, line) for number, line in enumerate(lines))


def reading(*pages: str, annotations: str = "", form: str = "") -> Reading:
    data = drawn(*pages, annotations=annotations, form=form)
    return read(format_of("a.pdf"), Original("a.pdf", "a.pdf", data))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "BT /F1 12 Tf 72 700 Td (It moved 5 x 10) Tj /F1 7 Tf 5 Ts (6) Tj 0 Ts /F1 12 Tf ( litres.) Tj ET\n",
            "It moved 5 x 10⁶ litres.",
        ),
        (
            at(72, 700, "Of CO") + at(106, 697, "2", 8) + at(111, 700, " in air."),
            "Of CO₂ in air.",
        ),
        (at(72, 700, "Twice as dark") + at(72.4, 700, "Twice as dark"), "Twice as dark"),
        (
            below(700, "This appli-", "cation of the well-", "known law, 1884-", "1888, in Ross-", "Shire."),
            "This application of the well-known law, 1884-1888, in Ross-Shire.",
        ),
        (below(700, "A co-op here and the co-", "op there."), "A co-op here and the co-op there."),
    ],
)
def test_letters_and_words(content: str, text: str) -> None:
    assert reading(content).text == text


def test_columns_that_are_drawn_line_by_line() -> None:
    left = (
        "The committee of Orrin met",
        "in March to hear about",
        "the state of the sluice,",
        "which would hold on",
    )
    right = (
        "for eleven more years if",
        "its timber was tarred in",
        "autumn, as it had been",
        "for as long as known.",
    )
    page = "".join(
        at(72, 700 - 14 * row, one) + at(320, 700 - 14 * row, other)
        for row, (one, other) in enumerate(zip(left, right, strict=True))
    )
    assert reading(page).text == "\n".join((*left, *right))


def test_a_table_is_read_by_its_rows() -> None:
    rows = (
        ("Route", "Adult", "Child"),
        ("Orrin Quay", "14", "6"),
        ("Selby Rock", "27", ""),
        ("Corry Mill", "", "8"),
    )
    cells = (
        at(72 + 120 * column, 700 - 18 * row, text)
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
        if text
    )
    assert reading("".join(cells)).text == (
        "Route: Orrin Quay; Adult: 14; Child: 6\nRoute: Selby Rock; Adult: 27\nRoute: Corry Mill; Child: 8"
    )


def test_a_sentence_goes_on_over_a_page_and_what_runs_along_is_told_once() -> None:
    pages = [
        at(72, 760, "Brannock fund, annual report") + below(700, *lines) + at(72, 30, f"Page {number}")
        for number, lines in enumerate(
            (
                ("The fund paid pensions to 412 sailors,", "and it bought a house for"),
                ("86,000 crowns.", "It stands."),
            ),
            1,
        )
    ]
    found = reading(*pages)
    assert found.text == (
        "Brannock fund, annual report\n\nThe fund paid pensions to 412 sailors,\nand it bought a house for\n"
        "86,000 crowns.\nIt stands."
    )
    assert found.page_starts == (0, found.text.index("86,000"))


def test_uneven_gaps_do_not_part_a_sentence() -> None:
    page = below(
        700, "It pays a pension to every sailor who", "has served for twenty years on a ship"
    ) + below(660, "of the Orrin line.")
    assert reading(page).text.count("\n\n") == 0


def test_the_fields_of_a_form() -> None:
    fields = (
        ("/Tx", "boat", "/V (Grey Heron)", 700),
        ("/Tx", "length", "/V (9.4 metres)", 670),
        ("/Tx", "empty", "", 640),
    )
    widgets = " ".join(
        f"<< /Type /Annot /Subtype /Widget /FT {kind} /T ({name}) {value} /F 4 /Rect [220 {y - 4} 400 {y + 14}] >>"
        for kind, name, value, y in fields
    )
    page = at(72, 700, "Name of the boat:") + at(72, 670, "Length of the boat:") + at(72, 600, "Signed.")
    found = reading(page, annotations=f"/Annots [{widgets}]", form="/AcroForm << /Fields [] >>")
    assert "Name of the boat: Grey Heron" in found.text
    assert "Length of the boat: 9.4 metres" in found.text
