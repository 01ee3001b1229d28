"""What a tier is: something that can answer, with a price.

There are three kinds, and each does all the work of the one before: the calculator answers from the question alone,
quotes answer from sources, and a `Writer` says in its own words what the quotes say. A tier of one's own is a
`Writer`: `docs/add/tier.md` has one in thirty lines.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.receipts import Claim, Offer

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel

_WIDE = re.compile(
    r"^\s*(?:why|how\s+(?:do|does|did|is|are|was|were|can|could|should|to)\b|explain|describe|compare|summari[sz]e|tell\s+me\s+about|"
    r"what\s+(?:is\s+the\s+difference|are\s+the\s+(?:reasons|differences|advantages|causes|steps|effects)))",
    re.IGNORECASE,
)


def is_wide(question: str) -> bool:
    """Whether a question has the form of one for reasons or a description: one sentence will hardly answer it."""
    return bool(_WIDE.match(question))


class Tier(ABC):
    """Something that can answer. One object serves all threads of a process.

    Attributes:
        name: as receipts name it; no other tier of the process has it.
        reference: who writes, as `Versions.model` names it; empty for a tier that writes nothing. Past answers of
            another writer under the same name tell nothing of this one's price.
        metered: whether the meter of this process sees the energy that an answer takes.
    """

    name: str
    reference: str = ""
    metered: bool = True

    @abstractmethod
    def offer(self, question: str) -> Offer:
        """What an answer to this question is predicted to be worth, and to cost.

        A tier that cannot answer it now offers quality 0, and says why in `why_not`. Energy, time and money are
        guesses that hold until the ledger has five answers of the tier to count.
        """

    @abstractmethod
    def why(self, question: str) -> str:
        """Why this tier is the one to answer, for a person: what the question asks for, and how it is met."""

    def close(self) -> None:  # noqa: B027 (most tiers hold nothing)
        """Free what the tier holds; harmless when repeated."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a reply took: tokens, and money where somebody charges for them.

    Attributes:
        input_tokens, output_tokens: read and written.
        money: in `currency`, ISO 4217; empty where nothing is paid.
        money_how: how the amount was reckoned, for a person.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    money: float = 0.0
    currency: str = ""
    money_how: str = ""


NOTHING_SPENT = Spent()


@dataclass(frozen=True, slots=True)
class Wording:
    """What a writer makes of quotes, not yet proved; `text` is empty when it made nothing, and `why` says so.

    Attributes:
        text: one sentence, or several.
        others: other ways to say it; of all of them the one is shown that is proved and says most.
    """

    text: str
    spent: Spent = NOTHING_SPENT
    why: str = ""
    others: tuple[str, ...] = ()


class Writer(Tier):
    """A tier that says in its own words what quotes say.

    Each sentence that it writes is held against the quotes, and shown only where they carry all of it.

    Attributes:
        spoken: the writer as a person would say it, as 'the local model'.
        can_be_dialled: whether `write` takes dials.
        word_for_word: whether what is shown must consist of whole stretches of the quotes, since a machine mixes up
            relations that no verifier sees; not for sentences that a person wrote or approved.
    """

    spoken: str
    word_for_word: bool = True
    can_be_dialled: bool = False

    @abstractmethod
    def write(self, question: str, quotes: Sequence[Claim], dials: "Sequence[Dial]" = ()) -> Wording:
        """Answer the question from quotes: join several, or shorten one.

        Args:
            question: as it was asked.
            quotes: supported claims, each a sentence of a believed source; never none.
            dials: what the model is dialled with while it writes; none unless `can_be_dialled`.

        Raises:
            ClearspanError, RuntimeError: nothing can be written; the quotes stand without it, and a note says so.
        """

    def why(self, question: str) -> str:
        """Why this tier is the one to answer."""
        if is_wide(question):
            return f"asks for reasons or a description: quotes are joined by {self.spoken}, each sentence verified"
        return f"asks for one fact: {self.spoken} may say it better than a quote, if that is verified"

    @property
    def inside(self) -> "LanguageModel | None":
        """The model whose activations can be looked at while it reads what it wrote; None where there is none."""
        return None
