"""POST /api/ask: a question in; a receipt out, or the journey's steps as server-sent events."""

import json
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import anyio
from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse

from clearspan.answer import Finished, Judged, Routed, Stated, Step, journey
from clearspan.errors import ClearspanError
from clearspan.receipts import Receipt, Source
from clearspan.server.errors import unexpected
from clearspan.server.parts import FromServer, Parts

router = APIRouter(tags=["ask"])
logger = logging.getLogger("clearspan.server")

# Streams under way when the server is told to stop have this long to end with their receipt.
GRACE_SECONDS = 4.0
_SOURCES = TypeAdapter(tuple[Source, ...])


class Question(BaseModel):
    """What to ask, and of which library."""

    model_config = ConfigDict(extra="forbid")

    question: str
    library: str | None = Field(default=None, description="name of a library; the default one if absent")
    generate: bool | None = Field(
        default=None, description="whether the local model may join and shorten quotes"
    )
    stream: bool = Field(default=False, description="server-sent events instead of one receipt")


async def steps_of(
    parts: Parts, question: str, *, library: str | None = None, generate: bool | None = None
) -> AsyncGenerator[Step]:
    """The steps of a journey, within the desk's bound; the receipt is counted in the metrics.

    Raises:
        Busy: too many questions are waiting.
        NotFound: there is no library of that name.
    """
    name = parts.library_name(library)

    def source() -> Iterator[Step]:
        return journey(parts.workspace, question, library=name, generate=generate)

    async with aclosing(parts.desk.items(source)) as steps:
        async for step in steps:
            if isinstance(step, Finished):
                parts.metrics.answer(step.receipt)
            yield step


async def receipt_of(steps: AsyncGenerator[Step]) -> Receipt:
    """The receipt at the end of a journey."""
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Finished):
                return step.receipt
    raise RuntimeError("a journey ended without its receipt")


@router.post(
    "/api/ask",
    response_model=Receipt,
    responses={200: {"content": {"text/event-stream": {}}, "description": "The receipt, or its steps."}},
)
async def ask(body: Question, parts: FromServer) -> Response:
    """Answer a question from a library.

    With `stream`, the events are `route`, `sources`, `claim` (one a sentence) and `receipt`, or `error`. The
    receipt is in the ledger before it is sent.
    """
    steps = steps_of(parts, body.question, library=body.library, generate=body.generate)
    if not body.stream:
        receipt = await receipt_of(steps)
        return Response(receipt.model_dump_json(), media_type="application/json")
    # Awaiting the first step here lets a question that is refused be answered with its own status.
    first = await anext(steps)
    return EventSourceResponse(
        _events(first, steps), shutdown_event=anyio.Event(), shutdown_grace_period=GRACE_SECONDS
    )


async def _events(first: Step, rest: AsyncGenerator[Step]) -> AsyncGenerator[ServerSentEvent]:
    async with aclosing(rest):
        yield _as_event(first)
        try:
            async for step in rest:
                yield _as_event(step)
        except ClearspanError as error:
            yield _error_event(error)
        except Exception:
            logger.exception("a journey failed")
            yield _error_event(unexpected())


def _as_event(step: Step) -> ServerSentEvent:
    match step:
        case Routed(route):
            return ServerSentEvent(event="route", data=route.model_dump_json())
        case Judged(sources):
            return ServerSentEvent(event="sources", data=_SOURCES.dump_json(sources).decode())
        case Stated(claim):
            return ServerSentEvent(event="claim", data=claim.model_dump_json())
        case Finished(receipt):
            return ServerSentEvent(event="receipt", data=receipt.model_dump_json())


def _error_event(error: ClearspanError) -> ServerSentEvent:
    return ServerSentEvent(event="error", data=json.dumps(error.as_dict()))
