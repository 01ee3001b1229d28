"""What a writer makes of the quotes; a sentence is shown only if it is verified against them."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.errors import ClearspanError
from clearspan.journey.asked import Asked
from clearspan.journey.compose import Chosen
from clearspan.overview.answering import writing
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Claim, Dropped
from clearspan.tiers.base import NOTHING_SPENT, Spent, Writer

_SHORT_QUOTE_WORDS = 24
"""A single quote up to this length needs neither joining nor shortening."""


_MOST_QUOTES = 6
"""Quotes that a writer is given; a long list is read in a moment, and would be long to write from."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of asking a writer.

    Attributes:
        claims: its sentences that were verified.
        model: who was to write, as `Versions.model` names it; None where nobody was to.
        unasked: why the writer was not asked after all; empty where it was.
    """

    claims: tuple[Claim, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    spent: Spent = NOTHING_SPENT
    model: str | None = None
    unasked: str = ""


def write(
    asked: Asked,
    chosen: Chosen,
    writer: Writer,
    instruments: Instruments,
    threshold: float,
    answers: writing.Answers,
) -> Written:
    """Sentences that say what the quotes do, if these want it and each is verified against them.

    Args:
        threshold: probability from which a sentence counts as supported.
        answers: the reader's word on which candidates answer.
    """
    quoted = [claim for claim in chosen.claims if _usable(claim)]
    if unasked := _unasked(chosen, quoted):
        return Written(model=writer.reference, unasked=unasked)
    given = quoted[:_MOST_QUOTES]
    try:
        wording = writer.write(asked.question.text, given, asked.dials)
        if not wording.text:
            note = f"No sentence was generated: {wording.why}."
            return Written(notes=(note,), spent=wording.spent, model=writer.reference)
        candidates = (wording.text, *wording.others)
        selected = writing.choose(
            asked.question.text,
            candidates,
            given,
            threshold,
            instruments,
            answers,
            word_for_word=writer.word_for_word,
        )
    except (ClearspanError, RuntimeError) as error:
        # The quotes are shown already and are right without it: PyTorch out of memory must not take them away.
        reason = error.what if isinstance(error, ClearspanError) else f"the model failed ({error})."
        return Written(notes=(f"No sentence was generated: {reason}",), model=writer.reference)
    return Written(
        claims=selected.claims, dropped=selected.dropped, spent=wording.spent, model=writer.reference
    )


def _usable(claim: Claim) -> bool:
    """Whether a sentence may be made of a claim: rows of a table stand as they are."""
    tabular = any(one.table for one in claim.citations)
    return claim.origin == "quoted" and claim.support == "supported" and not tabular


def _unasked(chosen: Chosen, quoted: Sequence[Claim]) -> str:
    if chosen.abstention:
        return "nothing was found to write from"
    if chosen.quotes_only:
        return "on a careful subject only quotes are shown"
    if not quoted:
        return "no quote is undisputed: nothing is made of them"
    if len(quoted) == 1 and len(quoted[0].text.split()) <= _SHORT_QUOTE_WORDS:
        return "one short quote says it: nothing needs joining or shortening"
    return ""
