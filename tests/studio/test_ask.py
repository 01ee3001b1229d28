"""The Ask room on the real journey: a question in, an overview with its sources out."""

import re

import pytest
from playwright.sync_api import Route, expect

from clearspan.receipts import Claim
from tests.studio.conftest import DENMARK, FOOTBRIDGE, KILOMETRES, ROCKS, SPAN, Served, Visit, Visitor
from tests.studio.streams import HELD, citation, receipt, source, stream

pytestmark = pytest.mark.browser


def test_question_to_highlighted_span(visit: Visit, served: Served) -> None:
    page = visit.page
    visit.open()
    page.get_by_label("Question").fill(SPAN)
    page.get_by_label("Question").press("Enter")
    expect(page.locator(".receipt-link")).to_be_visible()
    claim = page.locator(".claim-quoted").first
    expect(claim).to_contain_text("1,280")
    assert "serif" in claim.evaluate("node => getComputedStyle(node).fontFamily")
    visit.picture("ask")

    answer = served.workspace.ledger.receipts(limit=1)[0]
    cited = answer.overview.claims[0].citations[0]
    claim.locator(".citation").first.click()
    mark = page.locator("dialog mark")
    expect(mark).to_be_in_viewport(ratio=1)
    assert mark.text_content() == cited.quote
    dialog = page.get_by_role("dialog", name="Document")
    expect(dialog).to_contain_text(cited.title)
    expect(dialog).to_contain_text(str(cited.publisher))
    expect(dialog.locator(".judgement")).to_contain_text("Believed in this answer")
    visit.picture("document")


