"""Real servers on loopback ports over real workspaces."""

import asyncio
import json
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from clearspan.server.app import create_app
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

LIMIT_KEY = "of the session's server"


@dataclass(frozen=True)
class Served:
    """A running server, and the workspace behind it."""

    url: str
    app: FastAPI
    workspace: Workspace
    client: httpx.Client

    def ask(self, question: str, **more: Any) -> httpx.Response:
        return self.client.post("/api/ask", json={"question": question, **more})

    @contextmanager
    def streamed(self, question: str, **more: Any) -> Generator[Iterator[tuple[str, Any]]]:
        """The events of a streamed answer as they arrive, each with its name and its data."""
        body = {"question": question, "stream": True, **more}
        with self.client.stream("POST", "/api/ask", json=body) as response:
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield events(response.iter_lines())

    @contextmanager
    def ledger_held(self) -> Generator[None]:
        """Keeps the ledger locked, so that answers come as far as their receipt and wait."""
        other = sqlite3.connect(self.workspace.settings.home / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@contextmanager
def serving(settings: Settings, *, samples: bool) -> Generator[Served]:
    with Workspace.open(settings) as workspace, socket.create_server(("127.0.0.1", 0)) as listener:
        if samples:
            workspace.index_samples()
        app = create_app(workspace)
        config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=10)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
        with httpx.Client(base_url=url, timeout=120, headers=headers) as client:
            try:
                yield Served(url, app, workspace, client)
            finally:
                client.close()
                server.should_exit = True
                thread.join()


@pytest.fixture(scope="session")
def served(weights: Path, samples_home: Callable[[str], Path]) -> Iterator[Served]:
    """The sample library with both models, for tests that only add receipts to it."""
    settings = Settings(
        home=samples_home("served"), weights=weights, library=SAMPLES_LIBRARY, limit_key=LIMIT_KEY
    )
    with serving(settings, samples=False) as one:
        yield one


@pytest.fixture
def serve_with(tmp_path: Path, weights: Path) -> Iterator[Callable[..., Served]]:
    """Starts a server with an empty library, words alone and no generation, and with the settings given."""
    with ExitStack() as stack:

        def start(*, samples: bool = False, **fields: Any) -> Served:
            plain = {"embedder": "", "generate": False, "home": tmp_path / "home", "weights": weights}
            if samples:
                plain["library"] = SAMPLES_LIBRARY
            return stack.enter_context(serving(Settings(**(plain | fields)), samples=samples))

        yield start


@pytest.fixture(scope="session")
def words_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the sample library indexed for words alone."""
    home = tmp_path_factory.mktemp("words-home")
    with Workspace.open(Settings(home=home, embedder="", library=SAMPLES_LIBRARY)) as workspace:
        workspace.index_samples()
    return home


@pytest.fixture(scope="session")
def words_served(
    words_home: Path, weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The sample library by words alone, quoted and never rewritten; for tests that only add receipts to it."""
    home = shutil.copytree(words_home, tmp_path_factory.mktemp("words-served") / "home")
    fields = {"home": home, "weights": weights, "embedder": "", "generate": False}
    with serving(Settings(**fields, library=SAMPLES_LIBRARY), samples=False) as one:
        yield one
