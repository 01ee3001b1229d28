"""What goes wrong is said next to what caused it, with what to do."""

import json

import pytest
from playwright.sync_api import Route, expect

from clearspan.receipts import Claim
from tests.studio.conftest import SPAN, Served, Visit
from tests.studio.streams import HELD, citation, event, receipt, source, stream

pytestmark = pytest.mark.browser


def test_too_long_a_question_gets_the_servers_own_words(visit: Visit) -> None:
    visit.expected.append("Failed to load resource")
    visit.open(q="long " * 1000)
    problem = visit.page.get_by_role("alert")
    expect(problem).to_contain_text("2,000")
    expect(visit.page.get_by_role("button", name="Ask")).to_be_visible()


def test_busy_server_can_be_asked_again(visit: Visit) -> None:
    visit.expected.append("429")
    body = {
        "code": "busy",
        "what": "Others are being answered.",
        "why": "Eight wait.",
        "do": "Try again soon.",
    }

    def refuse(route: Route) -> None:
        route.fulfill(status=429, content_type="application/json", body=json.dumps({"error": body}))

    visit.page.route("**/api/ask", refuse, times=1)
    visit.open(q=SPAN)
    problem = visit.page.get_by_role("alert")
    for part in (body["what"], body["why"], body["do"]):
        expect(problem).to_contain_text(part)
    visit.picture("busy")
    problem.get_by_role("button", name="Try again").click()
    expect(visit.page.locator(".claim-quoted").first).to_contain_text("1,280")
    expect(problem).to_have_count(0)


def test_server_that_went_away_is_named_with_a_remedy(visit: Visit) -> None:
    visit.expected.append("ERR_CONNECTION_REFUSED")
    visit.open()
    expect(visit.page.locator(".examples")).to_be_visible()
    visit.page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    visit.page.get_by_label("Question").fill(SPAN)
    visit.page.get_by_role("button", name="Ask").click()
    problem = visit.page.get_by_role("alert")
    expect(problem).to_contain_text("The server does not answer.")
    expect(problem).to_contain_text("clearspan serve")
    for room in ("Library", "Audit"):
        visit.page.get_by_role("link", name=room).click()
        expect(visit.page.get_by_role("alert").first).to_contain_text("The server does not answer.")


def test_error_within_a_stream_leaves_what_stands(visit: Visit, served: Served) -> None:
    document_id = served.workspace.library().documents()[0].id
    claim = Claim(
        text="The pier is 90 m long.",
        origin="quoted",
        support="supported",
        score=1,
        citations=(citation(1, document_id, "The pier."),),
    )
    whole = stream(receipt([claim], [source(1, document_id)]))
    begun = whole[: whole.index("event: receipt")]
    failing = begun + event(
        "error", {"code": "storage", "what": "The disk is full.", "why": "", "do": "Free some space."}
    )

    def answer_with(body: str) -> None:
        visit.page.unroute("**/api/ask")
        visit.page.route(
            "**/api/ask", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=body)
        )

    answer_with(failing)
    visit.open(q="How long is the pier?")
    expect(visit.page.get_by_role("alert")).to_contain_text("Free some space.")
    expect(visit.page.locator(".claim")).to_have_count(1)

    answer_with(begun)
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.page.get_by_role("alert")).to_contain_text("broke off before its receipt was recorded")
    expect(visit.page.locator(".claim")).to_have_count(1)


def test_stop_ends_the_request_and_says_so(visit: Visit) -> None:
    page = visit.page
    page.add_init_script(HELD)
    visit.open(q="Slowly, please?")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.evaluate("text => feed(text)", event("route", {"tier": "generate", "why": "several facts"}))
    expect(page.locator(".status")).to_contain_text("generate tier: several facts · searching")
    second = {"tier": "generate", "why": "the quote is long", "escalated_from": "quote"}
    page.evaluate("text => feed(text)", event("route", second))
    expect(page.locator(".status")).to_contain_text("generate tier: the quote is long · writing")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".status")).to_contain_text("Stopped.")
    expect(page.get_by_role("button", name="Ask")).to_be_visible()
    assert page.evaluate("window.wasStopped") is True


def test_unknown_document_and_receipt_are_explained(visit: Visit) -> None:
    visit.expected.append("404")
    visit.open(room="library", document="d-0000000000000000")
    expect(visit.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("d-0000000000000000")
    visit.open(room="audit", receipt="r-none")
    expect(visit.page.get_by_role("alert")).to_contain_text("r-none")
