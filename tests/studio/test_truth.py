"""What the page shows of truth: why a source is believed, a sentence taken apart, two sides, and faults."""

import json

import pytest
from playwright.sync_api import Route, expect

from clearspan.faults import Conflict, ConflictSide, Diagnosis, FaultEvidence
from clearspan.receipts import Claim, ClaimPart, Receipt, Signal, Source
from tests.studio.conftest import FOOTBRIDGE, ROCKS, SPAN, Served, Visit, Visitor
from tests.studio.streams import citation, receipt, source, stream
from tests.studio.test_access import too_faint

pytestmark = pytest.mark.browser

PARTS = (
    ClaimPart(
        kind="number",
        text="90 m",
        start=12,
        end=16,
        decision="supported",
        probability=0.97,
        decided_by="the same length stands in the source",
        evidence="The pier is 90 metres long.",
        citation=1,
    ),
    ClaimPart(
        kind="date",
        text="in 1911",
        start=27,
        end=34,
        decision="contradicted",
        probability=0.04,
        decided_by="the source gives another year",
        evidence="It was built in 1908.",
        citation=1,
    ),
)


def sources(document_id: str) -> list[Source]:
    return [
        source(
            1,
            document_id,
            title="Pier survey",
            publisher="Harbour Office",
            date="2024-05-01",
            kind="reference",
            standing=0.9,
            witness=1,
            publisher_listed="reference, says the user's own list",
            reasons=("reference work", "dated 2024-05-01"),
            signals=(
                Signal(
                    name="publisher",
                    effect="raises",
                    detail="reference work",
                    evidence="own list, 2026-01-04",
                ),
                Signal(name="age", effect="notes", detail="dated 2024-05-01"),
            ),
        ),
        source(
            2,
            "d-two",
            title="A walk on the pier",
            publisher="Visitor Guide",
            date="2019-06",
            standing=0.6,
            witness=1,
        ),
        source(
            None,
            "d-three",
            title="Pier of 900 metres, sources say",
            publisher="The Daily Barnacle",
            kind="satire",
            believed=False,
            standing=0.0,
            reasons=("satire: not meant to be believed",),
            signals=(
                Signal(
                    name="self-declared",
                    effect="rejects",
                    detail="says of itself that it is satire",
                    evidence="Nothing here is true, and we are proud of it.",
                ),
            ),
        ),
    ]


def answer(document_id: str) -> Receipt:
    claims = [
        Claim(
            text="The pier is 90 m long, built in 1911.",
            origin="generated",
            support="disputed",
            score=0.8,
            parts=PARTS,
            citations=(citation(1, document_id, "The pier."),),
        ),
        Claim(
            text="The pier is 95 m long.",
            origin="quoted",
            support="disputed",
            score=0.9,
            citations=(citation(2, "d-two", "The pier is 95 m long."),),
        ),
    ]
    conflict = Conflict(
        about="the length of the pier",
        cause="age",
        sides=(
            ConflictSide(
                value="90 m", claims=(0,), sources=(1,), witnesses=1, standing=0.9, date="2024-05-01"
            ),
            ConflictSide(value="95 m", claims=(1,), sources=(2,), witnesses=2, standing=0.6, date="2019-06"),
        ),
        note="The sources disagree about the length of the pier; the newer stands first.",
    )
    fault = Diagnosis(
        fault="hallucination",
        sentence="It has four lifts.",
        why="no passage that was found says it",
        evidence=(
            FaultEvidence(
                document_id=document_id,
                title="Pier survey",
                quote="The pier has stairs.",
                start=0,
                end=9,
                date="2024",
            ),
        ),
    )
    return receipt(claims, sources(document_id), conflict, [fault])


@pytest.fixture
def shown(visit: Visit, served: Served) -> Visit:
    """An answer with everything that can be said of truth in it."""
    made = answer(served.workspace.library().documents()[0].id)

    def fulfil(route: Route) -> None:
        route.fulfill(status=200, content_type="text/event-stream", body=stream(made))

    visit.page.route("**/api/ask", fulfil)
    visit.ask("How long is the pier?")
    return visit


def test_a_sentence_is_taken_apart_on_request(shown: Visit) -> None:
    claim = shown.page.locator(".claim-generated")
    expect(claim.locator(".part").first).to_be_hidden()
    claim.get_by_text("1 of 2 things borne out").click()
    first, second = claim.locator(".part").all()
    for text in ("90 m", "number", "supported · 0.97", "the same length stands in the source", "source 1:"):
        expect(first).to_contain_text(text)
    expect(second).to_contain_text("contradicted · 0.04")
    expect(second.get_by_role("img", name="contradicted")).to_be_visible()
    shown.picture("breakdown")


