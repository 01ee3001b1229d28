"""Many replies at once, each under dials of its own, and how likely the undialled model finds them."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from clearspan.models.inside.dials import Dial
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.text.conversation import Message
from clearspan.models.text.decode import TextStream, finish_together

AT_ONCE = 32
"""Replies under way together: beyond it a processor writes no more of them a second."""


@dataclass(frozen=True, slots=True)
class DialledPrompt:
    """A prompt, and the dials that its reply is written under."""

    prompt: str
    dials: tuple[Dial, ...] = ()


def replies(model: LanguageModel, asked: Sequence[DialledPrompt], max_tokens: int) -> list[str]:
    """The model's reply to each prompt, in order; always the likeliest token, so that they are the same every time."""
    begin = [partial(_begin, model, one, max_tokens) for one in asked]
    return [one.text.strip() for one in finish_together(begin, AT_ONCE)]


def perplexities(model: LanguageModel, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """How surprised the undialled model is by each token of a reply, as the exponential of the mean in nats.

    Args:
        pairs: a prompt and its reply; an empty reply is infinitely surprising.
    """

    def one(pair: tuple[str, str]) -> float:
        prompt, reply = pair
        if not reply:
            return math.inf
        found = model.likelihood([Message(role="user", content=prompt)], reply)
        return math.exp(min(-found.log_probability / found.tokens, 100.0))

    # The same reply is often asked about again: undialled ones for every preset, and every dose that changes nothing.
    different = list(dict.fromkeys(pairs))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = dict(zip(different, threads.map(one, different), strict=True))
    return [found[pair] for pair in pairs]


def _begin(model: LanguageModel, asked: DialledPrompt, max_tokens: int) -> TextStream:
    return model.stream_chat(asked.prompt, dials=asked.dials, max_tokens=max_tokens)
