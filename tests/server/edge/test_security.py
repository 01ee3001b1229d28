"""Who may talk to the server, and what browsers are told."""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from clearspan.errors import Refused
from clearspan.server.app import create_app
from clearspan.server.edge.security import is_loopback
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tests.server.conftest import Served

Start = Callable[..., "Served"]


def port_of(served: "Served") -> int:
    return int(served.url.rpartition(":")[2])


def refused(response: httpx.Response) -> bool:
    return response.status_code == 403 and response.json()["error"]["code"] == "refused"


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "10.0.0.7"),
        *("[::1]evil.com", "[::1].evil.com:80", "localhost..", "evil@localhost", "localhost:80:90", "[::1"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/receipts", "/studio/app.js", "/docs"])
def test_foreign_host_names_are_refused(served: "Served", host: str, path: str) -> None:
    assert refused(served.client.get(path, headers={"Host": host}))


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:8710", "[::1]", "localhost.", "localhost.:1"]
)
def test_loopback_names_are_served(served: "Served", host: str) -> None:
    assert served.client.get("/healthz", headers={"Host": host}).status_code == 200


def test_two_host_headers_are_refused(served: "Served") -> None:
    answer = raw(served, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
    assert answer.split()[1] in {b"400", b"403"}


def test_hosts_can_be_allowed(serve_with: Start) -> None:
    served = serve_with(allowed_hosts=("clearspan.home.example",))
    allowed = {"Host": "clearspan.home.example:8710"}
    assert served.client.get("/healthz", headers=allowed).status_code == 200
    assert refused(served.client.get("/healthz", headers={"Host": "home.example"}))


POSTS = [
    ("POST", "/api/ask"),
    ("POST", "/api/readers/acts"),
    ("POST", "/api/receipts/r-1/replay"),
    ("POST", "/api/library/documents"),
    ("DELETE", "/api/library/documents/d-1"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/embeddings"),
]


@pytest.mark.parametrize(("method", "path"), POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_sites_may_not_post(
    served: "Served", method: str, path: str, headers: dict[str, str]
) -> None:
    assert refused(served.client.request(method, path, headers=headers))


def test_the_own_page_may_post(served: "Served") -> None:
    headers = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    acts = {"session": "0" * 32, "acts": [{"view": f"v-{'a' * 16}", "kind": "shown"}]}
    assert served.client.post("/api/readers/acts", json=acts, headers=headers).status_code == 204


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/readers/acts", "/v1/chat/completions", "/v1/embeddings"])
def test_json_routes_read_json_alone(served: "Served", path: str, media: str | None) -> None:
    headers = {"Content-Type": media} if media else {}
    response = served.client.post(path, content=b'{"question": "why?"}', headers=headers)
    assert response.status_code == 415
    assert "application/json" in response.json()["error"]["do"]


def test_every_answer_carries_the_headers_for_browsers(served: "Served") -> None:
    for path in ("/", "/docs", "/api/receipts", "/nowhere", "/studio/app.js"):
        headers = served.client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Server" not in headers or headers["Server"] != "clearspan"
    assert served.client.get("/api/receipts").headers["Cache-Control"] == "no-store"


def test_a_key_guards_everything_but_the_page_and_health(serve_with: Start) -> None:
    served = serve_with(api_key="a-long-secret")
    with httpx.Client(base_url=served.url) as stranger:
        for path in ("/", "/healthz", "/studio/app.js"):
            assert stranger.get(path).status_code == 200
        for path in ("/api/receipts", "/metrics", "/docs", "/openapi.json", "/v1/models", "/nowhere"):
            response = stranger.get(path)
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert response.json()["error"]["code"] == "invalid_api_key"
        for wrong in ("Bearer", "Bearer a-long-secre", "Basic a-long-secret", "a-long-secret"):
            assert stranger.get("/api/receipts", headers={"Authorization": wrong}).status_code == 401
        odd = {"Authorization": b"Bearer \xe4\xff"}
        assert stranger.get("/api/receipts", headers=odd).status_code == 401
    assert served.client.get("/api/receipts").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "box.example"])  # noqa: S104
def test_no_binding_beyond_this_machine_without_a_key(settings: Settings, host: str) -> None:
    with (
        Workspace.open(settings.model_copy(update={"host": host})) as workspace,
        pytest.raises(Refused, match="API key") as caught,
    ):
        create_app(workspace)
    assert "CLEARSPAN_API_KEY" in caught.value.do


def test_with_a_key_binding_beyond_is_possible(settings: Settings) -> None:
    open_to_all = settings.model_copy(update={"host": "0.0.0.0", "api_key": "a-long-secret"})  # noqa: S104
    with Workspace.open(open_to_all) as workspace:
        assert create_app(workspace)


def test_what_counts_as_loopback() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost", "LocalHost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.1.1.1", "localhost.example", ""))  # noqa: S104


@pytest.mark.parametrize(
    ("path", "length"), [("/api/ask", 1_000_001), ("/api/library/documents", 10_000_000_000)]
)
def test_a_declared_body_that_is_too_long_is_refused_unread(served: "Served", path: str, length: int) -> None:
    request = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    )
    assert raw(served, request.encode()).startswith(b"HTTP/1.1 413 ")


def test_an_undeclared_body_is_refused_once_it_is_too_long(served: "Served") -> None:
    head = (
        b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    # No last chunk: an answer can only come from a server that stopped reading.
    assert raw(served, head + b"100000\r\n" + b" " * 0x100000 + b"\r\n").startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "path",
    [
        "/studio/../settings.py",
        "/studio/%2e%2e/settings.py",
        "/studio/..%2fsettings.py",
        "/studio//etc/passwd",
    ],
)
def test_nothing_outside_the_studio_is_served(served: "Served", path: str) -> None:
    answer = raw(served, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")


def raw(served: "Served", request: bytes) -> bytes:
    """The first piece of the answer to bytes sent as they are."""
    with socket.create_connection(("127.0.0.1", port_of(served)), timeout=60) as connection:
        connection.sendall(request)
        return connection.recv(65536)
