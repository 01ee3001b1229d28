"""Documents are hostile until shown otherwise: they stay text, and nothing is asked of another host."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace
from tests.studio.conftest import Served, Visit, Visitor, serve

pytestmark = pytest.mark.browser

STUDIO = Path(__file__).resolve().parents[2] / "src" / "clearspan" / "studio"

HOSTILE = """---
title: "<img src=x onerror='window.hacked=1'> Quelbrook clock tower"
publisher: "<script>window.hacked=2</script>"
kind: reference
---
🕰️ Notes on towers.

The Quelbrook clock tower is 41 metres tall <script>window.hacked=4</script> and has <b>four</b> faces, which
can be seen from every street of the town and from the harbour.
<img src="https://tracker.example/p.png" onerror="window.hacked=5"> <a href="javascript:window.hacked=6">Press</a>
"""


def test_hostile_document_stays_text_everywhere(visit: Visit, served: Served) -> None:
    page = visit.page
    library = served.workspace.library()
    change = library.add_bytes("quelbrook.txt", HOSTILE.encode())
    assert change.document_id
    try:
        visit.ask("How tall is the Quelbrook clock tower?")
        claim = page.locator(".claim").first
        expect(claim).to_contain_text("41 metres tall <script>")
        claim.locator(".citation").first.click()
        dialog = page.get_by_role("dialog")
        mark = dialog.locator("mark")
        expect(mark).to_be_visible()
        answer = served.workspace.ledger.receipts(limit=1)[0]
        # The emoji before the span is one character to the server and two units to the browser.
        assert mark.text_content() == answer.overview.claims[0].citations[0].quote
        expect(dialog.locator("h2")).to_contain_text("<img src=x")
        visit.picture("hostile")
        visit.open(room="library", q="Quelbrook clock tower")
        expect(page.locator(".hit").first).to_contain_text("<script>")
        visit.open(room="audit", receipt=answer.id)
        expect(page.locator(".till")).to_contain_text("<script>")
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, dialog img, main script, a[href^=javascript]").count() == 0
    finally:
        library.remove(change.document_id)


def test_link_out_of_the_page_cannot_run_anything(visit: Visit) -> None:
    visit.open()
    made = """async (url) => {
      const { outside } = await import("/studio/dom.js");
      const link = outside(url);
      return [link.tagName, link.rel, link.textContent];
    }"""
    for url in ("javascript:alert(1)", " JAVASCRIPT:alert(1)", "data:text/html,<b>", "not an address"):
        assert visit.page.evaluate(made, url) == ["SPAN", None, url]
    url = "https://bridge.example/a?b=c"
    assert visit.page.evaluate(made, url) == ["A", "noopener noreferrer", url]


def test_no_module_can_make_markup_of_text() -> None:
    scripts = {path: path.read_text() for path in STUDIO.rglob("*.js")}
    assert len(scripts) > 20
    ways = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
    )
    assert {(path.name, way) for path, text in scripts.items() for way in ways if way in text} == set()


@pytest.fixture(scope="module")
def locked(weights: Path, samples_home: Callable[[str], Path]) -> Iterator[Served]:
    """The sample library behind a server that asks for a key, searched by words alone."""
    settings = Settings(
        home=samples_home("locked"),
        weights=weights,
        library=SAMPLES_LIBRARY,
        embedder="",
        generate=False,
        api_key="a long key",
    )
    with Workspace.open(settings) as workspace:
        yield from serve(workspace)


def test_key_is_asked_for_once_and_kept_in_the_tab(locked: Served, visitor: Visitor) -> None:
    visit = visitor(url=locked.url)
    visit.expected.append("401")
    page = visit.page
    visit.open(q="How long is the main span of the Golden Gate Bridge?")
    dialog = page.get_by_role("dialog", name="API key")
    dialog.get_by_label("API key").fill("a wrong key")
    dialog.get_by_role("button").click()
    expect(dialog).to_contain_text("is not the server's")
    dialog.get_by_label("API key").fill("a long key")
    dialog.get_by_role("button").click()
    # The first question to a server of its own: the readers are loaded, beside whatever else the machine does.
    expect(page.locator(".claim-quoted").first).to_be_visible(timeout=90_000)
    page.reload()
    expect(page.locator(".receipt-link")).to_be_visible()
    expect(dialog).to_have_count(0)
    assert page.evaluate("[localStorage.length, Object.keys(sessionStorage).sort()]") == [
        0,
        ["clearspan-key", "clearspan-visit"],
    ]
    assert "a%20long%20key" not in page.url