def test_back_closes_the_document_and_gives_the_focus_back(visit: Visit) -> None:
    visit.ask(SPAN)
    page = visit.page
    link = page.locator(".claim .citation").first
    link.click()
    expect(page.locator("dialog mark")).to_be_visible()
    assert "document=d-" in page.url
    page.go_back()
    expect(page.locator("dialog")).to_be_hidden()
    expect(link).to_be_focused()
    page.go_forward()
    expect(page.locator("dialog mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    assert "document" not in page.url


def test_shared_link_opens_the_question_and_the_document(visitor: Visitor) -> None:
    first = visitor()
    first.ask(SPAN)
    first.page.locator(".claim .citation").first.click()
    expect(first.page.locator("dialog mark")).to_be_visible()
    second = visitor()
    second.page.goto(first.page.url)
    expect(second.page.locator("dialog mark")).to_be_in_viewport(ratio=1)
    expect(second.page.locator(".judgement")).to_contain_text("Believed in this answer")
    second.page.get_by_role("button", name="Close").click()
    expect(second.page.locator(".claim-quoted").first).to_contain_text("1,280")
    expect(second.page.get_by_label("Question")).to_have_value(SPAN)


def test_calculated_answer_shows_its_expression_on_request(visit: Visit) -> None:
    visit.ask(KILOMETRES)
    claim = visit.page.locator(".claim-calculated")
    expect(claim.locator(".sentence")).to_have_text(re.compile(r"^= 1\.28016 kilo"))
    assert "mono" in claim.evaluate("node => getComputedStyle(node).fontFamily").lower()
    expect(claim.locator("code")).to_be_hidden()
    claim.get_by_text("expression").click()
    expect(claim.locator("code")).to_contain_text("4200 feet")
    visit.picture("calculated")


def test_abstention_says_what_was_searched_and_what_would_help(visit: Visit) -> None:
    visit.ask(DENMARK)
    page = visit.page
    expect(page.locator(".claim")).to_have_count(0)
    abstention = page.locator(".overview .abstention")
    for term in ("Looked for", "Found", "Not enough, because", "What would help"):
        expect(abstention.get_by_text(term, exact=True)).to_be_visible()
    expect(abstention.locator("code")).to_have_text(re.compile("nothing_(supports|found)"))
    expect(page.locator(".receipt-link")).to_be_visible()
    visit.picture("abstention")


def test_satire_and_its_copy_are_listed_as_not_believed(visit: Visit) -> None:
    visit.ask(ROCKS)
    doubted = visit.page.get_by_role("list", name="Not believed").locator("li.source")
    satire = doubted.filter(has_text="The Daily Barnacle").filter(has_text="eat one small rock")
    expect(satire.first.locator(".reasons")).to_contain_text("satire")
    expect(satire.first.locator("svg.icon-warning")).to_be_visible()
    expect(doubted.filter(has_text="Daily mineral intake").locator(".reasons").first).to_contain_text(
        "copy of satire"
    )
    expect(visit.page.locator(".claims")).not_to_contain_text("hazelnut")
    visit.picture("not-believed")


def test_disagreement_is_marked_in_words_and_both_sides_are_cited(visit: Visit) -> None:
    visit.ask(FOOTBRIDGE)
    page = visit.page
    disputed = page.locator(".claim.is-disputed")
    expect(disputed).to_have_count(2)
    expect(disputed.first.get_by_role("img", name="sources disagree")).to_be_visible()
    expect(disputed.first.locator(".support-words")).to_have_text("sources disagree")
    assert disputed.nth(0).get_attribute("data-documents") != disputed.nth(1).get_attribute("data-documents")
    sides = page.locator(".conflict .side")
    expect(sides).to_have_count(2)
    expect(sides.first).to_contain_text("208.6 metres")
    expect(sides.last).to_contain_text("212 metres")
    expect(page.locator(".conflict")).to_contain_text("The sources disagree")
    visit.picture("conflict")


def test_hover_and_focus_light_the_sources_of_a_sentence(visit: Visit) -> None:
    visit.ask(FOOTBRIDGE)
    page = visit.page
    page.locator(".claim .sentence").first.hover()
    expect(page.locator(".source.lit")).to_have_count(1)
    expect(page.locator(".source.lit .source-number")).to_have_text("1")
    page.locator(".claim .sentence").nth(1).focus()
    expect(page.locator(".source.lit .source-number")).to_have_text("2")
    expect(page.locator(".claim.lit")).to_have_count(1)
    page.locator(".source-title").first.focus()
    expect(page.locator(".claim.lit .citation")).to_have_text(["1"])


def test_receipt_drawer_is_a_till_receipt(visit: Visit, served: Served) -> None:
    visit.ask(SPAN)
    page = visit.page
    answer = served.workspace.ledger.receipts(limit=1)[0]
    page.locator(".receipt-link").click()
    till = page.get_by_role("dialog", name="Receipt").locator(".till")
    for heading in ("Route", "Sources · standing", "Claims · score", "Meter", "Versions"):
        expect(till.get_by_role("heading", name=heading)).to_be_visible()
    expect(till).to_contain_text(answer.id)
    expect(till).to_contain_text(answer.meter.joules_how)
    expect(till).to_contain_text(answer.overview.claims[0].checks[0].name)
    visit.picture("receipt")
    till.locator("a").first.click()
    expect(page.get_by_role("dialog", name="Document").locator("mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(till).to_be_visible()
    page.keyboard.press("Escape")
    expect(till).to_be_hidden()


def test_first_visit_explains_and_its_examples_can_be_answered(visit: Visit) -> None:
    visit.open()
    page = visit.page
    expect(page.get_by_role("heading", name="Answers that can be seen through")).to_be_visible()
    examples = page.locator(".examples a")
    expect(examples).to_have_count(6)
    visit.picture("first-visit")
    questions = examples.all_text_contents()
    assert {SPAN, KILOMETRES, FOOTBRIDGE, ROCKS, DENMARK} < set(questions)
    examples.nth(1).click()
    expect(page.locator(".claim-calculated")).to_be_visible()
    page.go_back()
    expect(examples.first).to_be_visible()


def test_back_shows_the_earlier_answer_without_asking_again(visit: Visit, served: Served) -> None:
    visit.ask(SPAN)
    page = visit.page
    page.get_by_label("Question").fill(KILOMETRES)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".claim-calculated")).to_be_visible()
    expect(page.locator(".receipt-link")).to_be_visible()
    asked = served.workspace.ledger.count()
    page.go_back()
    expect(page.locator(".claim-quoted").first).to_contain_text("1,280")
    expect(page.locator(".claim-calculated")).to_have_count(0)
    assert served.workspace.ledger.count() == asked


def test_generated_sentence_is_told_from_quoted_by_type_and_mark(visit: Visit, served: Served) -> None:
    document_id = served.workspace.library().documents()[0].id
    cited = (citation(1, document_id, "The pier."),)
    claims = [
        Claim(text="The pier is 90 m long.", origin="quoted", support="supported", score=1, citations=cited),
        Claim(
            text="It was built for <b>whales</b>.",
            origin="generated",
            support="supported",
            score=0.8,
            citations=cited,
        ),
    ]
    answer = receipt(claims, [source(1, document_id)])

    def fulfil(route: Route) -> None:
        route.fulfill(status=200, content_type="text/event-stream", body=stream(answer))

    visit.page.route("**/api/ask", fulfil)
    visit.ask("How long is the pier?")
    quoted, generated = visit.page.locator(".claim").all()
    expect(quoted.locator(".sentence")).to_have_text("“The pier is 90 m long.”")
    expect(generated.locator(".sentence")).to_have_text("It was built for <b>whales</b>.")
    expect(generated.get_by_role("img", name="written by a model")).to_be_visible()
    families = {claim.evaluate("node => getComputedStyle(node).fontFamily") for claim in (quoted, generated)}
    assert len(families) == 2
    expect(visit.page.locator(".status")).to_contain_text("generate tier")


def test_sentences_appear_as_they_come_and_never_move(visit: Visit, served: Served) -> None:
    document_id = served.workspace.library().documents()[0].id
    cited = (citation(1, document_id, "The pier."),)
    claims = [
        Claim(
            text=f"The {part} of the pier is {n} m long.",
            origin=origin,
            support="supported",
            score=1,
            citations=cited,
        )
        for n, (part, origin) in enumerate(
            (("deck", "quoted"), ("stair", "quoted"), ("whole", "generated")), start=20
        )
    ]
    page = visit.page
    page.add_init_script(HELD)
    visit.open(q="How long is the pier?")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    whole = stream(receipt(claims, [source(1, document_id)])).replace("\r\n\r\n", "\r\n\r\n\0").split("\0")
    places: list[list[float]] = []
    for shown, piece in enumerate(whole[4:7], start=1):
        # The cut in the middle of a line, and between the two halves of a line ending, must not matter.
        sent = "".join(whole[:4]) + piece if shown == 1 else piece
        for part in (sent[:7], sent[7:-1], sent[-1:]):
            page.evaluate("text => feed(text)", part)
        expect(page.locator(".claim")).to_have_count(shown)
        tops = [box["y"] for claim in page.locator(".claim").all() if (box := claim.bounding_box())]
        places.append(tops)
    page.evaluate("text => feed(text)", whole[7])
    expect(page.locator(".receipt-link")).to_be_visible()
    final = [box["y"] for claim in page.locator(".claim").all() if (box := claim.bounding_box())]
    assert [final[: len(tops)] for tops in places] == places
