"""A server on loopback that does what a script says, one act a request."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clearspan.models.remote.backoff import Backoff
from clearspan.models.remote.model import RemoteModel
from clearspan.settings import RemoteTier


class Stage:
    """What an act can do with one request."""

    def __init__(self, handler: BaseHTTPRequestHandler, script: "Script") -> None:
        self._handler = handler
        self._script = script

    def begin(self, status: int = 200, kind: str | None = "text/event-stream", **headers: str) -> None:
        self._handler.send_response(status)
        if kind is not None:
            self._handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def raw(self, content: bytes) -> None:
        self._handler.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self._handler.wfile.flush()

    def chunk(self, text: str | None = None, reason: str | None = None, **more: Any) -> None:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
        body = {"object": "chat.completion.chunk", "choices": [choice], **more}
        self.raw(f"data: {json.dumps(body)}\n\n".encode())

    def usage(self, read: int, written: int) -> None:
        counts = {"prompt_tokens": read, "completion_tokens": written}
        self.raw(f"data: {json.dumps({'choices': [], 'usage': counts})}\n\n".encode())

    def end(self) -> None:
        self._handler.wfile.write(b"0\r\n\r\n")

    def done(self) -> None:
        self.raw(b"data: [DONE]\n\n")
        self.end()

    def drop(self) -> None:
        self._handler.connection.shutdown(socket.SHUT_RDWR)
        self._handler.close_connection = True

    def hang(self) -> None:
        """Say nothing more until the client leaves or the test ends."""
        self._handler.connection.settimeout(0.05)
        while not self._script.over.is_set():
            try:
                if not self._handler.connection.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self._script.left.set()
        self._handler.close_connection = True

    def whole(self, *pieces: str, read: int = 12, written: int = 3) -> None:
        self.begin()
        for piece in pieces:
            self.chunk(piece)
        self.chunk(reason="stop")
        self.usage(read, written)
        self.done()


Act = Callable[[Stage], None]


@dataclass
class Script:
    """What the server does; the last act is repeated.

    Attributes:
        asked: what was sent, one entry a request: headers, body, moment, port of the client.
        left: set when a client left while the server hung.
        over: the test has ended.
    """

    url: str = ""
    acts: list[Act] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plays(self, *acts: Act) -> None:
        self.acts = list(acts)


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with script.lock:
                number = len(script.asked)
                asked = {"path": self.path, "headers": dict(self.headers), "body": body}
                script.asked.append({**asked, "moment": time.monotonic(), "port": self.client_address[1]})
            try:
                script.acts[min(number, len(script.acts) - 1)](Stage(self, script))
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None: ...

    return Handler


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield script
    script.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def tier(script: Script) -> Iterator[Callable[..., RemoteModel]]:
    """Makes tiers at the scripted server, with pauses of next to nothing."""
    made: list[RemoteModel] = []

    def make(**settings: Any) -> RemoteModel:
        given = {"base_url": script.url, "model": "far-1b", **settings}
        made.append(RemoteModel("far", RemoteTier(**given), Backoff(base=0.001)))
        return made[-1]

    yield make
    for model in made:
        model.close()
