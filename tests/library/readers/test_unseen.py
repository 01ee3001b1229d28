"""Text that somebody who opens a page does not see: not read, and told."""

import pytest

from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.colours import alike, colour
from clearspan.library.readers.reading import Reading


def page(body: str, sheet: str = "") -> Reading:
    html = f"<html><head><title>Quay</title><style>{sheet}</style></head><body><p>The quay is long.</p>{body}</body></html>"
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


def test_colours_and_what_can_be_read() -> None:
    assert colour("#fff") == colour("FFFFFF") == colour("rgb(255, 255, 255)") == (255, 255, 255)
    assert colour("rgba(0,0,0,0)") is colour("transparent") is None
    assert alike((255, 255, 255), (250, 250, 250))
    assert not alike((118, 118, 118), (255, 255, 255))
