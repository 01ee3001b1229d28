"""The Inside room: search, the map, a feature's page, its label and its dial, and two texts side by side."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from clearspan.receipts import Claim, FeatureReading
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace
from tests.server.inside import BRIDGE, NAME, invent
from tests.studio.conftest import Served, Visit, Visitor, serve
from tests.studio.streams import receipt
from tests.studio.test_access import too_faint

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("nothing_ships")]

TITLE = ".feature-title"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def inside(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The local model and a made-up dictionary of it behind the real server."""
    settings = Settings(home=tmp_path_factory.mktemp("inside-room"), weights=weights, embedder="", threads=1)
    invent(settings)
    with Workspace.open(settings) as workspace:
        yield from serve(workspace)


@pytest.fixture
def room(visitor: Visitor, inside: Served) -> Visit:
    """One reader in the room."""
    visit = visitor(url=inside.url)
    keep_short(visit.page)
    return visit


def keep_short(page: Page) -> None:
    """Have replies end after a few tokens, whatever else the machine does."""

    def shortened(route: Route) -> None:
        route.continue_(post_data=json.dumps({**(route.request.post_data_json or {}), "max_tokens": 16}))

    page.route("**/api/inside/generate", shortened)


def choose(page: Page, index: int) -> None:
    """Wait until a feature's page is open."""
    expect(page.locator(".feature-name .feature-number")).to_have_text(f"#{index}")


def test_search_feature_label_dial_and_generate(room: Visit) -> None:
    page = room.page
    room.open(room="inside")
    expect(page.locator(".feature-hits li").first).to_be_visible()
    page.get_by_label("Search features").fill("bridges spans")
    page.get_by_label("Search features").press("Enter")
    hits = page.locator(".feature-list")
    expect(hits).to_contain_text("for “bridges spans”")
    hits.get_by_role("link").first.click()
    choose(page, BRIDGE)
    expect(page.locator(TITLE)).to_have_text("bridges and their spans")
    expect(page.locator(".feature-maker")).to_contain_text("without a model, tells its examples")
    expect(page.locator(".histogram-bar")).to_have_count(24)
    expect(page.locator(".lit-token.is-peak").first).to_have_text(" bridges")
    # Type tells origin: what a person wrote has serifs, what a model wrote a mark.
    by_model = page.locator(".feature-examples li").filter(has_text="written by smollm2-135m").first
    by_person = page.locator(".feature-examples li").filter(has_not_text="written by").first
    font = "node => getComputedStyle(node.querySelector('.example-text')).fontFamily"
    assert "serif" in by_person.evaluate(font).split(", ")
    assert "serif" not in by_model.evaluate(font).split(", ")
    expect(by_model.get_by_label("written by a model")).to_be_visible()
    expect(by_person.get_by_label("written by a model")).to_have_count(0)
    expect(page).to_have_title(f"#{BRIDGE} · Inside · Clearspan")

    page.get_by_role("button", name="Edit the label").click()
    page.get_by_label(f"Label of feature {BRIDGE}").fill("bridges, piers and spans")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(TITLE)).to_have_text("bridges, piers and spans")
    expect(page.locator(".feature-maker")).to_contain_text("by a person")
    page.reload()
    expect(page.locator(TITLE)).to_have_text("bridges, piers and spans")
    page.get_by_text("1 earlier label").click()
    expect(page.locator(".label-history")).to_contain_text("bridges and their spans")

    slider = page.locator(".feature-dial .dial-slider")
    slider.focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^2×"))
    expect(page.locator(".feature-dial .dial-verdict")).to_have_text(
        "1.5× works, fluent up to 3×, guard rails not audited"
    )
    page.wait_for_url(f"**dials=%23{BRIDGE}%3D2x**")
    expect(page.locator(f".dial-list [data-dial='#{BRIDGE}'] .dial-number")).to_have_value("2")
    page.locator(".feature-dial .dial-number").fill("4")
    expect(page.locator(".feature-dial .is-beyond .dial-verdict")).to_contain_text("beyond 3×")
    page.locator(".feature-dial .dial-number").fill("-2.5")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^−2.5×"))

    page.get_by_role("button", name="Bridges and spans").click()
    page.get_by_role("button", name="Remove #16").click()
    expect(page.locator(".dial-list li")).to_have_count(1)
    page.get_by_label("Say to the model").fill("Tell me about the harbour.")
    page.get_by_role("button", name="Generate").click()
    for side in ("undialled", "dialled"):
        expect(page.locator(f".column-{side} .token").first).to_be_visible()
    texts = [page.locator(f".column-{side} .strip").inner_text() for side in ("undialled", "dialled")]
    assert texts[0] != texts[1]
    page.wait_for_url("**prompt=Tell**")
    token = page.locator(".column-dialled .token").nth(2)
    token.click()
    opened = page.locator(".column-dialled .strip-opened")
    expect(opened.locator(".is-dialled")).to_contain_text("bridges, piers and spans")
    room.picture("inside")
    opened.get_by_role("link").nth(1).click()
    expect(page.locator(".feature-name .feature-number")).not_to_have_text(f"#{BRIDGE}")
    page.go_back()
    choose(page, BRIDGE)


def test_a_link_is_a_state(room: Visit) -> None:
    page = room.page
    room.open(
        room="inside",
        feature="9",
        dials="spans=2x,#9=-3x,broken",
        prompt="Hello",
        colour="cluster",
        q="bread",
    )
    choose(page, 9)
    expect(page.locator(".dial-list [data-dial]")).to_have_count(2)
    expect(page.locator(".dial-list [data-dial=spans] .dial-number")).to_have_value("2")
    expect(page.locator(".feature-dial .dial-number")).to_have_value("-3")
    expect(page.get_by_label("Say to the model")).to_have_value("Hello")
    expect(page.get_by_label("Colour of the map")).to_have_value("cluster")
    expect(page.get_by_label("Search features")).to_have_value("bread")
    expect(page.locator(".feature-list a[aria-current]")).to_have_text("#9 bread 9")
    page.locator(".neighbours a").first.click()
    choose(page, 17)


