"""One generation, token by token: forward, choose, detokenise, stop."""

import threading
from collections.abc import Callable, Generator, Iterator, Set
from dataclasses import dataclass
from typing import Any, Literal, cast

import torch
from transformers import DynamicCache

from clearspan.models.sampling import Sampler, Sampling
from clearspan.models.text import Detokenizer, StopFinder
from clearspan.models.turns import Turns
from clearspan.models.weights import LoadedModel


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


def decode(
    loaded: LoadedModel, prompt: list[int], sampling: Sampling, ends: Set[int], limit: int
) -> Generator[Delta]:
    """Generate after `prompt` until the model ends the text, a stop string appears, or `limit` tokens are made.

    Args:
        ends: tokens by which the model ends a text.
    """
    sampler = Sampler(sampling)
    detokenizer = Detokenizer(
        lambda tokens: loaded.tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
    )
    stops = StopFinder(sampling.stop)
    cache: Any = DynamicCache(config=loaded.model.config)
    tokens, count = prompt, 0
    pieces: list[str] = []
    reason: Literal["stop", "length"] = "length"
    while count < limit and reason == "length":
        token = sampler.choose(_forward(loaded.model, tokens, cache))
        count += 1
        tokens = [token]
        piece = "" if token in ends else stops.add(detokenizer.add(token))
        if token in ends or stops.found:
            reason = "stop"
        if piece:
            pieces.append(piece)
            yield Delta(piece)
    rest = stops.finish()
    text = "".join([*pieces, rest])
    yield Delta(rest, Generation(text, len(prompt), count, reason))


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


def _forward(model: Any, tokens: list[int], cache: Any) -> torch.Tensor:
    """Logits of shape `(vocabulary,)` for the token after `tokens`; the cache grows by `len(tokens)`.

    Inference mode belongs to a thread: it is left before the caller's code runs.
    """
    with torch.inference_mode():
        output = model(
            input_ids=torch.tensor([tokens]), past_key_values=cache, use_cache=True, logits_to_keep=1
        )
        return output.logits[0, -1].float()


class TextStream(Iterator[Delta]):
    """A generation in progress; it holds the model's turn until its last piece or until it is closed.

    Args:
        turns: the queue of the model.
        wait: longest time in seconds to wait for the turn.
        begin: called once the turn is held.

    Raises:
        Busy: as `Turns.take`.
    """

    def __init__(self, turns: Turns, wait: float | None, begin: Callable[[], Iterator[Delta]]) -> None:
        self._holds_turn = False
        self._turns = turns
        # A stream may be closed by another thread than the one that reads it: between tokens, not within one.
        self._step = threading.RLock()
        turns.take(wait)
        self._holds_turn = True
        try:
            self._deltas = begin()
        except BaseException:
            self.close()
            raise

    def __next__(self) -> Delta:
        with self._step:
            if not self._holds_turn:
                raise StopIteration
            try:
                delta = next(self._deltas)
            except BaseException:
                self.close()
                raise
            if delta.finish is not None:
                self.close()
            return delta

    def __enter__(self) -> "TextStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._holds_turn:
            self.close()

    def finish(self) -> Generation:
        """Generate to the end and return the whole; the stream must not have been closed."""
        for delta in self:
            if delta.finish is not None:
                return delta.finish
        raise RuntimeError("the stream was closed before its end")

    def close(self) -> None:
        """Cancel what is left of the generation and let the next request begin; harmless when repeated."""
        with self._step:
            if self._holds_turn:
                self._holds_turn = False
                self._turns.give_back()
