"""Whether a reply is still language: not too surprising to the undialled model, and not going round in circles.

Perplexity alone would praise a text that says one word for ever, and repetition alone one of random words; a reply is
fluent if it passes both. How much surprise is too much is read from the model itself: its own undialled replies, taken
as if they answered *another* prompt. They are whole language about the wrong thing, which is what a dialled reply is
allowed to be. Nineteen in twenty of them pass.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.errors import BadInput
from clearspan.features.generation.replies import perplexities
from clearspan.models.serving.engine import LanguageModel

LEAST_DISTINCT = 0.6
"""Of the runs of three pieces of a reply, so many must be different ones."""

_PASSING = 0.95
_ENOUGH = 24
# Words are cut into pieces, because a text may go round in circles without ever setting a space.
_PIECE = re.compile(r"\w{1,4}|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Fluency:
    """How whole one reply is.

    Attributes:
        perplexity: under the undialled model, given the prompt; None where it was not read, because the reply goes
            round in circles and is not fluent whatever it is.
        distinct: share of its runs of three pieces that are different ones; 1 for a reply of fewer.
        holds: whether it is fluent.
    """

    perplexity: float | None
    distinct: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What fluent means for one model.

    Attributes:
        perplexity: the highest that passes.
        distinct: the lowest share of different runs of three pieces that passes.
        undialled: median perplexity of undialled replies to their own prompts.
    """

    perplexity: float
    undialled: float
    distinct: float = LEAST_DISTINCT

    @classmethod
    def of(cls, model: LanguageModel, prompts: Sequence[str], undialled: Sequence[str]) -> "Yardstick":
        """From undialled replies, each taken as the reply to its own prompt and to the one after the next.

        Raises:
            BadInput: there are fewer than five replies.
        """
        answered = [(prompt, reply) for prompt, reply in zip(prompts, undialled, strict=True) if reply]
        known = answered[:_ENOUGH]
        if len(known) < 5:
            raise BadInput(
                "What fluent means cannot be told from so few replies.",
                why=f"{len(answered)} of {len(prompts)} prompts were answered at all.",
                do="Give at least five prompts that the model answers.",
            )
        moved = [(known[(place + 2) % len(known)][0], reply) for place, (_, reply) in enumerate(known)]
        found = perplexities(model, [*known, *moved])
        own, other = found[: len(known)], found[len(known) :]
        return cls(float(np.quantile(other, _PASSING)), float(np.median(own)))

    def fluencies(self, model: LanguageModel, pairs: Sequence[tuple[str, str]]) -> list[Fluency]:
        """How whole the replies of pairs of prompt and reply are."""
        distinct = [distinct_trigrams(reply) for _, reply in pairs]
        worth_reading = [pair for pair, share in zip(pairs, distinct, strict=True) if share >= self.distinct]
        read = iter(perplexities(model, worth_reading))
        return [self.judge(next(read) if share >= self.distinct else None, share) for share in distinct]

    def judge(self, perplexity: float | None, distinct: float) -> Fluency:
        """Whether a reply of such figures is fluent."""
        holds = perplexity is not None and perplexity <= self.perplexity and distinct >= self.distinct
        return Fluency(perplexity, distinct, holds)


def distinct_trigrams(text: str) -> float:
    """Share of the runs of three pieces (a sign, or up to four letters of a word) that are different; 1 for none."""
    pieces = _PIECE.findall(text.lower())
    runs = list(zip(pieces, pieces[1:], pieces[2:], strict=False))
    return len(set(runs)) / len(runs) if runs else 1.0
