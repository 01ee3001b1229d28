"""A remote model: answers from quotes on a server elsewhere, for a price."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clearspan.models.serving.late import Late
from clearspan.receipts import Claim, Offer
from clearspan.settings import RemoteTier, Settings
from clearspan.tiers.base import Spent, Wording, Writer
from clearspan.tiers.forms import form_of
from clearspan.tiers.rewriting import MOST_TOKENS, conversation, offer_to_rewrite, together

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.remote.model import RemoteModel
    from clearspan.models.remote.replies import ReplyStream

_TYPICAL_TOKENS = (260, 40)
"""Read and written by a model for one candidate, until the ledger has answers to count."""


class Remote(Writer):
    """A `[tiers.NAME]` of the settings; nothing is sent before it is first asked to write.

    Args:
        key: NAME.
        tier: where it is and what it costs.
        settings: how long one answer may wait for it.
    """

    name = "generate"
    metered = False

    def __init__(self, key: str, tier: RemoteTier, settings: Settings) -> None:
        self.spoken = f"the remote tier '{key}'"
        self.reference = f"tier:{key}/{tier.model}"
        self._key = key
        self._tier = tier
        self._settings = settings
        self._model: Late[RemoteModel] = Late(self._open)

    def offer(self, question: str) -> Offer:
        """What every model that rewrites offers, at the price of the settings."""
        read, written = (self._tier.candidates * tokens for tokens in _TYPICAL_TOKENS)
        price = {"money": self._tier.cost(read, written), "currency": self._tier.currency}
        return offer_to_rewrite(self.name, question, self._model).model_copy(update=price)

    def write(self, question: str, quotes: Sequence[Claim], dials: "Sequence[Dial]" = ()) -> Wording:
        """As many candidates as the settings ask for, paid for by the tokens that they took."""
        del dials
        model, seconds, count = self._model.get(), self._settings.generate_seconds, self._tier.candidates
        said = conversation(question, quotes)

        def begin() -> "list[ReplyStream]":
            return [
                model.stream_chat(said, wait=seconds, max_tokens=MOST_TOKENS, temperature=0.7 * bool(place))
                for place in range(count)
            ]

        wording = together(begin, seconds, form_of(question).sentences)
        return replace(wording, spent=self._paid(wording.spent))

    def close(self) -> None:
        """Cut off what is under way and close the connections."""
        self._model.close()

    def _open(self) -> "RemoteModel":
        from clearspan.models.remote.model import RemoteModel

        return RemoteModel.of(self._key, self._settings)

    def _paid(self, spent: Spent) -> Spent:
        read, written, tier = spent.input_tokens, spent.output_tokens, self._tier
        how = (
            f"{read} tokens read at {tier.price_in:g} and {written} written at {tier.price_out:g} {tier.currency} "
            f"a million ([tiers.{self._key}]); where the server states no counts, "
            "four characters are taken for a token, and failed tries are not counted"
        )
        return replace(spent, money=tier.cost(read, written), currency=tier.currency, money_how=how)
