"""Take the pictures of the Ask and Inside rooms from a running server.

    make run                                        # in one terminal
    .venv/bin/python docs/screenshots/take.py       # in another; --url if it is not at the default address

It writes ask.png and inside.png beside this file, 1280 pixels wide; inside.png shows the playground with the preset
golden-gate, or the one that is named.
"""

import argparse
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

QUESTION = "How many rocks should I eat each day?"
MOST_BYTES = 300_000


def main() -> None:
    """Take both pictures."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--url", default="http://127.0.0.1:8710")
    options.add_argument("--library", default="samples")
    options.add_argument("--question", default=QUESTION)
    options.add_argument("--preset", default="golden-gate")
    options.add_argument("--prompt", default="Who are you?")
    options.add_argument("--feature", type=int, default=1390, help="whose page is open")
    options.add_argument("--chromium", default="/usr/bin/chromium")
    given = options.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
        ask(page, f"{given.url}/?{urlencode({'q': given.question, 'library': given.library})}")
        inside(page, given.url, given.preset, given.prompt, given.feature)
        browser.close()


def ask(page: Page, address: str) -> None:
    """Ask, point at the last sentence so that its sources are lit, and keep the picture."""
    page.goto(address)
    page.locator(".receipt-link").wait_for()
    page.locator(".claim .sentence").last.hover()
    keep(page, "ask")


def inside(page: Page, url: str, preset: str, prompt: str, feature: int) -> None:
    """Open a feature, generate with a preset, open a token, and keep the picture."""
    known = page.request.get(f"{url}/api/presets").json()["presets"]
    chosen = next((one for one in known if one["name"] == preset), None)
    if chosen is None:
        raise SystemExit(f"There is no preset '{preset}' here; name one with --preset.")
    state = {"room": "inside", "feature": feature, "dials": preset, "prompt": prompt}
    page.goto(f"{url}/?{urlencode(state)}")
    page.locator(".feature-title").wait_for()
    page.get_by_text(chosen["title"], exact=True).last.wait_for()
    page.get_by_role("button", name="Generate").click()
    token = page.locator(".column-dialled .token").nth(4)
    token.wait_for()
    token.click()
    page.get_by_role("heading", name="Playground").evaluate("heading => heading.scrollIntoView()")
    # The stream has a few seconds to end: nothing on the page says so for every reply.
    page.wait_for_timeout(8000)
    keep(page, "inside", whole=False)


def keep(page: Page, name: str, whole: bool = True) -> None:
    """Write a picture of the page, or of what is in view, beside this file. Exits if it is too large."""
    target = Path(__file__).with_name(f"{name}.png")
    page.screenshot(path=target, full_page=whole)
    size = target.stat().st_size
    print(f"{target.name}: {size / 1000:.0f} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"The picture is over {MOST_BYTES / 1000:.0f} kB: choose something shorter to show.")


if __name__ == "__main__":
    main()
