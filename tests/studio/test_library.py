"""The Library room: list, search, open, add and remove."""

import re

import pytest
from playwright.sync_api import expect

from tests.studio.conftest import Served, Visit

pytestmark = pytest.mark.browser


def test_lists_documents_with_kind_publisher_and_date(visit: Visit, served: Served) -> None:
    visit.open(room="library")
    page = visit.page
    documents, _ = served.workspace.library().counts()
    expect(page.get_by_role("heading", name=f"{documents} documents")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(documents)
    row = page.locator("tbody tr").filter(has_text="eat one small rock")
    for text in ("satire", "The Daily Barnacle", "1 April 2021"):
        expect(row).to_contain_text(text)


def test_search_shows_passages_and_the_legs_that_found_them(visit: Visit, served: Served) -> None:
    visit.open(room="library")
    page = visit.page
    page.get_by_label("Search the passages").fill("length of the main span")
    page.get_by_label("Search the passages").press("Enter")
    hits = page.locator(".hit")
    expect(hits.first).to_be_visible()
    expect(page.locator(".legs").filter(has_text="by words, rank").first).to_be_visible()
    expect(page.locator(".legs").filter(has_text="by meaning, rank").first).to_be_visible()
    expect(page).to_have_url(re.compile("room=library&q=length"))
    hits.first.locator("a").click()
    expect(page.get_by_role("dialog").locator("mark")).to_be_in_viewport()


def test_upload_then_remove(visit: Visit) -> None:
    visit.expected.append("422")
    page = visit.page
    visit.open(room="library")
    expect(page.locator("tbody tr").first).to_be_visible()
    good = {
        "name": "lantern.md",
        "mimeType": "text/markdown",
        "buffer": b"# The lantern\n\nThe lantern weighs 7 kg.\n",
    }
    bad = {
        "name": "picture.txt",
        "mimeType": "text/plain",
        "buffer": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
    }
    page.get_by_label("Files to add").set_input_files([good, bad])  # type: ignore[list-item]
    uploads = page.get_by_role("list", name="Files being added")
    expect(uploads.locator("li").nth(0)).to_contain_text("added · 1 passage")
    problem = uploads.locator("li").nth(1).get_by_role("alert")
    expect(problem).to_be_visible()
    row = page.locator("tbody tr").filter(has_text=re.compile("lantern", re.IGNORECASE))
    expect(row).to_have_count(1)
    visit.picture("library-upload")

    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name="Remove this document?")
    dialog.get_by_role("button", name="Keep").click()
    expect(row).to_have_count(1)
    row.get_by_role("button").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_dropped_file_is_added(visit: Visit, served: Served) -> None:
    page = visit.page
    visit.open(room="library")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["The dropped kite is blue."], "kite.txt", { type: "text/plain" }));
          const zone = document.querySelector(".drop-zone");
          zone.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator(".uploads li")).to_contain_text("added")
    served.workspace.library().remove("upload:kite.txt")
