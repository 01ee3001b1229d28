"""POST /api/inside/generate: one prompt, undialled and dialled side by side, and what was active under each token."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse

from clearspan.errors import ClearspanError
from clearspan.server.asking import GRACE_SECONDS
from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.clients import CLIENT_CLOSED_REQUEST, ClientGone, unless_gone
from clearspan.server.edge.errors import unexpected
from clearspan.server.inside.routes import opened
from clearspan.server.named_dials import NamedDial, named_dials
from clearspan.server.openai.answers import TURN_SECONDS, setter_of

if TYPE_CHECKING:
    from clearspan.features.annotated import AnnotatedDictionary
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel, TextStream

router = APIRouter(prefix="/api/inside", tags=["inside"])
logger = logging.getLogger("clearspan.server")

Side = Literal["undialled", "dialled"]
SEND_SECONDS = 60.0


class GenerateRequest(BaseModel):
    """What to say to the model, and the dials to set."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(min_length=1, max_length=8_000)
    dials: Annotated[list[NamedDial], Field(max_length=32)] = Field(
        default=[], description="presets, features and directions: golden-gate=0.6x, #1234=2x"
    )
    dictionary: str | None = Field(
        default=None,
        max_length=300,
        description="whose features stand under the tokens; the local model's default",
    )
    max_tokens: int = Field(default=120, ge=1, le=512)
    temperature: float = Field(default=0.0, ge=0, le=2)
    seed: int | None = None


@dataclass(slots=True)
class _Column:
    """One of the two texts as it comes about."""

    side: Side
    dials: "Sequence[Dial]"
    stream: "TextStream"
    text: str = ""
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class _Begun:
    model: "LanguageModel"
    opened: "AnnotatedDictionary | None"
    columns: list[_Column]


@router.post("/generate", responses={200: {"content": {"text/event-stream": {}}}}, response_class=Response)
async def generate(body: GenerateRequest, server: FromServer, request: Request) -> Response:
    """Generate without dials and with them, together, as server-sent events.

    `said` is a piece of one side's text, `ended` its end, `strip` its tokens with the features that were active there
    (read with the same dials), `note` says why there is no strip, and `done` is last. Without dials there is no
    dialled side.
    """
    try:
        begun = await unless_gone(request, server.workers.result(lambda: _begin(server, body)))
    except ClientGone:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return EventSourceResponse(
        _events(server, body, begun),
        send_timeout=SEND_SECONDS,
        shutdown_event=anyio.Event(),
        shutdown_grace_period=GRACE_SECONDS,
    )


def _begin(server: ServerContext, body: GenerateRequest) -> _Begun:
    dials = named_dials(server.workspace.settings, body.dials)
    dictionary = _dictionary(server, body.dictionary)
    model = server.workspace.model
    sides: list[tuple[Side, list[Dial]]] = [("undialled", [])]
    if dials:
        sides.append(("dialled", dials))
    columns: list[_Column] = []
    try:
        for side, some in sides:
            stream = model.stream_chat(
                body.prompt,
                dials=some,
                max_tokens=body.max_tokens,
                temperature=body.temperature,
                seed=body.seed,
                wait=TURN_SECONDS,
            )
            columns.append(_Column(side, some, stream))
    except ClearspanError:
        for column in columns:
            column.stream.close()
        raise
    return _Begun(model, dictionary, columns)


def _dictionary(server: ServerContext, name: str | None) -> "AnnotatedDictionary | None":
    """The dictionary whose features are shown; None where the local model has none."""
    if name is not None:
        return opened(server, name)
    from clearspan.features.catalogue import default_dictionary

    settings = server.workspace.settings
    return default_dictionary(settings.model, settings)


async def _events(
    server: ServerContext, body: GenerateRequest, begun: _Begun
) -> AsyncGenerator[ServerSentEvent]:
    with ExitStack() as streams:
        for column in begun.columns:
            streams.enter_context(column.stream)
        try:
            async for column, event in _said(begun.columns):
                yield event
                if column.is_over:
                    yield await _strip(server, body, begun, column)
            yield _event("done", {})
        except ClearspanError as error:
            yield _event("error", error.as_dict())
        except Exception:
            logger.exception("a generation failed")
            yield _event("error", unexpected().as_dict())


async def _said(columns: Sequence[_Column]) -> AsyncGenerator[tuple[_Column, ServerSentEvent]]:
    """What each side says, as it comes."""
    arrived = asyncio.Event()
    for column in columns:
        column.stream.listen(setter_of(arrived))
    while not all(column.is_over for column in columns):
        arrived.clear()
        came = False
        for column in columns:
            # One piece of each side in turn, so that they are read in step.
            delta = None if column.is_over else column.stream.poll()
            if delta is None:
                continue
            came = True
            column.text += delta.text
            if delta.text:
                yield column, _event("said", {"side": column.side, "text": delta.text})
            if delta.finish is not None:
                column.is_over = True
                done = {"reason": delta.finish.finish_reason, "output_tokens": delta.finish.output_tokens}
                yield column, _event("ended", {"side": column.side, **done})
        if not came:
            await arrived.wait()


async def _strip(
    server: ServerContext, body: GenerateRequest, begun: _Begun, column: _Column
) -> ServerSentEvent:
    """The tokens of a side with their features; a note where they cannot be had, because the text stands without."""
    dictionary = begun.opened
    if dictionary is None:
        return _note(column, f"There is no dictionary for {server.workspace.settings.model}.")
    if not column.text:
        return _note(column, "The model said nothing.")

    def read() -> dict[str, object]:
        from clearspan.features.active import read_strip

        tokens = read_strip(begun.model, dictionary, body.prompt, column.text, dials=column.dials)
        seen = {one.index for token in tokens for one in token.features}
        labels = {index: label.text for index in seen if (label := dictionary.labels.of(index))}
        return {
            "side": column.side,
            "dictionary": dictionary.card.name,
            "tokens": [asdict(one) for one in tokens],
            "labels": labels,
        }

    try:
        return _event("strip", await server.workers.result(read))
    except ClearspanError as error:
        return _note(column, str(error))


def _note(column: _Column, text: str) -> ServerSentEvent:
    return _event("note", {"side": column.side, "text": text})


def _event(name: str, data: object) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=json.dumps(data))