def test_sources_say_why_they_are_believed_or_not_and_who_is_one_witness(shown: Visit) -> None:
    page = shown.page
    first = page.locator(".source").first
    expect(first.get_by_text("one witness with 2")).to_be_visible()
    expect(first.locator(".reasons")).to_be_hidden()
    first.get_by_text("Why it is believed").click()
    expect(first.get_by_role("img", name="raises its standing")).to_be_visible()
    expect(first.locator(".signals")).to_contain_text("own list, 2026-01-04")
    expect(first.locator(".signals")).to_contain_text("registry: reference, says the user's own list")
    doubted = page.locator(".source-doubted")
    expect(doubted.get_by_text("says so itself", exact=True)).to_be_visible()
    expect(doubted.get_by_role("img", name="so it is not believed")).to_be_visible()
    expect(doubted.locator(".signal-evidence")).to_contain_text("Nothing here is true")


def test_sides_stand_beside_each_other_with_date_and_standing(shown: Visit) -> None:
    page = shown.page
    conflict = page.get_by_role("region", name="The sources disagree, and their dates may say why")
    one, other = conflict.locator(".side").all()
    for text in ("90 m", "1 May 2024", "1 independent one", "Harbour Office", "built in 1911"):
        expect(one).to_contain_text(text)
    expect(one.get_by_role("img", name="standing 4 of 4")).to_be_visible()
    expect(other).to_contain_text("June 2019")
    expect(other).to_contain_text("2 independent ones")
    left, right = one.bounding_box(), other.bounding_box()
    assert left
    assert right
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    # What the sides say is not said a second time below them.
    expect(page.get_by_text("the newer stands first")).to_have_count(1)


def test_faults_stand_in_the_receipt_and_name_what_they_are(shown: Visit) -> None:
    page = shown.page
    page.locator(".receipt-link").click()
    till = page.get_by_role("dialog", name="Receipt").locator(".till")
    fault = till.locator(".diagnosis")
    for text in (
        "hallucination",
        "No source that was found says it.",
        "It has four lifts.",
        "The pier has stairs.",
    ):
        expect(fault).to_contain_text(text)
    expect(till.locator(".part")).to_have_count(2)
    expect(till).to_contain_text("one witness with 2")
    shown.picture("receipt-truth")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_everything_can_be_read_in_both_themes_and_on_narrow_screens(
    visitor: Visitor, served: Served, theme: str, width: int
) -> None:
    visit = visitor(color_scheme=theme, width=width)
    page = visit.page
    made = answer(served.workspace.library().documents()[0].id)
    page.route(
        "**/api/ask",
        lambda route: route.fulfill(status=200, content_type="text/event-stream", body=stream(made)),
    )
    visit.ask("How long is the pier?")
    page.evaluate("for (const closed of document.querySelectorAll('main details')) closed.open = true")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
    assert too_faint(page) == []
    visit.picture(f"truth-{theme}-{width}")
    page.locator(".receipt-link").click()
    expect(page.locator(".till .diagnosis")).to_be_visible()
    assert page.locator(".drawer-body").evaluate("node => node.scrollWidth - node.clientWidth") == 0
    assert too_faint(page) == []


def test_real_sources_carry_their_signals(visit: Visit) -> None:
    visit.ask(ROCKS)
    page = visit.page
    expect(page.locator(".source-doubted .reasons").first).to_contain_text("satire")
    page.locator(".source").first.get_by_text("Why it is believed").click()
    expect(page.locator(".source").first.locator(".reasons li").first).to_be_visible()


def test_a_diagnosis_is_asked_for_with_the_right_answer(visit: Visit, served: Served) -> None:
    visit.ask(SPAN)
    made = served.workspace.ledger.receipts(limit=1)[0]
    sent: list[dict[str, str]] = []
    found = answer("d-one").diagnoses[0].model_dump(mode="json")

    def fulfil(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(json={"diagnoses": [found] if sent[-1] else []})

    visit.page.route("**/diagnose", fulfil)
    visit.open(room="audit", receipt=made.id)
    form = visit.page.get_by_role("region", name="Diagnosis")
    form.get_by_role("button", name="Diagnose").click()
    expect(form).to_contain_text("No fault was found")
    form.get_by_label("The right answer").fill("4,200 feet")
    form.get_by_label("The right answer").press("Enter")
    expect(form.locator(".diagnosis")).to_contain_text("hallucination")
    assert sent == [{}, {"gold": "4,200 feet"}]


def test_a_real_conflict_has_both_sides(visit: Visit) -> None:
    visit.ask(FOOTBRIDGE)
    expect(visit.page.locator(".overview")).to_contain_text("disagree")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_the_page_of_truth_plots_risk_against_coverage(visitor: Visitor, theme: str, width: int) -> None:
    visit = visitor(color_scheme=theme, width=width)
    page = visit.page
    visit.open(room="audit")
    page.get_by_role("link", name="Truth").click()
    expect(page).to_have_title("Truth · Audit · Clearspan")
    curve = page.locator("[data-chart=unknowable]")
    expect(curve.locator(".chart-band")).to_have_count(1)
    expect(curve.locator(".chart-dashed").first).to_be_attached()
    expect(curve.locator(".chart-label")).to_contain_text("as set")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert too_faint(page) == []
    visit.picture(f"risk-{theme}-{width}")
    with page.expect_download() as download:
        page.get_by_role("button", name="as CSV").first.click()
    assert "surest first" in download.value.path().read_text()
