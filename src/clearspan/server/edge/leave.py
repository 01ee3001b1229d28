"""The header with which a request may exceed the limits of dials."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from clearspan.errors import Refused
from clearspan.server.edge.errors import error_response
from clearspan.server.edge.tries import WrongTries
from clearspan.settings import Settings

HEADER = "x-clearspan-limit-key"


class Leave:
    """ASGI middleware: a request that carries the limit key may exceed limits, and one with another key is refused."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._tries = WrongTries()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if key is None:
            await self._app(scope, receive, send)
            return
        # Only requests that carry a key pay for what it takes to import this.
        from clearspan.models.inside.limits.overrides import exceeding

        client = str((scope.get("client") or ("",))[0])
        leave = exceeding(
            key, self._settings, f"{scope['method']} {scope['path']} from {client or 'somewhere'}"
        )
        try:
            leave.__enter__()
        except Refused as problem:
            await self._tries.slow(client)
            await error_response(problem, scope["path"])(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            leave.__exit__(None, None, None)
