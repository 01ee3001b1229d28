"""`clearspan serve` as a process: its start, its end, and its sudden death."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from clearspan.ledger.sqlite import SqliteLedger
from clearspan.receipts import Receipt

SPAN_QUESTION = "How long is the main span of the Golden Gate Bridge?"
WORDS_ALONE = {"CLEARSPAN_EMBEDDER": "", "CLEARSPAN_GENERATE": "false", "CLEARSPAN_LIBRARY": "samples"}


class Process:
    """A server process; `url` is the address that it printed."""

    def __init__(self, home: Path, *flags: str, **environment: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-c", "from clearspan.cli.main import main; main()", "serve", *flags],
            env={**os.environ, "CLEARSPAN_HOME": str(home), **WORDS_ALONE, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.popen.stdout
        self.line = self.popen.stdout.readline()
        self.url = next((word for word in self.line.split() if word.startswith("http://")), "")

    def end(self, signum: signal.Signals) -> tuple[int, str, str]:
        """Exit status and the rest of both outputs, after a signal."""
        self.popen.send_signal(signum)
        out, err = self.popen.communicate(timeout=60)
        return self.popen.returncode, out, err


@contextmanager
def server(home: Path, *flags: str, **environment: str) -> Generator[Process]:
    process = Process(home, *flags, **environment)
    try:
        yield process
    finally:
        process.popen.kill()
        process.popen.communicate()


def takes_connections(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def home(tmp_path: Path, words_home: Path) -> Path:
    """A home of its own with the sample library, indexed for words alone."""
    return Path(shutil.copytree(words_home, tmp_path / "home"))


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_answers_and_ends_cleanly(home: Path, signum: signal.Signals) -> None:
    with server(home, "--port", "0") as process:
        assert process.url.startswith("http://127.0.0.1:")
        answer = httpx.post(f"{process.url}/api/ask", json={"question": SPAN_QUESTION}, timeout=60)
        assert "1,280" in answer.text
        status, out, err = process.end(signum)
    assert status == 0
    assert "stopped" in out
    assert "Traceback" not in err
    lines = [json.loads(line) for line in err.splitlines()]
    assert [line["route"] for line in lines] == ["/api/ask"]


def test_a_question_under_way_ends_with_its_receipt_before_the_server_does(home: Path) -> None:
    SqliteLedger(home / "ledger.db").close()
    with server(home, "--port", "0") as process:
        lock = sqlite3.connect(home / "ledger.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        body = {"question": SPAN_QUESTION, "stream": True}
        with httpx.stream("POST", f"{process.url}/api/ask", json=body, timeout=60) as response:
            lines = response.iter_lines()
            while not next(lines).startswith("event: claim"):
                pass
            # The answer waits for the ledger when the signal comes.
            process.popen.send_signal(signal.SIGTERM)
            while takes_connections(process.url):
                pass
            lock.execute("ROLLBACK")
            lock.close()
            rest = list(lines)
        assert "event: receipt" in rest
        receipt = json.loads(rest[rest.index("event: receipt") + 1].removeprefix("data: "))
        assert process.popen.wait(60) == 0
    ledger = SqliteLedger(home / "ledger.db")
    assert ledger.receipt(receipt["id"])
    ledger.close()


def test_a_taken_port_is_a_clear_error(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with server(home, "--port", port) as process:
            _, err = process.popen.communicate(timeout=60)
    assert process.popen.returncode == 2
    assert f"Port {port} of 127.0.0.1 is taken." in err
    assert "--port" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("flags", "environment", "says"),
    [
        (("--host", "0.0.0.0"), {}, "CLEARSPAN_API_KEY"),  # noqa: S104
        (("--host", "203.0.113.7"), {"CLEARSPAN_API_KEY": "a-long-secret"}, "cannot bind"),
        (("--host", "no.such.host.invalid"), {"CLEARSPAN_API_KEY": "a-long-secret"}, "cannot bind"),
        (("--port", "70000"), {}, "70000"),
    ],
)
def test_addresses_that_cannot_be_bound(
    home: Path, flags: tuple[str, ...], environment: dict[str, str], says: str
) -> None:
    with server(home, *flags, **environment) as process:
        _, err = process.popen.communicate(timeout=60)
    assert process.popen.returncode == 2
    assert says in err
    assert "Traceback" not in err


def model_is_ready(url: str) -> bool:
    state = httpx.get(f"{url}/healthz", timeout=60).json()["readiness"]["model"]
    assert not state.startswith("off"), state
    return state == "ready"


class Client(threading.Thread):
    """Asks until the server is gone, and keeps every receipt that it was shown whole."""

    def __init__(self, url: str, question: str) -> None:
        super().__init__()
        self.url = url
        self.body = {"question": question, "stream": True}
        self.begun = threading.Event()
        self.answered = threading.Event()
        self.seen: list[Receipt] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=120) as client:
            while True:
                try:
                    with client.stream("POST", "/api/ask", json=self.body) as response:
                        self.take(response.iter_lines())
                except httpx.TransportError:
                    return

    def take(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.begun.set()
            if line == "event: receipt":
                self.seen.append(Receipt.model_validate_json(next(lines).removeprefix("data: ")))
                self.answered.set()


def chat_until_cut_off(url: str, begun: threading.Event) -> None:
    messages = [{"role": "user", "content": "Tell me a long story about a bridge."}]
    body = {"model": "smollm2-135m", "messages": messages, "max_tokens": 2_000, "stream": True}
    try:
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=120) as response:
            for line in response.iter_lines():
                if '"content": "' in line:
                    begun.set()
    except httpx.TransportError:
        return


def test_every_receipt_that_a_client_saw_survives_kill_9(home: Path, weights: Path) -> None:
    chance = random.Random(9)
    seen: list[Receipt] = []
    for round_ in range(20):
        # Loading the model takes seconds, so one round alone is killed while it generates.
        generates = round_ == 10
        environment = {"CLEARSPAN_GENERATE": str(generates), "CLEARSPAN_WEIGHTS": str(weights)}
        with server(home, "--port", "0", **environment) as process:
            chats: list[threading.Thread] = []
            if generates:
                while not model_is_ready(process.url):
                    time.sleep(0.1)
                talking = threading.Event()
                chats.append(threading.Thread(target=chat_until_cut_off, args=(process.url, talking)))
                chats[0].start()
                assert talking.wait(120)
            asking = [Client(process.url, SPAN_QUESTION) for _ in range(3)]
            for client in asking:
                client.start()
            # Each new start answers, whatever the last one was killed in.
            assert (asking[0].answered if round_ % 2 else asking[0].begun).wait(120)
            threading.Timer(chance.uniform(0, 0.4), process.popen.kill).start()
            for client in [*chats, *asking]:
                client.join()
            seen += [receipt for client in asking for receipt in client.seen]
    ledger = SqliteLedger(home / "ledger.db")
    assert len(seen) >= 10
    assert all(ledger.receipt(receipt.id) == receipt for receipt in seen)
    assert len(ledger.receipts(limit=10_000)) == ledger.count() >= len(seen)
    ledger.close()
    with sqlite3.connect(home / "ledger.db") as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_long_upload_does_not_hold_up_the_end(home: Path, leaves: bool) -> None:
    # Markdown's parser is somebody else's and knows nothing of stopping; this keeps it busy for minutes.
    text = b"".join(b"- an item [with a link](a) and *more*\n" for _ in range(300_000))
    with server(home, "--port", "0") as process:

        def send() -> None:
            with contextlib.suppress(httpx.TransportError):
                file = {"file": ("long.md", text)}
                httpx.post(f"{process.url}/api/library/documents", files=file, timeout=5 if leaves else 120)

        sending = threading.Thread(target=send)
        sending.start()
        if leaves:
            sending.join()
        else:
            time.sleep(5)
        started = time.monotonic()
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(30) == 0
        assert time.monotonic() - started < 3
        sending.join()
    with sqlite3.connect(home / "libraries" / "samples.db") as raw:
        assert raw.execute("SELECT count(*) FROM documents WHERE locator LIKE 'upload:%'").fetchone() == (0,)
