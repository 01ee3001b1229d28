"""Connections that send no request: closed after a while, and the longest silent first where there are many."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADER_SECONDS = 10.0
"""From its first byte, or from the beginning of the connection, a request has this long for all of its headers."""

MOST_HALF_OPEN = 256
"""Connections that may wait for headers at once; a server of one machine has few clients."""

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol
else:
    _Protocol = AutoHTTPProtocol


class HeadersInTime(_Protocol):
    """uvicorn's protocol, with a bound on the time for headers and on how many connections wait for them."""

    half_open: ClassVar[dict["HeadersInTime", asyncio.TimerHandle]] = {}

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._have_headers()
        elif self not in self.half_open and _is_between_requests(self.cycle):
            self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_headers()
        super().connection_lost(exc)

    def _await_headers(self) -> None:
        if len(self.half_open) >= MOST_HALF_OPEN:
            next(iter(self.half_open))._give_up()
        self.half_open[self] = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _have_headers(self) -> None:
        timer = self.half_open.pop(self, None)
        if timer is not None:
            timer.cancel()

    def _give_up(self) -> None:
        self._have_headers()
        self.transport.close()


def _is_between_requests(cycle: Any) -> bool:
    # There is none before the first request, whatever its type says.
    return cycle is None or bool(cycle.response_complete)
