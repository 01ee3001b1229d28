"""A question as it is asked: checked, understood, and with the dials that the local model is to write under."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clearspan.errors import BadInput, Refused, TooLarge
from clearspan.library.library import Library
from clearspan.overview.follow_up import Turn, standalone
from clearspan.overview.question import Question, understand
from clearspan.record import DoseVerdict
from clearspan.settings import Settings

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, and of whom.

    Attributes:
        question: normalised and understood.
        library: name or folder of the library.
        no_writer: why nothing in a model's own words may join the answer; empty where it may.
        dials: what the local model is dialled with while it writes.
        dials_as_written: the same as the receipt keeps them.
        dose: what the limits say of them.
        understood: what was read otherwise than it was written, for the person to see; mostly empty.
        written: the question as the person wrote it, where that is not what `question` says.
    """

    question: Question
    library: str
    no_writer: str = ""
    dials: "tuple[Dial, ...]" = ()
    dials_as_written: tuple[str, ...] = ()
    dose: DoseVerdict | None = None
    understood: str = ""
    written: str = ""

    @property
    def as_written(self) -> str:
        """The question as the receipt keeps it."""
        return self.written or self.question.text


def spelt_as(asked: Asked, library: Library) -> Asked:
    """The question with its slips read as the library spells their words."""
    found = library.respelled(asked.question.text)
    if not found.changes:
        return asked
    read = ", ".join(f"“{written}” as “{meant}”" for written, meant in found.changes)
    return replace(
        asked,
        question=understand(found.text),
        understood=" ".join(filter(None, (asked.understood, f"Read {read}, which no page says."))),
        written=asked.as_written,
    )


def ask(
    question: str,
    library: str | None,
    generate: bool | None,
    dials: Sequence[str],
    settings: Settings,
    before: Sequence[Turn] = (),
) -> Asked:
    """A question as the stages take it; the arguments are those of `answer.journey`.

    Raises:
        BadInput: the question is empty, too long or holds control characters, or a dial is malformed.
        NotFound, Refused: a dial names what does not exist or cannot be set, or a remote tier would write.
    """
    text = checked(question, settings.max_question_chars)
    no_writer = (
        "generation was switched off for this question"
        if generate is False
        else ("" if settings.generate else "generation is switched off in the settings")
    )
    alone = standalone(text, before)
    understood = (
        f"“{text}” goes on from what was asked before; it was read as “{alone}”" if alone != text else ""
    )
    return Asked(
        understand(alone),
        library or settings.library,
        no_writer,
        *dialled(settings, dials),
        understood=understood,
    )


def held(asked: Asked, model: "Callable[[], LanguageModel]") -> Asked:
    """The question with what the limits say of its dials, which the local model is loaded to tell.

    Raises:
        BeyondLimit: they reach farther than they may: nothing is answered under dials that cannot be set.
        ClearspanError: the model cannot be had.
    """
    return replace(asked, dose=model().dose(*asked.dials)) if asked.dials else asked


def checked(question: str, most: int) -> str:
    """A question as it is asked: one line of normalised text.

    Raises:
        BadInput: it is empty, longer than `most` characters, or holds control characters.
    """
    if len(question) > most:
        raise TooLarge(
            f"The question has {len(question):,} characters; at most {most:,} are answered.",
            do="Ask one thing at a time, or raise max_question_chars in the settings.",
        )
    if any(
        sign in _BIDI or (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r")
        for sign in question
    ):
        raise BadInput(
            "The question holds control characters.",
            why="They cannot be seen, and may make it read otherwise than it is.",
            do="Type the question again as plain text.",
        )
    text = " ".join(unicodedata.normalize("NFC", question).split())
    if not any(sign.isalnum() for sign in text):
        raise BadInput("The question is empty.", do="Type what you want to know.")
    return text


def dialled(settings: Settings, dials: Sequence[str]) -> "tuple[tuple[Dial, ...], tuple[str, ...]]":
    """The dials that texts name, and the texts as they are recorded.

    Raises:
        BadInput, NotFound: a dial is malformed, or names what does not exist.
        Refused: it cannot be set, or a remote tier would write.
    """
    if not dials:
        return (), ()
    if settings.generating is not None:
        raise Refused(
            f"The remote tier '{settings.generate_tier}' cannot be dialled.",
            why="Features are those of a model that runs here; nobody reaches into one on a server elsewhere.",
            do="Leave the dials out, or take generate_tier out of the settings.",
        )
    from clearspan.features.doses import parse_dial, resolve

    parsed = [parse_dial(one) for one in dials]
    return tuple(resolve(parsed, settings, settings.model)), tuple(str(one) for one in parsed)
