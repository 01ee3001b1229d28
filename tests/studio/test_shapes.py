"""Each shape in a real browser: what comes first, what is set off, and that nothing moves once it is there."""

import json

import pytest
from playwright.sync_api import expect

from clearspan.receipts import Calculation, Claim, Layout, Overview, Receipt, Verdict
from tests.studio.conftest import Visit, Visitor
from tests.studio.streams import HELD, citation, event, receipt, source, stream

pytestmark = pytest.mark.browser

PIER = "The pier is 90 metres long."


def quoted(text: str, **more: object) -> Claim:
    fields = {
        "text": text,
        "origin": "quoted",
        "support": "supported",
        "score": 0.9,
        "citations": (citation(1, "d-1", text),),
    }
    return Claim.model_validate(fields | more)


def answer(layout: Layout, *claims: Claim, **more: object) -> Receipt:
    made = receipt(claims, [source(1, "d-1")])
    overview = Overview.model_validate({"claims": claims, "layout": layout} | more)
    return made.model_copy(update={"overview": overview})


def show(visit: Visit, made: Receipt) -> None:
    visit.page.route(
        "**/api/ask", lambda route: route.fulfill(body=stream(made), content_type="text/event-stream")
    )
    visit.ask("How long is the pier?")


def test_a_number_is_large_and_bold_in_the_quote_under_it(visit: Visit) -> None:
    show(visit, answer("number", quoted(PIER, emphasis=(12, 21))))
    page = visit.page
    figure = page.locator(".figure")
    expect(figure).to_have_text("90 metres")
    assert "serif" in figure.evaluate("node => getComputedStyle(node).fontFamily")
    strong = page.locator(".claim .sentence strong")
    expect(strong).to_have_text("90 metres")
    assert strong.evaluate("node => getComputedStyle(node).fontWeight") == "600"
    assert figure.bounding_box()["y"] < strong.bounding_box()["y"]  # type: ignore[index]
    visit.picture("shape-number")


def test_yes_comes_first_and_the_conditions_last(visit: Visit) -> None:
    made = answer(
        "yes_no",
        quoted("You can get a permit if:", role="stem"),
        quoted("you own a car"),
        quoted("you live in the zone", role="condition"),
        quoted("you have paid", role="condition"),
        verdict=Verdict(answer="yes", probability=0.72, hedged=True),
        missing=("What was found does not say when.",),
    )
    show(visit, made)
    page = visit.page
    verdict = page.locator(".verdict")
    expect(verdict).to_have_text("Probably yes read in what follows · probability 0.72")
    assert verdict.bounding_box()["y"] < page.locator(".claim").first.bounding_box()["y"]  # type: ignore[index]
    expect(page.locator(".conditions")).to_have_count(1)
    expect(page.locator(".role-condition").first.locator(".conditions")).to_be_visible()
    expect(page.locator(".missing")).to_contain_text("What was found does not say when.")
    visit.picture("shape-yes-no")


def test_steps_have_the_numbers_of_their_source_and_inner_ones_stand_further_in(visit: Visit) -> None:
    made = answer(
        "steps",
        quoted("To apply:", role="stem"),
        quoted("Fill in the form.", role="step", mark="1"),
        quoted("Pay the fee:", role="step", mark="2"),
        quoted("by card", role="step", depth=1),
        more=True,
    )
    show(visit, made)
    page = visit.page
    expect(page.get_by_role("list", name="Steps").locator(".claim")).to_have_count(4)
    expect(page.locator(".claim-mark")).to_have_text(["1.", "2.", "•"])
    sentences = page.locator(".role-step .sentence")
    outer, inner = (sentences.nth(place).bounding_box()["x"] for place in (1, 2))  # type: ignore[index]
    assert inner > outer
    expect(page.locator(".more")).to_contain_text("perhaps more")
    visit.picture("shape-steps")


def test_a_comparison_has_a_row_for_each_side_and_its_difference_in_monospace(visit: Visit) -> None:
    difference = Claim(
        text="The pier: 30 metres longer than the jetty.",
        origin="calculated",
        support="supported",
        score=1.0,
        citations=(citation(1, "d-1", PIER),),
        calculation=Calculation(expression="90 metres − 60 metres", result="30 metres", method="difference"),
        role="difference",
    )
    made = answer(
        "comparison",
        quoted(PIER, role="side", mark="the pier", emphasis=(12, 21)),
        quoted("The jetty is 60 metres long.", role="side", mark="the jetty", emphasis=(13, 22)),
        difference,
    )
    show(visit, made)
    page = visit.page
    sides = page.locator(".role-side")
    expect(sides.locator(".claim-mark")).to_have_text(["the pier", "the jetty"])
    expect(sides.locator("strong")).to_have_text(["90 metres", "60 metres"])
    last = page.locator(".role-difference .sentence")
    expect(last).to_have_text("= The pier: 30 metres longer than the jetty.")
    assert "mono" in last.evaluate("node => getComputedStyle(node).fontFamily").lower()
    lefts = [sides.nth(place).locator(".sentence").bounding_box()["x"] for place in (0, 1)]  # type: ignore[index]
    assert lefts[0] == lefts[1]
    visit.picture("shape-comparison")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_timeline_has_its_dates_on_a_line(visitor: Visitor, width: int) -> None:
    visit = visitor(width=width)
    made = answer(
        "timeline",
        quoted("It was begun in 1620.", role="event", mark="1620", emphasis=(16, 20)),
        quoted("It burned down in May 1803.", role="event", mark="May 1803", emphasis=(18, 26)),
    )
    show(visit, made)
    marks = visit.page.locator(".role-event .claim-mark")
    expect(marks).to_have_text(["1620", "May 1803"])
    expect(marks.first).to_be_in_viewport(ratio=1)
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    visit.picture(f"shape-timeline-{width}")


def test_nothing_moves_once_it_is_there(visitor: Visitor) -> None:
    visit = visitor()
    page = visit.page
    made = answer("yes_no", quoted(PIER), verdict=Verdict(answer="no", probability=0.8))
    page.add_init_script(HELD)
    visit.open(q="Is the pier long?")
    expect(page.locator(".doing")).to_be_visible()
    shape = {"layout": "yes_no", "verdict": {"answer": "no", "probability": 0.8}}
    claim = made.overview.claims[0].model_dump(mode="json")
    page.evaluate("text => window.feed(text)", event("shape", shape) + event("claim", claim))
    expect(page.locator(".verdict")).to_contain_text("No")
    before = page.locator(".claim").bounding_box()
    page.evaluate("text => window.feed(text)", event("receipt", json.loads(made.model_dump_json())))
    expect(page.locator(".receipt-link")).to_be_visible()
    assert page.locator(".claim").bounding_box() == before
    expect(page.locator(".verdict")).to_have_count(1)
