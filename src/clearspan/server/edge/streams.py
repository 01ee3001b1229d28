"""Server-sent events: typed, each with its name; what goes wrong on the way is the last of them."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal, Protocol

import anyio
from pydantic import BaseModel
from pydantic_core import to_json
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse

from clearspan.errors import ClearspanError
from clearspan.server.edge.errors import unexpected

logger = logging.getLogger("clearspan.server")

GRACE_SECONDS = 4.0
"""Streams under way when the server is told to stop have this long to come to their end."""

SEND_SECONDS = 60.0
"""A client that does not take what it is sent for so long is gone."""


class StreamEvent(Protocol):
    """An event as a model: a literal name, and what is sent as JSON under it."""

    @property
    def event(self) -> str: ...

    @property
    def data(self) -> Any: ...


class StreamError(BaseModel):
    """What went wrong, why, and what to do."""

    code: str
    what: str
    why: str
    do: str


class ErrorEvent(BaseModel):
    """The stream ends here, before its time."""

    event: Literal["error"] = "error"
    data: StreamError


def streamed(events: AsyncGenerator[StreamEvent]) -> EventSourceResponse:
    """The response that sends events as they come, or stops them when its client leaves or the server ends."""
    return event_response(_sent(events))


def event_response(events: AsyncGenerator[ServerSentEvent], **more: Any) -> EventSourceResponse:
    """The same for events that are written already."""
    return EventSourceResponse(
        events,
        send_timeout=SEND_SECONDS,
        shutdown_event=anyio.Event(),
        shutdown_grace_period=GRACE_SECONDS,
        **more,
    )


def described(name: str, said: str) -> dict[int | str, dict[str, Any]]:
    """The entry of a route's `responses` for a stream of the events that the document calls `name`."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {200: {"description": said, "content": {"text/event-stream": {"schema": schema}}}}


async def _sent(events: AsyncGenerator[StreamEvent]) -> AsyncGenerator[ServerSentEvent]:
    async with aclosing(events):
        try:
            async for event in events:
                yield _written(event)
        except ClearspanError as error:
            yield _written(ErrorEvent(data=StreamError(**error.as_dict())))
        except Exception:
            logger.exception("a stream failed")
            yield _written(ErrorEvent(data=StreamError(**unexpected().as_dict())))


def _written(event: StreamEvent) -> ServerSentEvent:
    return ServerSentEvent(event=event.event, data=to_json(event.data, inf_nan_mode="null").decode())
