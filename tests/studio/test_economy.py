"""The Economy room: a plan that follows its controls, is its address, and can be taken away as files."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.studio.conftest import Visit, Visitor
from tests.studio.test_access import too_faint

pytestmark = pytest.mark.browser

SUMMARY = ".plan-summary"


def planned(page: Page) -> None:
    """Wait until a plan stands and nothing is being planned."""
    expect(page.locator(".plan-result[aria-busy=false] .chart").first).to_be_visible()


def test_a_link_is_a_plan_with_laws_side_by_side(visit: Visit) -> None:
    page = visit.page
    visit.open(room="economy", like="13e9", served="2e12")
    planned(page)
    expect(page.locator(SUMMARY).first).to_contain_text("6.1B [")
    expect(page.locator(SUMMARY).first).to_contain_text("29 %")
    names = page.locator(".plan-figures").first.locator("tbody th")
    expect(names).to_have_text(["besiroglu-2024", "hoffmann-2022", "hoffmann-2022-tex"])
    lines = page.locator("[data-chart=lifetime-cost] .chart-line")
    expect(lines).to_have_count(3)
    iso = page.locator("[data-chart=iso-curves]")
    expect(iso.locator(".chart-dashed")).to_have_count(3)
    expect(iso.locator(".chart-label")).to_have_text(["chosen", "hoffmann-2022", "hoffmann-2022-tex"])
    assert iso.locator(".chart-point").count() > 30
    expect(page.locator("[data-chart=magnitudes-compute]")).to_contain_text("whale")
    expect(page.locator("[data-chart=magnitudes-money]")).to_be_hidden()
    page.get_by_text("Data, energy and money").click()
    expect(page.locator("[data-chart=magnitudes-money]")).to_be_visible()
    expect(page).to_have_title("Plan · Clearspan")
    visit.picture("economy")


def test_a_slider_changes_the_plan_and_the_address(visit: Visit) -> None:
    page = visit.page
    visit.open(room="economy")
    planned(page)
    served = page.get_by_label("Tokens served over its life")
    served.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(page.locator(SUMMARY).first).to_contain_text("3.98T tokens served")
    page.wait_for_url("**served=**")
    after = page.locator(SUMMARY).first.inner_text()
    page.reload()
    planned(page)
    assert page.locator(SUMMARY).first.inner_text() == after
    assert "tokens" in (
        page.get_by_label("Tokens served over its life").get_attribute("aria-valuetext") or ""
    )


def test_laws_are_overlaid_by_choice(visit: Visit) -> None:
    page = visit.page
    visit.open(room="economy")
    planned(page)
    at_once = page.get_by_label("Requests at once on a machine")
    at_once.focus()
    page.keyboard.press("End")
    expect(page.locator(SUMMARY).first).to_contain_text("4.96B on 1.15T")
    page.get_by_label("Kaplan").check()
    expect(page.locator("[data-chart=lifetime-cost] .chart-line")).to_have_count(4)
    page.wait_for_url("**laws=**kaplan-2020**")
    page.get_by_label("Hoffmann, as printed").uncheck()
    page.get_by_label("Hoffmann, unrounded").uncheck()
    expect(page.locator("[data-chart=lifetime-cost] .chart-line")).to_have_count(2)


def test_charts_are_taken_away_as_svg_and_csv(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    visit.open(room="economy")
    planned(page)
    figure = page.locator("[data-chart=iso-curves]")
    for ending in ("SVG", "CSV"):
        with page.expect_download() as download:
            figure.get_by_role("button", name=f"as {ending}").click()
        assert download.value.suggested_filename == f"iso-curves.{ending.lower()}"
        download.value.save_as(tmp_path / f"iso.{ending.lower()}")
    assert (tmp_path / "iso.svg").read_text("utf-8").startswith("<svg")
    rows = list(csv.reader((tmp_path / "iso.csv").open(encoding="utf-8")))
    assert rows[0][0] == "series"
    figure.locator("summary").click()
    expect(figure.locator(".plan-table tbody tr").first).to_contain_text("chosen")


def test_an_address_that_makes_no_sense_falls_back_to_the_starts(visit: Visit) -> None:
    visit.open(room="economy", like="-5", served="many", laws="gopher")
    planned(visit.page)
    expect(visit.page.locator(SUMMARY).first).to_contain_text("besiroglu-2024 advises")


def test_a_plan_that_cannot_be_made_says_why_and_can_be_tried_again(visit: Visit) -> None:
    page = visit.page
    visit.expected.append("503")
    broken = {"error": {"what": "The planner is away.", "do": "Try again.", "code": "busy"}}
    page.route("**/api/plan/**", lambda route: route.fulfill(status=503, json=broken))
    visit.open(room="economy")
    expect(page.get_by_role("alert")).to_contain_text("The planner is away.")
    page.unroute("**/api/plan/**")
    page.get_by_role("button", name="Try again").click()
    planned(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_enough(visitor: Visitor, theme: str) -> None:
    visit = visitor(color_scheme=theme)
    visit.open(
        room="economy", laws="besiroglu-2024,hoffmann-2022,hoffmann-2022-tex,gadre-2024-c4,kaplan-2020"
    )
    planned(visit.page)
    assert too_faint(visit.page) == []
    visit.picture(f"economy-{theme}")


def test_narrow_screen_never_scrolls_sideways(visitor: Visitor) -> None:
    visit = visitor(width=400, height=800)
    visit.open(room="economy")
    planned(visit.page)
    key = visit.page.locator("[data-chart=lifetime-cost] .chart-key li")
    expect(key).to_have_text(["besiroglu-2024", "hoffmann-2022", "hoffmann-2022-tex"])
    box = visit.page.locator("[data-chart=lifetime-cost] .chart-tick").first.bounding_box()
    assert box is not None
    assert box["height"] > 11
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(overflow) == 0
    visit.picture("economy-narrow")


def test_reached_by_its_key(visit: Visit) -> None:
    visit.open()
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("g")
    visit.page.keyboard.press("e")
    planned(visit.page)
    expect(visit.page.get_by_role("link", name="Economy", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
