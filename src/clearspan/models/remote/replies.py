"""One reply of a remote tier: chunks of OpenAI's chat protocol in, text and token counts out."""

import queue
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import BaseModel, ValidationError

from clearspan.errors import Refused
from clearspan.models.text.characters import StopFinder
from clearspan.models.text.chatting import Delta, Generation, Pieces
from clearspan.models.text.conversation import Message
from clearspan.models.text.sampling import Sampling

_CHARACTERS_PER_TOKEN = 4
"""Usual for English; stands in where a server states no counts."""

_MOST_CHARACTERS_PER_TOKEN = 64


class Rejected(ValueError):
    """A chunk is not what the protocol says; the message says why."""


class _Said(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    index: int = 0
    delta: _Said = _Said()
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(BaseModel):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: Any = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a server says about a failure: an HTTP status and a message."""

    status: int
    message: str


def read_complaint(error: object, status: int) -> Complaint:
    """The `error` of a body or a chunk; servers send an object, or just a string.

    Args:
        status: taken where the error states none.
    """
    if not isinstance(error, dict):
        return Complaint(status, str(error))
    parts = cast("dict[str, object]", error)
    code = parts.get("code")
    if isinstance(code, int) and 400 <= code < 600:
        status = code
    return Complaint(status, str(parts.get("message") or ""))


class Reply:
    """Grows in the thread of the network, and is read by another.

    Args:
        name: the tier's name, for the errors.
        messages: what was asked, for an estimate where the server counts no tokens.
        held: text is given out with the end only, so that a reply that breaks off can be asked for again.

    Attributes:
        begun: a chunk has come.
        shown: text was given out, which cannot be taken back.
        over: the whole reply is given out.
        cut: nothing more is wanted from the server.
        complaint: what the server said instead of going on.
    """

    def __init__(self, name: str, messages: Sequence[Message], sampling: Sampling, *, held: bool) -> None:
        self._name = name
        self._asked = sum(len(message["content"]) for message in messages)
        self._sampling = sampling
        self._held = held
        self.given: queue.SimpleQueue[Delta | BaseException | None] = queue.SimpleQueue()
        self.shown = False
        self.forget()

    def forget(self) -> None:
        """Begin anew; only while nothing is shown."""
        self._stops = StopFinder(self._sampling.stop)
        self._pieces: list[str] = []
        self._written = 0
        self._usage: _Usage | None = None
        self._reason: Literal["stop", "length"] | None = None
        self.begun = False
        self.over = False
        self.cut = False
        self.complaint: Complaint | None = None

    @property
    def input_tokens(self) -> int:
        """As the server counted them, or an estimate."""
        return self._usage.prompt_tokens if self._usage else -(-self._asked // _CHARACTERS_PER_TOKEN)

    @property
    def output_tokens(self) -> int:
        """As the server counted them, or an estimate."""
        return self._usage.completion_tokens if self._usage else -(-self._written // _CHARACTERS_PER_TOKEN)

    def add(self, data: str) -> None:
        """Take in the data of one event.

        Raises:
            Rejected: it is not a chunk of the protocol.
            Refused: the server withheld the reply.
        """
        self.begun = True
        if self.over or self.cut:
            return
        if data.strip() == "[DONE]":
            self._end()
            return
        try:
            chunk = _Chunk.model_validate_json(data)
        except ValidationError as error:
            raise Rejected(f"a chunk cannot be read: {error.errors()[0]['msg'].lower()}") from None
        if chunk.error:
            self.complaint = read_complaint(chunk.error, 500)
            self.cut = True
            return
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices[:1]:
            self._take(choice)

    def conclude(self) -> bool:
        """Whether the reply is whole now that nothing more comes; some servers send no `[DONE]`."""
        if not self.over and self._reason is not None:
            self._end()
        return self.over

    def settle(self, task: "Future[None]") -> None:
        """Tell the reader how the work on it ended."""
        error = None if task.cancelled() else task.exception()
        self.given.put(error)

    def _take(self, choice: _Choice) -> None:
        content = choice.delta.content or ""
        self._written += len(content)
        if self._written > _MOST_CHARACTERS_PER_TOKEN * (self._sampling.max_tokens + 16):
            raise Rejected("it sent far more text than was asked for")
        text = self._stops.add(content)
        if text:
            self._pieces.append(text)
            if not self._held:
                self.shown = True
                self.given.put(Delta(text))
        if choice.finish_reason is not None:
            self._finished(choice.finish_reason)
        if self._stops.found:
            # Only a server that was not told of this stop string, or did not heed it, gets here.
            self._reason = "stop"
            self.cut = True
            self._end()

    def _finished(self, reason: str) -> None:
        if reason == "content_filter":
            raise Refused(
                f"The tier '{self._name}' withheld its reply.",
                why="Its content filter ended it.",
                do="Ask otherwise, or use another tier.",
            )
        if reason in {"tool_calls", "function_call"}:
            raise Rejected("it called a tool that it was not given")
        self._reason = "length" if reason == "length" else "stop"

    def _end(self) -> None:
        rest = self._stops.finish()
        self._pieces.append(rest)
        text = "".join(self._pieces)
        self.over = True
        self.shown = True
        whole = Generation(text, self.input_tokens, self.output_tokens, self._reason or "stop")
        self.given.put(Delta(text if self._held else rest, whole))


class ReplyStream(Pieces):
    """A reply in progress; closing it cuts the connection, which is how a server is told to stop.

    Args:
        reply: what has come so far.
        task: the work on it.
    """

    def __init__(self, reply: Reply, task: "Future[None]") -> None:
        self._reply = reply
        self._task = task
        self._over = False
        task.add_done_callback(reply.settle)

    def __next__(self) -> Delta:
        if self._over:
            raise StopIteration
        given = self._reply.given.get()
        if isinstance(given, Delta):
            self._over = given.finish is not None
            return given
        self._over = True
        if given is not None:
            raise given
        raise StopIteration

    def __del__(self) -> None:
        self.close()

    @property
    def input_tokens(self) -> int:
        """Tokens of the conversation; an estimate until the server has stated them."""
        return self._reply.input_tokens

    @property
    def output_tokens(self) -> int:
        """Tokens of the text so far; an estimate until the server has stated them."""
        return self._reply.output_tokens

    def close(self) -> None:
        """Cancel what is left; harmless when repeated."""
        # After the last piece there is only a connection to be kept for the next request.
        if not self._reply.over:
            self._task.cancel()
