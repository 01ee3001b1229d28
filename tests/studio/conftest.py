"""A real server with the sample library, and a real browser looking at it."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from clearspan.server.app import create_app
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artifacts"

SPAN = "How long is the main span of the Golden Gate Bridge?"
FOOTBRIDGE = "How long is the harbour footbridge in Port Merrow?"
ROCKS = "How many rocks should I eat each day?"
KILOMETRES = "How many kilometres are 4200 feet?"
DENMARK = "Who is the king of Denmark?"

# A busy machine may take long over a first answer; nothing waits longer than it must.
expect.set_options(timeout=20_000)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and the workspace behind it."""

    url: str
    workspace: Workspace


def serve(workspace: Workspace) -> Iterator[Served]:
    """Run the real server on a free port of loopback until the fixture ends."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(create_app(workspace), log_level="warning", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", workspace)
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture(scope="package")
def served(weights: Path, samples_home: Callable[[str], Path]) -> Iterator[Served]:
    """The sample library behind the real server; sentences are quoted and calculated, none generated."""
    settings = Settings(
        home=samples_home("studio"),
        weights=weights,
        library=SAMPLES_LIBRARY,
        generate=False,
        threads=2,
    )
    with Workspace.open(settings) as workspace:
        yield from serve(workspace)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, closed before tests of other folders start loops of their own."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing: install it with `apt-get install chromium`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Visit:
    """One reader with the page open, and what the page did that no page of ours may do."""

    page: Page
    url: str
    expected: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])
    foreign: list[str] = field(default_factory=list[str])

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(part in message.text for part in self.expected):
            self.complaints.append(message.text)

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, **state: str) -> None:
        """Open an address of the Studio."""
        self.page.goto(f"{self.url}/?{urlencode(state)}" if state else f"{self.url}/")

    def ask(self, question: str) -> None:
        """Open a link with a question and wait until its receipt is there."""
        self.open(q=question)
        expect(self.page.locator(".receipt-link")).to_be_visible()

    def picture(self, name: str) -> None:
        """Keep a screenshot as a test artefact."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", animations="disabled")


Visitor = Callable[..., Visit]


@pytest.fixture
def visitor(browser: Browser, served: Served) -> Iterator[Visitor]:
    """Makes visits; afterwards, none may have complained or asked another host for anything."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def visit(url: str = served.url, width: int = 1280, height: int = 800, **options: str) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        made = Visit(context.new_page(), url)
        made.page.on("console", made.on_console)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        context.on("request", made.on_request)
        visits.append(made)
        return made

    yield visit
    for context in contexts:
        context.close()
    assert [complaint for made in visits for complaint in made.complaints] == []
    assert [url for made in visits for url in made.foreign] == []


@pytest.fixture
def visit(visitor: Visitor) -> Visit:
    """One reader at a desk."""
    return visitor()
