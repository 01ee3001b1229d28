"""The local model: answers from quotes on this machine, can be dialled and looked into."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clearspan.errors import BadInput, TooLarge
from clearspan.models.serving.late import Late
from clearspan.receipts import Claim, Offer
from clearspan.settings import Settings
from clearspan.tiers.base import Wording, Writer
from clearspan.tiers.forms import form_of
from clearspan.tiers.naming import excerpts
from clearspan.tiers.rewriting import (
    MOST_TOKENS,
    conversation,
    in_one,
    is_sentence,
    offer_to_rewrite,
    together,
)
from clearspan.tiers.writer.learned import learned_prefix

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel
    from clearspan.models.text.conversation import Message
    from clearspan.models.text.sampling import Variant

_FREE = (0.0, 0.7, 1.0)
"""Temperatures of candidates in any words; the first takes the likeliest token always."""

_HELD = (
    *((0.0, 3.0), (0.0, 0.0), (0.7, 2.0), (0.7, 0.0), (0.7, 5.0), (1.0, 2.0), (1.0, 0.0), (1.3, 3.0)),
    *((0.7, 1.0), (1.0, 5.0), (1.0, 1.0), (1.3, 1.0), (1.3, 0.0)),
)
"""Temperatures of candidates that are held to the quotes, and how eager they are to leave out what can be spared."""


class Local(Writer):
    """The model of the settings.

    Args:
        model: loaded when it is first asked to write; whoever gives it closes it.
        settings: its reference, how long one answer may wait for it, and how many candidates it writes.
    """

    name = "generate"
    spoken = "the local model"
    can_be_dialled = True

    def __init__(self, model: "Late[LanguageModel]", settings: Settings) -> None:
        self.reference = settings.model
        self._model = model
        self._seconds = settings.generate_seconds
        self._most = settings.generate_candidates

    def offer(self, question: str) -> Offer:
        """What every model that rewrites offers; it takes no money."""
        return offer_to_rewrite(self.name, question, self._model)

    def write(self, question: str, quotes: Sequence[Claim], dials: "Sequence[Dial]" = ()) -> Wording:
        """Candidates under the dials, written side by side: some in any words, some held to those of the quotes."""
        with self._model.get().dial(*dials) as model:
            variants = self._variants(model, question, quotes)
            said, prefix = _told(model, conversation(question, quotes)), learned_prefix(self.reference)
            return together(
                lambda: model.stream_variants(said, variants, wait=self._seconds, prefix=prefix),
                self._seconds,
                form_of(question).sentences,
            )

    @property
    def inside(self) -> "LanguageModel | None":
        """The model, once it has been loaded."""
        return self._model.value

    def _variants(self, model: "LanguageModel", question: str, quotes: Sequence[Claim]) -> "list[Variant]":
        """Free and held ones by turns, so that few of them are of both kinds, too."""
        from clearspan.models.text.sampling import Sampling, Variant

        whole = excerpts([quote for quote in quotes if is_sentence(quote.text)])
        held = model.excerpts(whole, form_of(question).sentences) if whole else None
        made: list[Variant] = []
        for place, (temperature, eager) in enumerate(_HELD):
            sampling = Sampling(max_tokens=MOST_TOKENS, temperature=temperature, seed=place)
            if place < len(_FREE):
                made.append(Variant(replace(sampling, temperature=_FREE[place], stop=("\n",))))
            if held is not None:
                made.append(Variant(sampling, held.begin(eager)))
        return made[: self._most]


def _told(model: "LanguageModel", messages: "list[Message]") -> "list[Message]":
    """A conversation as this model's chat template takes it."""
    try:
        model.chat_tokens(messages)
    except TooLarge:
        raise
    except BadInput:
        return in_one(messages)
    return messages
