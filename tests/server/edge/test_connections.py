"""Connections that send no request, or send it drop by drop."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from clearspan.server.edge import connections
from clearspan.server.edge.connections import HeadersInTime

_WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.5)
    monkeypatch.setattr(connections, "MOST_HALF_OPEN", 5)
    config = uvicorn.Config(
        PlainTextResponse("here"), http=HeadersInTime, lifespan="off", log_config=None, timeout_keep_alive=60
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def _answered(asking: socket.socket) -> bool:
    """Whether a whole request gets its answer, whose body may come after its head."""
    asking.sendall(_WHOLE)
    said = b""
    while b"here" not in said and (piece := asking.recv(10_000)):
        said += piece
    return b"here" in said


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_connection_without_its_headers_is_closed(port: int, sent: bytes) -> None:
    with _connected(port) as silent:
        silent.sendall(sent)
        while silent.recv(1_000):
            pass


def test_a_second_request_drop_by_drop_is_closed(port: int) -> None:
    with _connected(port) as slow:
        assert _answered(slow)
        slow.sendall(_WHOLE[:5])
        while slow.recv(1_000):
            pass


def test_a_connection_between_two_requests_is_left_alone(port: int) -> None:
    with _connected(port) as patient:
        for _ in range(2):
            assert _answered(patient)
            time.sleep(1)


def test_half_open_connections_are_bounded_and_others_are_served(port: int) -> None:
    silent = [_connected(port) for _ in range(40)]
    with _connected(port) as asking:
        assert _answered(asking)
    assert silent[0].recv(10) == b""
    assert not HeadersInTime.half_open or len(HeadersInTime.half_open) <= 5
    for one in silent:
        one.close()
