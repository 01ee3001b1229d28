"""What a chat says, piece by piece, whether a model says it or the journey does."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clearspan.answer import Finished, Shaped, Stated, Step
from clearspan.receipts import Overview, Receipt
from clearspan.record import DoseVerdict
from clearspan.server.asking import steps_of
from clearspan.server.context import ServerContext
from clearspan.server.edge.errors import UnknownModel, Unsupported
from clearspan.server.openai.conversation import LibraryQuestion, question_of
from clearspan.server.openai.dials import dials_of
from clearspan.server.openai.housekeeping import chore_reply
from clearspan.server.openai.limiting import LimitedText
from clearspan.server.openai.messages import as_spoken
from clearspan.server.openai.requests import ChatRequest, CompletionRequest, StoppedRequest

if TYPE_CHECKING:
    from clearspan.models.serving.engine import TextStream

    _Opened = tuple[TextStream, DoseVerdict | None]

OVERVIEW_MODEL = "clearspan"
DEFAULT_MAX_TOKENS = 512
COMPLETION_MAX_TOKENS = 16
"""What OpenAI takes where a request for a completion names no bound."""
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
    """What the requested model says to a conversation: `ReplyBegun`, pieces of text, then the end.

    A front end's own request (a title, tags, suggestions) is answered from the conversation, without the library.

    Raises:
        UnknownModel: the model is neither `clearspan` nor the language model that is served.
        Unsupported: `clearspan` is asked without a user's message, or with dials.
    """
    if request.model == OVERVIEW_MODEL:
        reply = chore_reply(request.messages)
        if reply is not None:
            return _chore(request, reply)
        return _overview(server, request, question_of(request.messages), request.limit())
    _require_local(server, request.model)
    return _spoken(server, lambda: _reply(server, request))


def continuation(server: ServerContext, request: CompletionRequest) -> AsyncGenerator[Piece]:
    """As `pieces`, for a text that is gone on from: the model reads it as it is, and `clearspan` as a question.

    Raises:
        UnknownModel, Unsupported: as `pieces`.
    """
    prompt = request.text()
    if request.model == OVERVIEW_MODEL:
        # A library that is asked has no text to break off in its middle where the client named no bound.
        return _overview(server, request, LibraryQuestion(prompt, ()), request.max_tokens)
    _require_local(server, request.model)
    return _spoken(server, lambda: _continued(server, request, prompt))


def _require_local(server: ServerContext, model: str) -> None:
    if model != server.workspace.settings.model:
        raise UnknownModel(
            f"No model named {model[:100]!r} answers chats here.",
            do=f"Use '{OVERVIEW_MODEL}' or '{server.workspace.settings.model}'; GET /v1/models lists them.",
        )


async def _spoken(server: ServerContext, open_stream: "Callable[[], _Opened]") -> AsyncGenerator[Piece]:
    begun = False
    stream, dose = await server.workers.result(open_stream)
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


def _reply(server: ServerContext, request: ChatRequest) -> "_Opened":
    model = server.workspace.model
    dials = dials_of(model, server.workspace.settings, request.dials)
    stream = model.stream_chat(
        as_spoken(request.messages),
        dials=dials,
        max_tokens=request.limit() or DEFAULT_MAX_TOKENS,
        temperature=request.temperature or 0.0,
        top_p=1.0 if request.top_p is None else request.top_p,
        seed=request.seed,
        stop=request.stops(),
        wait=TURN_SECONDS,
    )
    return stream, model.dose(*dials) if dials else None


def _continued(server: ServerContext, request: CompletionRequest, prompt: str) -> "_Opened":
    model = server.workspace.model
    dials = dials_of(model, server.workspace.settings, request.dials)
    (stream,) = model.stream_generate(
        prompt,
        dials=dials,
        max_tokens=request.max_tokens or COMPLETION_MAX_TOKENS,
        temperature=request.temperature or 0.0,
        top_p=1.0 if request.top_p is None else request.top_p,
        seed=request.seed,
        stop=request.stops(),
    )
    return stream, model.dose(*dials) if dials else None


async def _chore(request: ChatRequest, reply: str) -> AsyncGenerator[Piece]:
    yield ReplyBegun()
    text = LimitedText(request.limit(), request.stops())
    said = text.add(reply) + text.finish()
    if said:
        yield ReplyText(said)
    yield ReplyEnded(text.reason, 0, 0)


async def _overview(
    server: ServerContext, request: StoppedRequest, asked: LibraryQuestion | None, most: int | None
) -> AsyncGenerator[Piece]:
    if asked is None:
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
    steps = steps_of(
        server, asked.text, library=options.library, generate=options.generate, before=asked.before
    )
    text = LimitedText(most, request.stops())
    begun = False
    async with aclosing(_overview_text(steps)) as told:
        async for more, receipt in told:
            if not begun:
                begun = True
                yield ReplyBegun()
            # What is beyond the limits is not said, but the receipt has it: the journey goes on to its end.
            said = text.add(more) + (text.finish() if receipt else "")
            if said:
                yield ReplyText(said)
            if receipt:
                meter = receipt.meter
                yield ReplyEnded(text.reason, meter.input_tokens, meter.output_tokens, receipt)


async def _overview_text(steps: AsyncGenerator[Step]) -> AsyncGenerator[tuple[str, Receipt | None]]:
    """What each step of a journey adds to the text of its overview; the receipt with the last one."""
    overview = Overview()
    said = ""
    async with aclosing(steps):
        async for step in steps:
            text = said
            if isinstance(step, Shaped):
                overview = overview.model_copy(update={"verdict": step.verdict})
            elif isinstance(step, Stated):
                overview = overview.model_copy(update={"claims": (*overview.claims, step.claim)})
                text = overview.as_text()
            elif isinstance(step, Finished):
                text = step.receipt.overview.as_text()
            # Claims join the end and never change, so what is new is what follows.
            yield text[len(said) :], step.receipt if isinstance(step, Finished) else None
            said = text
