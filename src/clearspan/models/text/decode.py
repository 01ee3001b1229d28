"""From the tokens of one generation to its text, in the thread of whoever reads it."""

import threading
from collections import deque
from collections.abc import Callable, Sequence, Set
from typing import Any, Literal, cast

from clearspan.errors import Busy
from clearspan.models.text.characters import Detokenizer, StopFinder
from clearspan.models.text.chatting import Delta, Generation, Pieces
from clearspan.models.text.tokens import TokensEnded, TokenStream
from clearspan.models.weights.loading import LoadedModel


def ending_tokens(loaded: LoadedModel) -> frozenset[int]:
    """Tokens by which the model ends a text, from every place where models state them."""
    stated = (
        loaded.model.generation_config.eos_token_id,
        loaded.model.config.get_text_config().eos_token_id,
        loaded.tokenizer.eos_token_id,
    )
    ends: set[int] = set()
    for value in stated:
        if value is not None:
            ends.update(cast("list[int]", value) if isinstance(value, list) else [int(value)])
    return frozenset(ends)


class TextStream(Pieces):
    """A generation in progress, piece by piece; closing it, or forgetting it, cancels what is left.

    One thread reads; any thread may close.

    Attributes:
        input_tokens: length of the prompt.
        output_tokens: how many were read so far.

    Args:
        tokens: where they come from.
        decode: the text of tokens.
        stop: strings before the first of which the text ends.
        ends: tokens by which the model ends a text.
        input_tokens: length of the prompt.
        owner: kept alive for as long as the stream is.
    """

    def __init__(
        self,
        tokens: TokenStream,
        decode: Callable[[Sequence[int]], str],
        *,
        stop: Sequence[str],
        ends: Set[int],
        input_tokens: int,
        owner: Any,
    ) -> None:
        self._tokens = tokens
        self._detokenizer = Detokenizer(decode)
        self._stops = StopFinder(stop)
        self._ends = ends
        self._owner = owner
        self._pieces: list[str] = []
        self._reading = threading.Lock()
        self._over = False
        self.input_tokens = input_tokens
        self.output_tokens = 0

    @property
    def begun(self) -> bool:
        """Whether the generation has left the queue."""
        return self._tokens.begun

    def __next__(self) -> Delta:
        delta = self._advance(block=True)
        if delta is None:
            raise StopIteration
        return delta

    def __del__(self) -> None:
        self._tokens.close()

    def poll(self) -> Delta | None:
        """The next piece if it is there already; None when it is not, and after the end."""
        return self._advance(block=False)

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, from another thread, whenever `poll` may have something to give."""
        self._tokens.listen(listener)

    def close(self) -> None:
        """Cancel what is left of the generation; harmless when repeated."""
        self._tokens.close()

    def _advance(self, *, block: bool) -> Delta | None:
        with self._reading:
            while not self._over:
                try:
                    given = self._tokens.get(block=block)
                except BaseException:
                    self._over = True
                    self.close()
                    raise
                if given is None:
                    return None
                delta = self._ended(given) if isinstance(given, TokensEnded) else self._written(given)
                if delta is not None:
                    return delta
        return None

    def _written(self, token: int) -> Delta | None:
        self.output_tokens += 1
        if token in self._ends:
            return None
        text = self._stops.add(self._detokenizer.add(token))
        self._pieces.append(text)
        if self._stops.found:
            self.close()
            return self._finished(text, "stop")
        return Delta(text) if text else None

    def _ended(self, end: TokensEnded) -> Delta | None:
        if end.reason == "closed":
            self._over = True
            return None
        rest = self._stops.finish()
        self._pieces.append(rest)
        return self._finished(rest, end.reason)

    def _finished(self, text: str, reason: Literal["stop", "length"]) -> Delta:
        self._over = True
        return Delta(text, Generation("".join(self._pieces), self.input_tokens, self.output_tokens, reason))


def finish_together(begin: Sequence[Callable[[], TextStream]], at_once: int) -> list[Generation]:
    """Run generations side by side, read them in this thread, and return them in the order given.

    Args:
        begin: each starts one.
        at_once: how many may be under way.

    Raises:
        Busy: others fill the queue, and none of these is under way.
    """
    arrived = threading.Event()
    left = deque(enumerate(begin))
    running: dict[int, TextStream] = {}
    done: dict[int, Generation] = {}
    try:
        while left or running:
            while left and len(running) < at_once:
                try:
                    stream = left[0][1]()
                except Busy:
                    if not running:
                        raise
                    break
                running[left.popleft()[0]] = stream
                stream.listen(arrived.set)
            arrived.wait()
            arrived.clear()
            for number, stream in list(running.items()):
                while (delta := stream.poll()) is not None:
                    if delta.finish is not None:
                        done[number] = delta.finish
                        del running[number]
    finally:
        for stream in running.values():
            stream.close()
    return [done[number] for number in range(len(begin))]
