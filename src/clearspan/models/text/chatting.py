"""What every model that chats has in common, whether it runs in this process or on a server elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

from clearspan.closing import Closing
from clearspan.models.text.conversation import Message


@dataclass(frozen=True, slots=True)
class Generation:
    """What one prompt led to.

    Attributes:
        text: without special tokens and without the stop string.
        input_tokens: tokens of the prompt, the chat template included.
        output_tokens: tokens that were generated, the one that ended the text included.
        finish_reason: `stop` when the model or a stop string ended it, `length` when max_tokens or the
            context did.
    """

    text: str
    input_tokens: int
    output_tokens: int
    finish_reason: Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of streamed text; the last one carries the whole generation."""

    text: str
    finish: Generation | None = None


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a model finds a text.

    Attributes:
        log_probability: in nats, summed over the tokens.
        tokens: how many were predicted.
    """

    log_probability: float
    tokens: int


class Pieces(Closing, Iterator[Delta]):
    """A text that comes piece by piece."""

    def finish(self) -> Generation:
        """Read to the end and return the whole; the stream must not have been closed."""
        for delta in self:
            if delta.finish is not None:
                return delta.finish
        raise RuntimeError("the stream was closed before its end")


class ChatStream(Iterator[Delta], Protocol):
    """A reply in progress: one thread reads it, any thread may close it, and closing it cancels what is left."""

    @property
    def input_tokens(self) -> int:
        """Tokens of the prompt."""
        ...

    @property
    def output_tokens(self) -> int:
        """Tokens read so far."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def finish(self) -> Generation:
        """Read to the end and return the whole; the stream must not have been closed."""
        ...

    def close(self) -> None:
        """Cancel what is left; whoever reads is told that there is no more. Harmless when repeated."""
        ...


class ChatModel(Protocol):
    """A model that replies to conversations."""

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        ...

    def stream_chat(
        self,
        messages: str | Sequence[Message],
        *,
        wait: float | None = None,
        max_tokens: int = ...,
        stop: Sequence[str] = ...,
    ) -> ChatStream:
        """The reply to a conversation, piece by piece; a string is one user message.

        Args:
            wait: longest time in seconds to wait for a turn; None waits as long as it takes.
            max_tokens, stop: as of `Sampling`, whose other settings a model takes as well.

        Raises:
            ClearspanError: here, or while the stream is read.
        """
        ...