def test_the_map_is_chosen_from_moved_and_zoomed(room: Visit) -> None:
    page = room.page
    room.open(room="inside")
    expect(page.locator(".feature-hits li").first).to_be_visible()
    canvas = page.locator(".map-canvas")
    box = canvas.bounding_box()
    assert box
    ink = """canvas => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (let at = 0; at < data.length; at += 4) sum += (data[at] * 31 + data[at + 1] * 7 + data[at + 2] + at) % 65521;
      return sum;
    }"""
    before = canvas.evaluate(ink)
    canvas.focus()
    for key in ("+", "+", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_url("**view=**")
    assert canvas.evaluate(ink) != before
    where = page.url
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 160, steps=4)
    page.mouse.up()
    page.wait_for_function("where => location.href !== where", arg=where)
    page.get_by_role("button", name="Whole map").click()
    page.wait_for_function("() => !location.search.includes('view')")
    # The first hit of the list is a point of the map: a click beside it opens the page of some feature.
    at = page.evaluate(
        """async (name) => {
          const { featureMap } = await import("/studio/insideapi.js");
          const map = await featureMap(name);
          return [map.x[0], map.y[0]];
        }""",
        NAME,
    )
    half = min(box["width"] - 2, box["height"] - 2) / 2 * 0.94
    page.mouse.click(box["x"] + box["width"] / 2 + at[0] * half, box["y"] + box["height"] / 2 + at[1] * half)
    expect(page.locator(TITLE)).to_be_visible()
    expect(page.locator(".feature-name .feature-number")).to_have_text("#0")


def test_by_keyboard_alone(room: Visit) -> None:
    page = room.page
    press = page.keyboard.press
    room.open()
    press("Escape")
    press("g")
    press("i")
    expect(page.locator(".feature-hits li").first).to_be_visible()
    press("/")
    expect(page.get_by_label("Search features")).to_be_focused()
    page.keyboard.type("ferries")
    press("Enter")
    expect(page.locator(".feature-list")).to_contain_text("for “ferries”")
    link = page.locator(".feature-hits a").first
    link.focus()
    press("Enter")
    expect(page.locator(TITLE)).to_contain_text("ferries")
    page.get_by_label("Say to the model").fill("Hello")
    press("Enter")
    tokens = page.locator(".column-undialled .token")
    expect(tokens.first).to_be_visible()
    tokens.first.focus()
    press("ArrowRight")
    expect(tokens.nth(1)).to_be_focused()
    press("Enter")
    expect(page.locator(".column-undialled .strip-opened")).to_be_visible()
    expect(page.locator(".column-dialled")).to_contain_text("No dial is turned")


def test_stopping_keeps_what_was_said(room: Visit) -> None:
    page = room.page
    page.unroute("**/api/inside/generate")
    room.open(room="inside", dials="spans", prompt="Write a long story about a lighthouse and its keeper.")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(".column-undialled .strip-plain")).not_to_be_empty()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Generate")).to_be_visible()
    expect(page.locator(".columns")).to_have_attribute("aria-busy", "false")


def test_a_dose_beyond_the_limit_says_so_where_it_was_asked(room: Visit) -> None:
    page = room.page
    room.expected.append("403")
    room.open(room="inside", dials="spans=5x")
    expect(page.locator(".dial-list .is-beyond")).to_be_visible()
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(".playground").get_by_role("alert")).to_contain_text("beyond the limit")


def test_without_a_dictionary_it_says_how_to_get_one(visit: Visit) -> None:
    visit.open(room="inside")
    expect(visit.page.locator(".inside-empty")).to_contain_text("clearspan features train")


def test_a_receipt_says_what_was_active_inside(room: Visit, inside: Served) -> None:
    claim = Claim(text="It opened in 1937.", origin="generated", support="supported", score=0.9)
    read = FeatureReading(feature=f"{NAME}#9", label="bread 9", activation=9.5, share=0.62, claim=0)
    kept = receipt([claim], []).model_copy(update={"features": (read,)})
    inside.workspace.ledger.append(kept)
    room.open(room="audit", receipt=kept.id)
    section = room.page.locator(".till-section", has_text="Inside · share of maximum")
    expect(section).to_contain_text("62 %")
    expect(section).to_contain_text("#9, in sentence 1")
    section.get_by_role("link", name="bread 9").click()
    choose(room.page, 9)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_enough(visitor: Visitor, inside: Served, theme: str) -> None:
    visit = visitor(url=inside.url, color_scheme=theme)
    visit.open(room="inside", feature=str(BRIDGE), dials="spans=4x,#9=1x")
    choose(visit.page, BRIDGE)
    expect(visit.page.locator(".dial-list [data-dial]")).to_have_count(2)
    assert too_faint(visit.page) == []
    visit.picture(f"inside-{theme}")


def test_narrow_screen_never_scrolls_sideways(visitor: Visitor, inside: Served) -> None:
    visit = visitor(url=inside.url, width=400, height=800, reduced_motion="reduce")
    visit.open(room="inside", feature=str(BRIDGE), dials="spans,#9=1x")
    choose(visit.page, BRIDGE)
    assert visit.page.evaluate(OVERFLOW) == 0
    visit.page.get_by_role("button", name="Add to the playground").click()
    assert visit.page.evaluate(OVERFLOW) == 0
    assert visit.page.evaluate("document.getAnimations().length") == 0
    visit.picture("inside-narrow")
