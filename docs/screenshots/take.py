"""Take the README's picture of the Ask room from a running server.

    make run                                        # in one terminal
    .venv/bin/python docs/screenshots/take.py       # in another; --url if it is not at the default address

It writes ask.png beside this file, 1280 pixels wide.
"""

import argparse
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

QUESTION = "How many rocks should I eat each day?"
MOST_BYTES = 300_000


def main() -> None:
    """Ask, point at the last sentence so that its sources are lit, and keep the picture."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--url", default="http://127.0.0.1:8710")
    options.add_argument("--library", default="samples")
    options.add_argument("--question", default=QUESTION)
    options.add_argument("--chromium", default="/usr/bin/chromium")
    given = options.parse_args()
    target = Path(__file__).with_name("ask.png")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
        page.goto(f"{given.url}/?{urlencode({'q': given.question, 'library': given.library})}")
        page.locator(".receipt-link").wait_for()
        page.locator(".claim .sentence").last.hover()
        page.screenshot(path=target, full_page=True)
        browser.close()
    size = target.stat().st_size
    print(f"{target.name}: {size / 1000:.0f} kB")
    if size > MOST_BYTES:
        raise SystemExit(
            f"The picture is over {MOST_BYTES / 1000:.0f} kB: choose a question with a shorter answer."
        )


if __name__ == "__main__":
    main()
