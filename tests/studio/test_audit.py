"""The Audit room: receipts newest first, one opened, one replayed."""

import pytest
from playwright.sync_api import expect

from tests.studio.conftest import FOOTBRIDGE, KILOMETRES, Served, Visit

pytestmark = pytest.mark.browser


def test_newest_first_and_replay_says_what_changed(visit: Visit, served: Served) -> None:
    page = visit.page
    visit.ask(KILOMETRES)
    visit.ask(FOOTBRIDGE)
    page.get_by_role("link", name="Audit").click()
    rows = page.locator(".audit-row")
    expect(rows.nth(0)).to_contain_text(FOOTBRIDGE)
    expect(rows.nth(0)).to_contain_text("disputed")
    expect(rows.nth(1)).to_contain_text(KILOMETRES)
    rows.nth(0).click()
    till = page.locator(".audit-receipt .till")
    expect(till.get_by_role("heading", name=FOOTBRIDGE)).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    expect(page.locator(".replay-result")).to_contain_text("gives the same answer today")

    library = served.workspace.library()
    text = b"---\nkind: reference\ndate: 2026-02-01\n---\nThe harbour footbridge in Port Merrow is 31 metres long.\n"
    change = library.add_bytes("footbridge-again.md", text)
    try:
        page.get_by_role("button", name="Replay").click()
        expect(page.locator(".replay-changed li").first).to_be_visible()
        visit.picture("audit")
    finally:
        library.remove(str(change.document_id))

    till.locator("a").first.click()
    dialog = page.get_by_role("dialog", name="Document")
    expect(dialog.locator("mark")).to_be_in_viewport()
    expect(dialog.locator(".judgement")).to_be_visible()
    page.go_back()
    expect(dialog).to_be_hidden()
    page.go_back()
    expect(page.locator(".till")).to_have_count(0)


def test_address_of_a_receipt_opens_it(visit: Visit, served: Served) -> None:
    visit.ask(KILOMETRES)
    answer = served.workspace.ledger.receipts(limit=1)[0]
    visit.open(room="audit", receipt=answer.id)
    expect(visit.page.locator(".till")).to_contain_text(answer.id)
    expect(visit.page.locator(".audit-row[aria-current]")).to_contain_text(KILOMETRES)
    visit.page.get_by_role("link", name="Ask it anew").click()
    expect(visit.page.locator(".claim-calculated")).to_be_visible()


def test_a_document_that_changed_since_lights_nothing_and_says_what_it_said(
    visit: Visit, served: Served
) -> None:
    library = served.workspace.library()
    first = "The Kelling Weir was finished in 1911 and holds back the river Kell."
    change = library.add_bytes("weir.md", f"# The Kelling Weir\n\n{first}\n".encode())
    try:
        visit.ask("When was the Kelling Weir finished?")
        answer = served.workspace.ledger.receipts(limit=1)[0]
        assert answer.overview.claims[0].citations[0].quote == first
        other = (
            "Eels climb the ladder beside it on warm nights, and herons wait for them there, year after year."
        )
        library.add_bytes("weir.md", f"# The Kelling Weir\n\n{other}\n".encode())
        visit.open(room="audit", receipt=answer.id)
        visit.page.locator(".till a").first.click()
        dialog = visit.page.get_by_role("dialog", name="Document")
        expect(dialog.locator(".document-changed")).to_contain_text(first)
        expect(dialog.locator(".document-text")).to_contain_text(other)
        expect(dialog.locator("mark")).to_have_count(0)
    finally:
        library.remove(str(change.document_id))
