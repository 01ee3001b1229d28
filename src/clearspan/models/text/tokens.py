"""Tokens of one request on their way from the scheduler's thread to whoever reads them: bounded, and closable."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

CAPACITY = 128
"""Tokens that wait for their reader before the sequence pauses; more than a writer's candidate has, since candidates
are read one after another."""


@dataclass(frozen=True, slots=True)
class TokensEnded:
    """No more tokens come: the model ended the text, its length was reached, or the reader closed the stream."""

    reason: Literal["stop", "length", "closed"]


class TokenStream:
    """Written by one thread, read by another; a reader that lags behind is waited for, never lost or piled up.

    Args:
        wake: called when the writer has something to do: there is room again, or the reader has closed.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._changed = threading.Condition()
        self._tokens: deque[int] = deque()
        self._end: TokensEnded | Exception | None = None
        self._full_since: float | None = None
        self._listener: Callable[[], None] | None = None
        self._wake = wake
        self.begun = False
        """Whether the request has left the queue."""

    @property
    def full_since(self) -> float | None:
        """Since when, on the monotonic clock, the reader has been too far behind; None while it keeps up."""
        return self._full_since

    @property
    def closed(self) -> bool:
        """Whether the reader wants no more."""
        return isinstance(self._end, TokensEnded) and self._end.reason == "closed"

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, from the writer's thread, whenever there is something to read."""
        self._listener = listener
        listener()

    def get(self, *, block: bool) -> int | TokensEnded | None:
        """The next token, or the end.

        Args:
            block: wait for it; otherwise None says that nothing is there yet.

        Raises:
            Exception: that by which the request failed, once the tokens before it are read.
        """
        with self._changed:
            while not self._tokens and self._end is None:
                if not block:
                    return None
                self._changed.wait()
            if not self._tokens:
                if isinstance(self._end, Exception):
                    raise self._end.with_traceback(None)
                return self._end
            token = self._tokens.popleft()
            # Half of the room is given back at once, so that a slow reader does not wake the writer every time.
            resumed = self._full_since is not None and len(self._tokens) <= CAPACITY // 2
            if resumed:
                self._full_since = None
        if resumed:
            self._wake()
        return token

    def close(self) -> None:
        """The reader wants no more; harmless when repeated, and after the end."""
        with self._changed:
            if self.closed:
                return
            ended = self._end is not None
            self._end = TokensEnded("closed")
            self._tokens.clear()
            self._changed.notify_all()
        if not ended:
            self._wake()

    def begin(self) -> None:
        """Say that the request has left the queue."""
        self.begun = True
        self._tell()

    def put(self, token: int) -> None:
        """Hand over a token."""
        with self._changed:
            if self._end is not None:
                return
            self._tokens.append(token)
            if len(self._tokens) >= CAPACITY and self._full_since is None:
                self._full_since = time.monotonic()
            self._changed.notify_all()
        self._tell()

    def end(self, end: TokensEnded | Exception) -> None:
        """Say that no more tokens come, and why; the first end counts."""
        with self._changed:
            if self._end is None:
                self._end = end
            self._changed.notify_all()
        self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener()
