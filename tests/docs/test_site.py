"""The documentation builds with every link and anchor there, and its pages take nothing from another host."""

import os
import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
REPOSITORY = Path(__file__).resolve().parent.parent.parent
FETCHED = re.compile(r"""<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=["']?([^"'\s>]+)""")
CANONICAL = re.compile(r"""<link\b[^>]*\brel=["']?(?:canonical|next|prev)\b[^>]*>""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; building fails at a link, an anchor or a name that is not there."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=REPOSITORY,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_command_has_its_page(site: Path) -> None:
    text = (site / "reference" / "commands" / "features" / "index.html").read_text("utf-8")
    assert 'id="clearspan-features-train"' in text
    assert "--activations" in text


def test_pages_fetch_from_their_own_host_only(site: Path) -> None:
    foreign = {
        (page.relative_to(site), address)
        for page in site.rglob("*.html")
        for address in FETCHED.findall(CANONICAL.sub("", page.read_text("utf-8")))
        if urlsplit(address).netloc
    }
    styles = {
        (style.relative_to(site), address)
        for style in site.rglob("*.css")
        for address in re.findall(
            r"(?:url\(|@import )[\"']?(?:https?:)?(//[^\"')]+)", style.read_text("utf-8")
        )
    }
    assert foreign | styles == set()


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_what_points_into_the_docs_points_to_what_is_there(site: Path, name: str) -> None:
    text = (REPOSITORY / name).read_text("utf-8")
    for target, anchor in re.findall(r"\]\(docs/([^)#]+)\.md(?:#([^)]+))?\)", text):
        page = site / target.removesuffix("index") / "index.html"
        assert page.exists(), target
        assert not anchor or f'id="{anchor}"' in page.read_text("utf-8"), f"{target}#{anchor}"


@pytest.mark.browser
def test_a_browser_asks_no_other_host(site: Path) -> None:
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip(f"{CHROMIUM} is missing: install it with `apt-get install chromium`")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    asked: list[str] = []
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            page.on("request", lambda request: asked.append(request.url))
            for path in ("/", "/reference/python/", "/guides/inside/"):
                page.goto(address + path, wait_until="networkidle")
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
