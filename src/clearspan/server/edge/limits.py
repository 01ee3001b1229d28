"""Bodies over their route's limit are refused before they are read."""

import anyio
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clearspan.errors import TooLarge
from clearspan.server.edge.errors import error_response

JSON_BYTES = 1_000_000
UPLOAD_PATH = "/api/library/documents"
# Boundaries and part headers around an uploaded file.
MULTIPART_OVERHEAD_BYTES = 64 * 1024
# How much, and for how long, is read and thrown away after a refusal.
LINGER_BYTES = 256_000_000
LINGER_SECONDS = 5.0


class BodyLimit:
    """ASGI middleware: 413 by the declared length, or as soon as an undeclared body grows too long.

    Args:
        upload_bytes: longest uploaded document; every other body may have `JSON_BYTES`.
    """

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app = app
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = scope["path"] == UPLOAD_PATH
        allowed = self._upload_bytes if upload else JSON_BYTES
        limit = allowed + (MULTIPART_OVERHEAD_BYTES if upload else 0)
        problem = f"The request's body is larger than the {allowed:,} bytes that this route reads."
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        over = not declared.isdigit() or int(declared) > limit
        seen = 0

        async def counted() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                over = True
                raise HTTPException(413, problem)
            return message

        async def lingering(message: Message) -> None:
            if over and message["type"] == "http.response.body" and not message.get("more_body"):
                await send({**message, "more_body": True})
                await _discard(receive)
                await send({"type": "http.response.body", "body": b""})
            else:
                await send(message)

        if over:
            refusal = error_response(TooLarge(problem, do="Send less at once."), scope["path"])
            await refusal(scope, receive, lingering)
        else:
            await self._app(scope, counted, lingering)


async def _discard(receive: Receive) -> None:
    # A client that is still sending would see its connection break before it reads the answer.
    left = LINGER_BYTES
    with anyio.move_on_after(LINGER_SECONDS):
        while left > 0:
            message = await receive()
            if message["type"] != "http.request" or not message.get("more_body"):
                return
            left -= len(message.get("body", b""))
