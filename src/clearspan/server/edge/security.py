"""Who may talk to the server: host names, origins, keys, and the headers that browsers obey."""

import hmac
import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clearspan.errors import ClearspanError, Refused
from clearspan.server.edge.errors import Unauthorised, WrongKey, WrongMedia, error_response
from clearspan.server.edge.limits import UPLOAD_PATH
from clearspan.server.edge.tries import WrongTries
from clearspan.settings import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Whole, or not at all: what follows a bracket or a second dot would be another host to whoever reads it next.
_HOST = re.compile(
    r"\[([0-9a-f:.]+)\](?::\d{0,5})?"
    r"|([^\s:\[\]@/?#]*[^\s:\[\]@/?#.])\.?(?::\d{0,5})?"
    r"|([0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*)"
)

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Whether binding to `host` is reachable from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check_binding(settings: Settings) -> None:
    """Raise Refused if the server would be open to others without a key."""
    if is_loopback(settings.host) or settings.api_key:
        return
    raise Refused(
        f"The server does not bind to {settings.host} without an API key.",
        why="Everyone who can reach this machine could read its documents and receipts.",
        do="Set CLEARSPAN_API_KEY to a long random text and give it to the clients, or leave the host at 127.0.0.1.",
    )


class SecurityHeaders:
    """ASGI middleware that tells browsers, on every answer, what its content may do and who may keep it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-cache" if _is_page(scope["path"]) else "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class Security:
    """ASGI middleware that refuses foreign hosts, cross-site posts and requests without the key.

    Without the Host check, a web page could point its own name at this machine (DNS rebinding) and read the
    library as if it were the page's server. Without the Origin check, any page could post here.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._key = settings.api_key.encode()
        self._tries = WrongTries()
        named = {settings.host, *settings.allowed_hosts}
        self._hosts = (LOOPBACK_NAMES | {_bare(name) for name in named}) - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            # There are no WebSocket routes; a handshake would pass none of the checks below.
            await send({"type": "websocket.close"})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])
        problem = self._problem(str(scope["method"]), path, Headers(scope=scope))
        if isinstance(problem, WrongKey):
            await self._tries.slow(str((scope.get("client") or ("",))[0]))
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await error_response(problem, path)(scope, receive, send)

    def _problem(self, method: str, path: str, headers: Headers) -> ClearspanError | None:
        return (
            self._foreign_host(headers)
            or (None if method in SAFE_METHODS else _cross_site(headers))
            or self._wrong_key(path, headers)
            or (None if method in SAFE_METHODS or path == UPLOAD_PATH else _wrong_media(headers))
        )

    def _foreign_host(self, headers: Headers) -> ClearspanError | None:
        given = headers.getlist("host")
        if len(given) == 1 and _bare(given[0]) in self._hosts:
            return None
        return Refused(
            "The request names a host that this server does not go by.",
            why=f"Its Host header is {', '.join(given)[:200] or 'missing'}.",
            do="Use the address that the server printed, or add the name to CLEARSPAN_ALLOWED_HOSTS.",
        )

    def _wrong_key(self, path: str, headers: Headers) -> ClearspanError | None:
        if not self._key or path == "/healthz" or _is_page(path):
            return None
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._key):
            return None
        kind = WrongKey if given else Unauthorised
        return kind(
            "This request needs the server's API key.",
            why="The key it carries is not the right one." if given else "It carries none.",
            do="Send the header `Authorization: Bearer KEY` with the key that the server was started with.",
        )


def _cross_site(headers: Headers) -> ClearspanError | None:
    origin = headers.get("origin")
    same_origin = origin is None or urlsplit(origin).netloc.lower() == headers["host"].lower()
    # `same-site` includes other ports of this machine, which other people's programs may serve.
    if same_origin and headers.get("sec-fetch-site", "none") in {"same-origin", "none"}:
        return None
    return Refused(
        "A page of another site may not change anything here.",
        why=f"The request comes from {(origin or 'another site')[:200]}.",
        do="Use the Studio at this server's own address, or a program instead of a web page.",
    )


def _wrong_media(headers: Headers) -> ClearspanError | None:
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not has_body or media == "application/json":
        return None
    return WrongMedia(
        "This route reads JSON.",
        why=f"The request's Content-Type is {media[:100] or 'missing'}.",
        do="Send the header `Content-Type: application/json`.",
    )


def _is_page(path: str) -> bool:
    return path == "/" or path.startswith("/studio/")


def _bare(host: str) -> str:
    """The name in a Host header without port, brackets and the dot of the root; empty if it is no such header."""
    found = _HOST.fullmatch(host.strip().lower())
    return next(filter(None, found.groups()), "") if found else ""
