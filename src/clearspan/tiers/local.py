"""The local model: joins and shortens quotes on this machine, can be dialled and looked into."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clearspan.models.serving.late import Late
from clearspan.receipts import Claim, Offer
from clearspan.settings import Settings
from clearspan.tiers.base import Wording, Writer
from clearspan.tiers.rewriting import offer_to_rewrite, rewrite

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel


class Local(Writer):
    """The model of the settings.

    Args:
        model: loaded when it is first asked to write; whoever gives it closes it.
        settings: its reference, and how long one answer may wait for it.
    """

    name = "generate"
    spoken = "the local model"
    can_be_dialled = True

    def __init__(self, model: "Late[LanguageModel]", settings: Settings) -> None:
        self.reference = settings.model
        self._model = model
        self._seconds = settings.generate_seconds

    def offer(self, question: str) -> Offer:
        """What every model that rewrites offers; it takes no money."""
        return offer_to_rewrite(self.name, question, self._model)

    def write(self, question: str, quotes: Sequence[Claim], dials: "Sequence[Dial]" = ()) -> Wording:
        """One sentence under the dials."""
        del question
        with self._model.get().dial(*dials) as model:
            return rewrite(model, [quote.text for quote in quotes], self._seconds)

    @property
    def inside(self) -> "LanguageModel | None":
        """The model, once it has been loaded."""
        return self._model.value
