"""Where an address leads is looked up once and judged at every hop."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clearspan.errors import BadInput, FetchError, Refused
from clearspan.library import addresses, fetch
from clearspan.library.addresses import destination

Resolve = Callable[..., list[Any]]


def _resolving(*answers: str) -> tuple[Resolve, list[str]]:
    """A resolver that gives one answer after the other, the last one for ever, and what it was asked."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        answer = answers[min(len(asked), len(answers)) - 1]
        family = socket.AF_INET6 if ":" in answer else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (answer, port))]

    return resolve, asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.0.0.7",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - where a name leads, not where anything is bound
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_name_that_leads_inside_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, _ = _resolving(address)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(Refused, match="private network"):
        destination("http://name.example/page", "http://name.example/page")


def test_a_name_that_leads_out_is_reached_at_the_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve, _ = _resolving("93.184.215.14")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    found = destination("https://name.example/page", "https://name.example/page")
    assert (found.host, found.port, found.reached_at) == ("name.example", 443, ("93.184.215.14",))


@pytest.mark.parametrize(
    ("url", "typed"),
    [
        ("http://127.0.0.1:1/", "http://name.example/"),
        ("http://127.0.0.1:2/", "http://127.0.0.1:1/"),
        ("http://localhost/", "http://name.example/"),
        ("http://[::1]/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.1/"),
    ],
)
def test_an_address_inside_that_was_not_typed_is_refused(url: str, typed: str) -> None:
    with pytest.raises((Refused, FetchError)):
        destination(url, typed)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:81/a", "http://[::1]/", "http://192.168.1.1/", "http://localhost/"]
)
def test_an_address_inside_that_was_typed_is_gone_to(url: str) -> None:
    assert destination(url, url).reached_at == (destination(url, url).host,)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/", "http://", "http://[::1", "http://a:99999/"]
)
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(BadInput):
        destination(url, url)


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/to="):
            self.send_response(302)
            self.send_header("location", self.path[4:])
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"for {self.headers['host']}".encode())

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def server() -> Iterator[Callable[[str], int]]:
    made: list[ThreadingHTTPServer] = []

    def serve(host: str) -> int:
        made.append(ThreadingHTTPServer((host, 0), _Pages))
        threading.Thread(target=made[-1].serve_forever, daemon=True).start()
        return made[-1].server_port

    yield serve
    for one in made:
        one.shutdown()
        one.server_close()


def test_every_hop_is_judged(server: Callable[[str], int]) -> None:
    first, second = server("127.0.0.1"), server("127.0.0.1")
    here = f"http://127.0.0.1:{first}"
    assert fetch.fetch(f"{here}/to=/page", 1_000).url == f"{here}/page"
    with pytest.raises(Refused):
        fetch.fetch(f"{here}/to=http://127.0.0.1:{second}/page", 1_000)
    with pytest.raises(FetchError, match="more than 5 times"):
        fetch.fetch(f"{here}/to=/to=/to=/to=/to=/to=/to=/to=/page", 1_000)


def test_a_name_is_looked_up_once(server: Callable[[str], int], monkeypatch: pytest.MonkeyPatch) -> None:
    port = server("127.0.0.2")
    resolve, asked = _resolving("127.0.0.2", "127.0.0.1")
    real = socket.getaddrinfo

    def only_names(host: Any, *rest: Any, **more: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        return resolve(name, *rest) if name.endswith(".example") else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", only_names)
    monkeypatch.setattr(addresses, "_is_public", lambda address: address != "127.0.0.1")
    found = fetch.fetch(f"http://rebind.example:{port}/page", 1_000)
    assert found.data == f"for rebind.example:{port}".encode()
    assert asked == ["rebind.example"]
