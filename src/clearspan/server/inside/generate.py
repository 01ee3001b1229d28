"""POST /api/inside/generate: one prompt, undialled and dialled side by side, and what was active under each token."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from clearspan.errors import ClearspanError
from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.clients import CLIENT_CLOSED_REQUEST, ClientGone, unless_gone
from clearspan.server.edge.streams import StreamEvent, described, streamed
from clearspan.server.inside.events import (
    DoneEvent,
    EndedEvent,
    EndedShape,
    NoteEvent,
    SaidEvent,
    SaidShape,
    Side,
    StripEvent,
    StripShape,
    StripTokenShape,
)
from clearspan.server.inside.routes import opened
from clearspan.server.named_dials import NamedDial, named_dials
from clearspan.server.openai.answers import TURN_SECONDS, setter_of

if TYPE_CHECKING:
    from clearspan.features.annotated import AnnotatedDictionary
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel, TextStream

router = APIRouter(prefix="/api/inside", tags=["inside"])


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
class _ReplyColumn:
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
    columns: list[_ReplyColumn]


@router.post(
    "/generate", responses=described("GenerateEvent", "Both texts as they come."), response_class=Response
)
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
    return streamed(_events(server, body, begun))


def _begin(server: ServerContext, body: GenerateRequest) -> _Begun:
    dials = named_dials(server.workspace.settings, body.dials)
    dictionary = _dictionary(server, body.dictionary)
    model = server.workspace.model
    sides: list[tuple[Side, list[Dial]]] = [("undialled", [])]
    if dials:
        sides.append(("dialled", dials))
        # What the model is measured for when dials are first held against their limits, before either side begins.
        model.dose(*dials)
    columns: list[_ReplyColumn] = []
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
            columns.append(_ReplyColumn(side, some, stream))
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


async def _events(server: ServerContext, body: GenerateRequest, begun: _Begun) -> AsyncGenerator[StreamEvent]:
    with ExitStack() as streams:
        for column in begun.columns:
            streams.enter_context(column.stream)
        async for column, event in _said(begun.columns):
            yield event
            if column.is_over:
                yield await _strip(server, body, begun, column)
        yield DoneEvent()


async def _said(columns: Sequence[_ReplyColumn]) -> AsyncGenerator[tuple[_ReplyColumn, StreamEvent]]:
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
                yield column, SaidEvent(data=SaidShape(side=column.side, text=delta.text))
            if delta.finish is not None:
                column.is_over = True
                done = delta.finish
                ended = EndedShape(
                    side=column.side, reason=done.finish_reason, output_tokens=done.output_tokens
                )
                yield column, EndedEvent(data=ended)
        if not came:
            await arrived.wait()


async def _strip(
    server: ServerContext, body: GenerateRequest, begun: _Begun, column: _ReplyColumn
) -> StreamEvent:
    """The tokens of a side with their features; a note where they cannot be had, because the text stands without."""
    dictionary = begun.opened
    if dictionary is None:
        return _note(column, f"There is no dictionary for {server.workspace.settings.model}.")
    if not column.text:
        return _note(column, "The model said nothing.")

    def read() -> StripShape:
        from clearspan.features.active import features_by_token

        tokens = features_by_token(begun.model, dictionary, body.prompt, column.text, dials=column.dials)
        seen = {one.index for token in tokens for one in token.features}
        labels = {index: label.text for index in seen if (label := dictionary.labels.of(index))}
        return StripShape(
            side=column.side,
            dictionary=dictionary.card.name,
            tokens=tuple(StripTokenShape.model_validate(one) for one in tokens),
            labels=labels,
        )

    try:
        return StripEvent(data=await server.workers.result(read))
    except ClearspanError as error:
        return _note(column, str(error))


def _note(column: _ReplyColumn, text: str) -> NoteEvent:
    return NoteEvent(data=SaidShape(side=column.side, text=text))
