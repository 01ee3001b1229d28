"""Keyboard, contrast, narrow screens, themes and screen readers."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.studio.conftest import DENMARK, FOOTBRIDGE, ROCKS, SPAN, Visit, Visitor

pytestmark = pytest.mark.browser

# Every visible piece of text with its computed colour and what lies behind it, as [red, green, blue] of 0 to 255.
TEXT_COLOURS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const layers = (node) => {
    const found = [];
    for (let up = node; up; up = up.parentElement) found.unshift(getComputedStyle(up).backgroundColor);
    return found;
  };
  const paint = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
    if (node.closest(".unseen, script, noscript")) continue;
    const behind = layers(node);
    const style = getComputedStyle(node);
    const [front, back] = [paint([...behind, style.color]), paint(behind)];
    found[JSON.stringify([front, back])] = `${node.tagName}.${node.className}`;
  }
  return found;
}"""


def luminance(colour: list[int]) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    red, green, blue = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: list[int], back: list[int]) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    lighter, darker = sorted((luminance(front), luminance(back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def too_faint(page: Page) -> list[tuple[str, str, float]]:
    """Texts whose contrast is under 4.5 to 1."""
    pairs = {where: json.loads(pair) for pair, where in page.evaluate(TEXT_COLOURS).items()}
    assert len(pairs) > 3
    found = [(where, str(pair), round(contrast(*pair), 2)) for where, pair in pairs.items()]
    return [one for one in found if one[2] < 4.5]


def test_contrast_formula_on_known_pairs() -> None:
    assert contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21)
    assert contrast([118, 118, 118], [255, 255, 255]) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_enough_in_every_room(visitor: Visitor, theme: str) -> None:
    visit = visitor(color_scheme=theme)
    page = visit.page
    visit.open()
    expect(page.locator(".examples")).to_be_visible()
    assert too_faint(page) == []
    visit.ask(FOOTBRIDGE)
    page.locator(".claim .sentence").first.hover()
    expect(page.locator(".source.lit")).to_have_count(1)
    assert too_faint(page) == []
    visit.picture(f"ask-{theme}")
    page.locator(".claim .citation").first.click()
    expect(page.locator("mark")).to_be_visible()
    assert too_faint(page) == []
    page.keyboard.press("Escape")
    page.locator(".receipt-link").click()
    expect(page.locator(".till")).to_be_visible()
    assert too_faint(page) == []
    visit.ask(ROCKS)
    assert too_faint(page) == []
    visit.open(room="library", q="bridge")
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.locator("tbody tr").first).to_be_visible()
    assert too_faint(page) == []
    visit.picture(f"library-{theme}")


def test_theme_follows_the_system_and_can_be_chosen(visitor: Visitor) -> None:
    visit = visitor(color_scheme="dark")
    page = visit.page
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    visit.open()
    assert page.evaluate(ground) == "rgb(20, 22, 26)"
    page.get_by_role("button", name="theme: system").click()
    assert page.evaluate(ground) == "rgb(246, 247, 248)"
    page.reload()
    expect(page.get_by_role("button", name="theme: light")).to_be_visible()
    assert page.evaluate(ground) == "rgb(246, 247, 248)"
    page.get_by_role("button", name="theme: light").click()
    page.get_by_role("button", name="theme: dark").click()
    expect(page.get_by_role("button", name="theme: system")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def test_whole_journey_by_keyboard(visit: Visit) -> None:
    page = visit.page
    press = page.keyboard.press
    visit.open()
    box = page.get_by_label("Question")
    press("Escape")
    press("/")
    expect(box).to_be_focused()
    page.keyboard.type(SPAN)
    press("Enter")
    expect(page.locator(".receipt-link")).to_be_visible()
    for _ in range(2):
        press("Tab")
    sentence = page.locator(".claim .sentence").first
    expect(sentence).to_be_focused()
    cited = (page.locator(".claim").first.get_attribute("data-documents") or "").split()
    expect(page.locator(".source.lit")).to_have_count(len(cited))
    assert sentence.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    press("Enter")
    expect(page.locator("dialog mark")).to_be_in_viewport()
    press("Escape")
    expect(sentence).to_be_focused()
    press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("go to Library")
    press("Escape")
    expect(keys).to_have_count(0)
    press("g")
    press("l")
    expect(page.get_by_role("link", name="Library", exact=True)).to_have_attribute("aria-current", "page")
    press("/")
    page.keyboard.type("granite")
    press("Enter")
    expect(page.locator(".hit").first).to_be_visible()
    press("Escape")
    press("g")
    press("u")
    expect(page.locator(".audit-row").first).to_contain_text(SPAN)
    press("g")
    press("a")
    expect(page).to_have_title("Ask · Clearspan")


def test_screen_reader_hears_the_answer_once(visit: Visit) -> None:
    visit.open()
    page = visit.page
    page.evaluate(
        """() => {
          window.said = [];
          const announcer = document.getElementById("announcer");
          new MutationObserver(() => window.said.push(announcer.textContent)).observe(announcer, { childList: true });
        }"""
    )
    page.get_by_label("Question").fill(SPAN)
    page.get_by_label("Question").press("Enter")
    expect(page.locator(".receipt-link")).to_be_visible()
    (said,) = page.evaluate("window.said")
    assert "1,280" in said
    claims = page.locator(".claim").all()
    cited = {
        document for claim in claims for document in (claim.get_attribute("data-documents") or "").split()
    }
    sentences = f"{len(claims)} sentence{'s' * (len(claims) > 1)}"
    assert f"{sentences} from {len(cited)} source" in said
    expect(page.locator("main")).to_have_count(1)
    for role in ("banner", "navigation", "main", "search", "complementary"):
        expect(page.get_by_role(role)).to_have_count(1)  # type: ignore[arg-type]
    expect(page.get_by_role("region", name="Overview")).to_have_attribute("aria-busy", "false")


def test_narrow_screen_never_scrolls_sideways(visitor: Visitor) -> None:
    visit = visitor(width=400, height=800, reduced_motion="reduce")
    page = visit.page
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    visit.open()
    expect(page.locator(".examples")).to_be_visible()
    assert page.evaluate(overflow) == 0
    for number, question in enumerate((FOOTBRIDGE, ROCKS, DENMARK, "pier" * 80)):
        visit.ask(question)
        assert page.evaluate(overflow) == 0
        visit.picture(f"narrow-{number}")
    sources, overview = page.locator(".sources").bounding_box(), page.locator(".overview").bounding_box()
    assert sources
    assert overview
    assert sources["y"] >= overview["y"] + overview["height"]
    page.locator(".receipt-link").click()
    expect(page.locator(".till")).to_be_visible()
    visit.picture("narrow-receipt")
    drawer = page.get_by_role("dialog").bounding_box()
    assert drawer
    assert (drawer["x"], drawer["width"]) == (0, 400)
    assert page.locator(".drawer-body").evaluate("node => node.scrollWidth - node.clientWidth") == 0
    for room in ("library", "audit"):
        visit.open(room=room)
        expect(page.locator("main a").first).to_be_visible()
        assert page.evaluate(overflow) == 0


def test_reduced_motion_moves_nothing(visitor: Visitor) -> None:
    visit = visitor(reduced_motion="reduce")
    visit.ask(SPAN)
    visit.page.locator(".receipt-link").click()
    expect(visit.page.locator(".till")).to_be_visible()
    assert visit.page.evaluate("document.getAnimations().length") == 0
