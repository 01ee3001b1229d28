"""A real server over the sample library, for the benchmarks that ask it."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import psutil

from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace


@contextmanager
def served_samples(settings: Settings) -> Generator[tuple[str, psutil.Process]]:
    """The address and process of a server over the sample library in a home folder, once its models are loaded."""
    with Workspace.open(settings) as workspace:
        workspace.index_samples()
    environment = {
        **os.environ,
        "CLEARSPAN_HOME": str(settings.home),
        "CLEARSPAN_WEIGHTS": str(settings.models_dir),
        "CLEARSPAN_LIBRARY": settings.library,
    }
    command = [sys.executable, "-m", "clearspan", "serve", "--port", "0"]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout
        url = next((word for word in server.stdout.readline().split() if word.startswith("http://")), "")
        if not url:
            raise SystemExit("The server did not start; run `clearspan serve --port 0` to see why.")
        wait_until_ready(url)
        yield url, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


def wait_until_ready(url: str, seconds: float = 300.0) -> None:
    """Return once every part is loaded; exit in words if one cannot be."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        readiness: dict[str, str] = httpx.get(f"{url}/healthz", timeout=60).json()["readiness"]
        if all(state == "ready" for state in readiness.values()):
            return
        if off := [f"{part} is {state}" for part, state in readiness.items() if state.startswith("off")]:
            raise SystemExit(f"Both models are needed: {'; '.join(off)}. `make run` fetches them.")
        time.sleep(0.2)
    raise SystemExit(f"The models were not loaded within {seconds:g} s.")
