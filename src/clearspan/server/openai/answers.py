"""What a chat says, piece by piece, whether a model says it or the journey does."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clearspan.answer import Finished, Shaped, Stated
from clearspan.receipts import Overview, Receipt
from clearspan.record import DoseVerdict
from clearspan.server.asking import steps_of
from clearspan.server.context import ServerContext
from clearspan.server.edge.errors import UnknownModel, Unsupported
from clearspan.server.openai.dials import dials_of
from clearspan.server.openai.requests import ChatRequest

if TYPE_CHECKING:
    from clearspan.models.serving.engine import TextStream

OVERVIEW_MODEL = "clearspan"
DEFAULT_MAX_TOKENS = 512
# A chat is silent while it waits for a place, and clients give up after about a minute.
TURN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ReplyBegun:
    """The request is accepted and under way; what goes wrong from here on is told inside the answer."""


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The end: why, how many tokens it took, the receipt if the journey said it, and how far its dials reached."""

    reason: Literal["stop", "length"]
    input_tokens: int
    output_tokens: int
    receipt: Receipt | None = None
    dose: DoseVerdict | None = None


Piece = ReplyBegun | ReplyText | ReplyEnded


def pieces(server: ServerContext, request: ChatRequest) -> AsyncGenerator[Piece]:
    """What the requested model says: `ReplyBegun`, pieces of text, then the end.

    Raises:
        UnknownModel: the model is neither `clearspan` nor the language model that is served.
        Unsupported: `clearspan` is asked without a user's message, or with dials.
    """
    if request.model == OVERVIEW_MODEL:
        return _overview(server, request)
    if request.model == server.workspace.settings.model:
        return _chat(server, request)
    raise UnknownModel(
        f"No model named {request.model[:100]!r} answers chats here.",
        do=f"Use '{OVERVIEW_MODEL}' or '{server.workspace.settings.model}'; GET /v1/models lists them.",
    )


async def _chat(server: ServerContext, request: ChatRequest) -> AsyncGenerator[Piece]:
    begun = False
    stream, dose = await server.workers.result(lambda: _stream(server, request))
    arrived = asyncio.Event()
    stream.listen(setter_of(arrived))
    with stream:
        while True:
            arrived.clear()
            # What keeps the request from beginning is raised by poll().
            delta = stream.poll()
            if stream.begun and not begun:
                begun = True
                yield ReplyBegun()
            if delta is None:
                await arrived.wait()
                continue
            if delta.text:
                yield ReplyText(delta.text)
            if delta.finish is not None:
                done = delta.finish
                yield ReplyEnded(done.finish_reason, done.input_tokens, done.output_tokens, dose=dose)
                return


def setter_of(event: asyncio.Event) -> Callable[[], None]:
    """Sets an event of this thread's loop from any other thread."""
    loop = asyncio.get_running_loop()

    def set_event() -> None:
        # After the server's last seconds the loop is gone, and nobody waits any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(event.set)

    return set_event


def _stream(server: ServerContext, request: ChatRequest) -> "tuple[TextStream, DoseVerdict | None]":
    from clearspan.models.serving.engine import Message

    model = server.workspace.model
    messages = [
        Message(role="system" if one.role == "developer" else one.role, content=one.text())
        for one in request.messages
    ]
    dials = dials_of(model, server.workspace.settings, request.dials)
    stream = model.stream_chat(
        messages,
        dials=dials,
        max_tokens=request.max_completion_tokens or request.max_tokens or DEFAULT_MAX_TOKENS,
        temperature=request.temperature or 0.0,
        top_p=1.0 if request.top_p is None else request.top_p,
        seed=request.seed,
        stop=request.stops(),
        wait=TURN_SECONDS,
    )
    return stream, model.dose(*dials) if dials else None


async def _overview(server: ServerContext, request: ChatRequest) -> AsyncGenerator[Piece]:
    asked = [message.text() for message in request.messages if message.role == "user"]
    if not asked:
        raise Unsupported(
            "There is no question in the messages.",
            param="messages",
            why=f"'{OVERVIEW_MODEL}' answers the last message of the role 'user'.",
            do="Add a message with the role 'user'.",
        )
    if request.dials:
        raise Unsupported(
            f"'{OVERVIEW_MODEL}' takes no dials.",
            param="dials",
            why="Its sentences are quoted from sources, or held against them.",
            do=f"Chat with '{server.workspace.settings.model}' to dial it.",
        )
    options = request.clearspan
    steps = steps_of(server, asked[-1], library=options.library, generate=options.generate)
    overview = Overview()
    said = ""
    begun = False
    async with aclosing(steps):
        async for step in steps:
            if not begun:
                begun = True
                yield ReplyBegun()
            if isinstance(step, Shaped):
                overview = overview.model_copy(update={"verdict": step.verdict})
                continue
            if isinstance(step, Stated):
                overview = overview.model_copy(update={"claims": (*overview.claims, step.claim)})
                text = overview.as_text()
            elif isinstance(step, Finished):
                text = step.receipt.overview.as_text()
            else:
                continue
            # Claims join the end and never change, so what is new is what follows.
            if text[len(said) :]:
                yield ReplyText(text[len(said) :])
            said = text
            if isinstance(step, Finished):
                meter = step.receipt.meter
                yield ReplyEnded("stop", meter.input_tokens, meter.output_tokens, step.receipt)
