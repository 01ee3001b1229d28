"""One line and one count a request; a fault of our own becomes an error the client can read."""

import json
import logging
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clearspan.server.edge.errors import error_response, unexpected
from clearspan.server.edge.metrics import Metrics

logger = logging.getLogger("clearspan.requests")


class RequestLog:
    """ASGI middleware around everything else.

    A line holds when, method, route, status, seconds and bytes. It holds no address, no query and no body: the
    route is the pattern, not the path, so that no identifier and no question gets into a log.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, size = time.perf_counter(), 0, 0

        async def watched(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            logger.exception("unexpected error")
            if status:
                raise
            await error_response(unexpected(), scope["path"])(scope, receive, watched)
        finally:
            # 499 is what proxies log for a client that left before the answer began.
            self._note(scope, status or 499, time.perf_counter() - began, size)

    def _note(self, scope: Scope, status: int, seconds: float, size: int) -> None:
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        method = scope["method"] if scope["method"].isalpha() else "other"
        self._metrics.request(route, method, status)
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": method,
            "route": route,
            "status": status,
            "seconds": round(seconds, 4),
            "bytes": size,
        }
        logger.info(json.dumps(line))
