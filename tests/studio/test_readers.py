"""Readers on the page: counted and told so, held out and told so, or left alone; and answers read aloud."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clearspan.events import Event
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace
from tests.studio.conftest import KILOMETRES, SPAN, Served, Visit, Visitor, serve
from tests.studio.test_access import too_faint

pytestmark = pytest.mark.browser

VOICES = """(names) => {
  window.said = [];
  const voices = names.map(([name, localService, lang]) => ({ name, localService, lang }));
  const speaking = {
    getVoices: () => voices,
    speak: (one) => { window.said.push([one.text, one.voice.name]); window.last = one; },
    cancel: () => { window.said.push("cancelled"); },
    addEventListener: () => {},
  };
  Object.defineProperty(window, "speechSynthesis", { value: speaking });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""


def send(page: Page) -> None:
    """Have what the reader did sent, as it is when the tab goes to the back."""
    page.evaluate(
        """() => {
          Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )


def recorded(served: Served, before: int, kinds: set[str]) -> list[Event]:
    """Events since, once the last of them is in the ledger."""
    import time

    deadline = time.monotonic() + 20
    while True:
        events = list(served.workspace.ledger.events())[before:]
        if kinds <= {event.kind for event in events} or time.monotonic() > deadline:
            return events
        time.sleep(0.02)


def test_what_a_reader_does_is_counted_and_the_page_says_so(visit: Visit, served: Served) -> None:
    before = len(served.workspace.ledger.events())
    page = visit.page
    visit.ask(SPAN)
    expect(page.locator(".counted-note")).to_contain_text("without saying by whom")
    page.locator(".claim .citation").first.click()
    expect(page.locator("dialog mark")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".source-title").first.click()
    page.keyboard.press("Escape")
    page.locator(".receipt-link").click()
    page.keyboard.press("Escape")
    page.wait_for_timeout(1_100)
    send(page)
    wanted = {"asked", "shown", "citation_opened", "result_clicked", "receipt_opened", "dwell"}
    events = recorded(served, before, wanted)
    assert {event.kind for event in events} == wanted
    assert len({event.session for event in events}) == 1
    assert len({event.view for event in events}) == 1
    by_kind = {event.kind: event for event in events}
    assert by_kind["citation_opened"].citation == 1
    assert by_kind["result_clicked"].rank == 1
    assert (by_kind["dwell"].seconds or 0) >= 1


def test_questions_of_one_visit_belong_together_and_another_tab_is_another_visit(
    visitor: Visitor, served: Served
) -> None:
    before = len(served.workspace.ledger.events())
    first, second = visitor(), visitor()
    for visit, question in ((first, SPAN), (first, KILOMETRES), (second, SPAN)):
        visit.ask(question)
    asked = [one for one in recorded(served, before, {"asked"}) if one.kind == "asked"]
    assert [one.query_type for one in asked] == ["number", "calculation", "number"]
    assert asked[0].session == asked[1].session != asked[2].session


def test_switched_off_in_this_browser_nothing_is_counted(visit: Visit, served: Served) -> None:
    page = visit.page
    visit.open(room="audit", page="readers")
    page.get_by_label("Count what I do in this browser").uncheck()
    before = len(served.workspace.ledger.events())
    visit.ask(SPAN)
    expect(page.locator(".counted-note")).to_have_count(0)
    assert len(served.workspace.ledger.events()) == before
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [1, 0]
    visit.open(room="audit", page="readers")
    expect(page.get_by_label("Count what I do in this browser")).not_to_be_checked()
    page.get_by_label("Count what I do in this browser").check()
    assert page.evaluate("localStorage.length") == 0


def test_a_browser_that_asks_not_to_be_counted_is_not(visit: Visit, served: Served) -> None:
    visit.page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    before = len(served.workspace.ledger.events())
    visit.ask(SPAN)
    expect(visit.page.locator(".counted-note")).to_have_count(0)
    assert len(served.workspace.ledger.events()) == before
    visit.open(room="audit", page="readers")
    expect(visit.page.get_by_label("Count what I do in this browser")).to_be_disabled()
    expect(visit.page.locator(".kept")).to_contain_text("asks not to be counted")


@pytest.fixture(scope="module")
def held_out(weights: Path, samples_home: Callable[[str], Path]) -> Iterator[Served]:
    """The sample library behind a server that shows half of all visits no overviews."""
    settings = Settings(
        home=samples_home("held-out"),
        weights=weights,
        library=SAMPLES_LIBRARY,
        embedder="",
        generate=False,
        readers_holdout=0.5,
    )
    with Workspace.open(settings) as workspace:
        yield from serve(workspace)


def visit_number(served: Served, side: str) -> str:
    """The number of a visit that falls on a side."""
    from clearspan.readers.acts import Readers

    readers = Readers(served.workspace.ledger, served.workspace.settings.readers_holdout, 1)
    return next(number for n in range(99) if readers.arm(number := f"{n:032x}") == side)


def come_as(page: Page, number: str) -> None:
    page.add_init_script(
        f"sessionStorage.getItem('clearspan-visit') ?? localStorage.getItem('clearspan-uncounted') ?? "
        f"sessionStorage.setItem('clearspan-visit', JSON.stringify({{id: '{number}', last: Date.now()}}))"
    )


def test_a_visit_that_is_held_out_sees_results_is_told_and_can_leave(
    visitor: Visitor, held_out: Served
) -> None:
    visit = visitor(url=held_out.url)
    page = visit.page
    come_as(page, visit_number(held_out, "results"))
    visit.open(q=SPAN)
    note = page.get_by_role("region", name="No overview in this visit")
    expect(note).to_contain_text("One visit in 2 sees results alone")
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.locator(".claim")).to_have_count(0)
    expect(page.locator(".receipt-link")).to_have_count(0)
    assert too_faint(page) == []
    visit.picture("held-out")
    page.locator(".hit a").nth(1).click()
    expect(page.get_by_role("dialog", name="Document").locator("mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    send(page)
    events = recorded(held_out, 0, {"asked", "shown", "result_clicked"})
    assert {event.kind for event in events} - {"dwell"} == {"asked", "shown", "result_clicked"}
    assert [event.rank for event in events if event.kind == "result_clicked"] == [2]
    assert held_out.workspace.ledger.count() == 0

    note.get_by_role("button", name="Do not count me").click()
    expect(page.locator(".receipt-link")).to_be_visible()
    expect(page.locator(".claim-quoted").first).to_contain_text("Golden Gate Bridge")
    expect(page.locator(".counted-note")).to_have_count(0)
    assert held_out.workspace.ledger.count() == 1


def test_the_page_of_readers_compares_and_draws_intervals(visitor: Visitor, held_out: Served) -> None:
    from clearspan.readers.acts import Act, Readers

    readers = Readers(held_out.workspace.ledger, 0.5, 90)
    for number in range(60):
        session = f"{number + 1000:032x}"
        for turn in range(1 + number % 3):
            view = readers.asked(session, "number" if turn else "time", "answered", 2)
            acts = [Act(view, "shown"), Act(view, "dwell", seconds=5.0 + number)]
            readers.acted(session, [*acts, Act(view, "result_clicked", rank=1)][: 2 + (number % 4 == 0)])
    for theme, width in (("light", 1280), ("dark", 400)):
        visit = visitor(url=held_out.url, color_scheme=theme, width=width)
        page = visit.page
        visit.open(room="audit", page="readers", since="30d")
        expect(page.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "true")
        measure = page.locator("[data-measure=questions_per_session]")
        expect(measure.locator(".readers-difference .readers-figure").first).to_contain_text(" to ")
        expect(measure.locator(".interval-line").first).to_be_attached()
        measure.locator("summary").click()
        expect(measure.get_by_role("rowheader", name="time").first).to_be_visible()
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0
        assert too_faint(page) == []
        visit.picture(f"readers-{theme}-{width}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all figures as CSV").click()
    assert "questions_per_session,all,difference" in download.value.path().read_text()


def test_an_answer_is_read_aloud_sentence_by_sentence_by_a_voice_of_this_computer(
    visit: Visit, served: Served
) -> None:
    page = visit.page
    voices = [["From afar", False, "en-GB"], ["Sur place", True, "fr-FR"], ["At home", True, "en-GB"]]
    page.add_init_script(f"({VOICES})({voices!r})".replace("False", "false").replace("True", "true"))
    visit.ask(SPAN)
    spoken = served.workspace.ledger.receipts(limit=1)[0].overview.spoken
    button = page.get_by_role("button", name="Read aloud")
    button.focus()
    page.keyboard.press("Enter")
    said = [one for one in page.evaluate("window.said") if one != "cancelled"]
    assert " ".join(text for text, _ in said) == spoken
    assert {voice for _, voice in said} == {"At home"}
    assert said[0][0] == "A machine composed this."
    stop = page.get_by_role("button", name="Stop reading")
    expect(stop).to_be_focused()
    stop.click()
    assert page.evaluate("window.said.at(-1)") == "cancelled"
    button.click()
    page.evaluate("window.last.onend()")
    expect(button).to_be_visible()
    button.click()
    page.get_by_label("Question").fill(KILOMETRES)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".claim-calculated")).to_be_visible()
    assert page.evaluate("window.said.at(-1)") == "cancelled"


@pytest.mark.parametrize("voices", [[], [["From afar", False, "en-GB"]]])
def test_without_a_voice_of_its_own_there_is_no_such_button(visit: Visit, voices: list[list[object]]) -> None:
    visit.page.add_init_script(f"({VOICES})({voices!r})".replace("False", "false"))
    visit.ask(KILOMETRES)
    expect(visit.page.locator(".read-aloud")).to_be_hidden()
