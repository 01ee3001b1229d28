"""What sets of dials do to replies: how many mention the thing, how many stay fluent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.features.generation.fluency import Fluency, Yardstick
from clearspan.features.generation.replies import DialledPrompt, replies
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.limits.overrides import measuring
from clearspan.models.serving.engine import LanguageModel


@dataclass(frozen=True, slots=True)
class Trial:
    """Dials to try, and what counts as mentioning the thing."""

    dials: tuple[Dial, ...]
    mentions: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class DialOutcome:
    """What a set of dials did.

    Attributes:
        replies: one a prompt.
        mentioned: whether each mentions the thing.
        fluency: of each.
    """

    replies: tuple[str, ...]
    mentioned: tuple[bool, ...]
    fluency: tuple[Fluency, ...]

    @property
    def mentions(self) -> float:
        """Share of the replies that mention the thing."""
        return float(np.mean(self.mentioned))

    @property
    def fluent(self) -> float:
        """Share of the replies that are fluent."""
        return float(np.mean([one.holds for one in self.fluency]))

    @property
    def both(self) -> float:
        """Share of the replies that mention the thing and are fluent."""
        pairs = zip(self.mentioned, self.fluency, strict=True)
        return float(np.mean([mentioned and one.holds for mentioned, one in pairs]))

    @property
    def perplexity(self) -> float:
        """Median over the replies that do not go round in circles; NaN where all of them do."""
        read = [one.perplexity for one in self.fluency if one.perplexity is not None]
        return float(np.median(read)) if read else float("nan")

    @property
    def distinct(self) -> float:
        """Median over the replies of the share of different runs of three pieces."""
        return float(np.median([one.distinct for one in self.fluency]))


def measure(
    model: LanguageModel,
    yardstick: Yardstick,
    trials: Sequence[Trial],
    prompts: Sequence[str],
    max_tokens: int,
) -> list[DialOutcome]:
    """What each trial does to the replies to each prompt; all of them are written and read together."""
    asked = [DialledPrompt(prompt, trial.dials) for trial in trials for prompt in prompts]
    with measuring("what dials do to replies"):
        written = replies(model, asked, max_tokens)
    return outcomes(model, yardstick, trials, prompts, written)


def outcomes(
    model: LanguageModel,
    yardstick: Yardstick,
    trials: Sequence[Trial],
    prompts: Sequence[str],
    written: Sequence[str],
) -> list[DialOutcome]:
    """As `measure`, of replies that are there already: one trial after the other, a reply a prompt."""
    fluency = yardstick.fluencies(model, list(zip([*prompts] * len(trials), written, strict=True)))
    count = len(prompts)
    return [
        DialOutcome(
            tuple(written[at : at + count]),
            tuple(trial.mentions(reply) for reply in written[at : at + count]),
            tuple(fluency[at : at + count]),
        )
        for at, trial in zip(range(0, len(written), count), trials, strict=True)
    ]
