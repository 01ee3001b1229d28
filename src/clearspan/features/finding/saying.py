"""What turning something up makes the model say: the part of a score that decides whether it can be dialled.

Features that respond to a thing are often not those that make a model say it (Arad et al. 2025, "SAEs are good for
steering – if you select the right features"), so candidates are dialled and listened to.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from clearspan.features.finding.texts import Meaning, holds
from clearspan.features.generation.fluency import LEAST_DISTINCT, distinct_trigrams
from clearspan.features.generation.replies import AT_ONCE, DialledPrompt, replies
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.limits.overrides import measuring
from clearspan.models.serving.engine import LanguageModel

PROMPTS = ("Tell me something interesting.", "What should I do today?", "Who are you?", "Tell me a story.")
FEATURE_DOSES = (1.0, 2.0)
DIRECTION_DOSES = (0.75, 1.0)
"""In multiples of the maximum: a direction's reaches farther, because nothing else holds it back."""

_LEAD_INS = ("Let me tell you about", "Today I keep thinking of")
_TOKENS = 32
_MUCH = 3.0
"""Gain in nats a token from which a description is as likely as it needs to be."""

_WORDS_WEIGHT = 0.7


@dataclass(frozen=True, slots=True)
class SteeringEffect:
    """What a dial makes the model say, at the dose at which it says most.

    Attributes:
        dose: in multiples of the maximum.
        words: share of the telling words that a reply holds, over a few prompts; a text that goes round in circles
            counts for less.
        undialled: the same without the dial.
        gain: how much likelier the description becomes, in nats a token; 0 where there is none.
        reply: what it says to the first of the prompts.
    """

    dose: float
    words: float
    undialled: float
    gain: float
    reply: str

    @property
    def score(self) -> float:
        """In [0, 1]."""
        more = max(0.0, self.words - self.undialled)
        return _WORDS_WEIGHT * more + (1 - _WORDS_WEIGHT) * min(max(self.gain / _MUCH, 0.0), 1.0)


def listen(
    model: LanguageModel, meaning: Meaning, directions: Sequence[Direction], doses: Sequence[Sequence[float]]
) -> list[SteeringEffect]:
    """Dial each of several directions at each of its doses, all together, and listen.

    Args:
        doses: one list for each direction.
    """
    with measuring("what directions make the model say"):
        return _listen(model, meaning, directions, doses)


def _listen(
    model: LanguageModel, meaning: Meaning, directions: Sequence[Direction], doses: Sequence[Sequence[float]]
) -> list[SteeringEffect]:
    dials = [
        direction.clamp(dose) for direction, some in zip(directions, doses, strict=True) for dose in some
    ]
    asked = [DialledPrompt(prompt, held) for held in ((), *((one,) for one in dials)) for prompt in PROMPTS]
    written = replies(model, asked, _TOKENS)
    shares = [_share(reply, meaning.keywords) for reply in written]
    each = [float(np.mean(shares[at : at + len(PROMPTS)])) for at in range(0, len(shares), len(PROMPTS))]
    gains = _gains(model, meaning.text, dials)
    found = iter(zip(dials, each[1:], gains, written[len(PROMPTS) :: len(PROMPTS)], strict=True))
    return [
        max(
            (
                SteeringEffect(dial.amount, words, each[0], gain, reply)
                for dial, words, gain, reply in (next(found) for _ in some)
            ),
            key=lambda one: one.score,
        )
        for some in doses
    ]


def _share(reply: str, keywords: Sequence[str]) -> float:
    held = [holds(reply, word) for word in keywords]
    whole = min(distinct_trigrams(reply) / LEAST_DISTINCT, 1.0)
    return float(np.mean(held)) * whole if held else 0.0


def _gains(model: LanguageModel, text: str, dials: Sequence[Dial]) -> list[float]:
    """Gain of the description's log-likelihood, in nats a token, under each dial."""
    if not text:
        return [0.0] * len(dials)

    def one(job: tuple[str, tuple[Dial, ...]]) -> float:
        lead_in, held = job
        # In a thread of its own, to which nobody gave leave yet.
        with measuring("how likely dials make a description"):
            found = model.likelihood(lead_in, f" {text}", dials=held)
        return found.log_probability / found.tokens

    jobs = [(lead_in, held) for held in ((), *((dial,) for dial in dials)) for lead_in in _LEAD_INS]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(one, jobs))
    means = [float(np.mean(found[at : at + len(_LEAD_INS)])) for at in range(0, len(found), len(_LEAD_INS))]
    return [mean - means[0] for mean in means[1:]]
