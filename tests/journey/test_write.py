"""Writing: only where quotes want joining, only what they carry, and never at the quotes' expense."""

from collections.abc import Sequence

import pytest

from clearspan.errors import Busy
from clearspan.journey.asked import ask
from clearspan.journey.compose import Chosen
from clearspan.journey.write import write
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Abstention, Citation, Claim, Offer
from clearspan.settings import Settings
from clearspan.tiers.base import Spent, Wording, Writer

ASKED = ask("Why is the Tarrow bridge closed?", None, None, (), Settings())


class Scripted(Writer):
    """Writes what it is told, and remembers of which quotes."""

    name = reference = "scripted"
    spoken = "the script"

    def __init__(self, wording: Wording | Exception) -> None:
        self._wording = wording
        self.quotes: list[str] = []

    def offer(self, question: str) -> Offer:
        return Offer(tier=self.name, quality=1.0, joules=1.0, seconds=1.0)

    def write(self, question: str, quotes: Sequence[Claim], dials: Sequence[object] = ()) -> Wording:
        self.quotes = [quote.text for quote in quotes]
        if isinstance(self._wording, Exception):
            raise self._wording
        return self._wording


def quoted(text: str, number: int = 1, support: str = "supported") -> Claim:
    citation = Citation(
        number=number,
        document_id=f"d{number}",
        passage_id=f"d{number}:0",
        start=0,
        end=len(text),
        quote=text,
        title="Tarrow bridge",
    )
    return Claim.model_validate(
        {"text": text, "origin": "quoted", "support": support, "score": 0.9, "citations": (citation,)}
    )


def alike(_question: str, said: Sequence[str]) -> list[float]:
    """A reader to whom all texts answer equally."""
    return [0.0] * len(said)


ICE = quoted("The Tarrow bridge is closed in winter because ice forms on its wooden deck.")
SAND = quoted("Sand does not keep the wheels of carts from slipping on the Tarrow bridge.", 2)


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        (Chosen(abstention=Abstention(code="nothing_found", message="No.")), "nothing was found"),
        (Chosen((ICE,)), "one short quote"),
        (Chosen((ICE, SAND), quotes_only=True), "careful subject"),
        (
            Chosen((quoted(ICE.text, support="disputed"), quoted(SAND.text, 2, support="disputed"))),
            "undisputed",
        ),
    ],
)
def test_nothing_is_written_where_quotes_are_enough(chosen: Chosen, why: str) -> None:
    writer = Scripted(Wording("Anything."))
    written = write(ASKED, chosen, writer, Instruments(), 0.5, alike)
    assert (written.claims, written.notes, written.model) == ((), (), "scripted")
    assert why in written.unasked
    assert writer.quotes == []


def test_sentences_are_shown_or_dropped_one_by_one() -> None:
    true, false = (
        "Because ice forms on its wooden deck, the Tarrow bridge is closed in winter.",
        "Nobody has crossed it since 1872.",
    )
    writer = Scripted(Wording(f"{true} {false}", Spent(20, 9)))
    written = write(ASKED, Chosen((ICE, SAND)), writer, Instruments(), 0.5, alike)
    assert writer.quotes == [ICE.text, SAND.text]
    assert [claim.text for claim in written.claims] == [true]
    assert [citation.number for claim in written.claims for citation in claim.citations] == [1]
    assert [dropped.text for dropped in written.dropped] == [false]
    assert (written.spent, written.unasked) == (Spent(20, 9), "")


def test_the_candidate_that_is_proved_is_shown() -> None:
    true = "Because ice forms on its wooden deck, the Tarrow bridge is closed in winter."
    writer = Scripted(Wording("The bridge is closed because of its paint.", others=(true, "It is.")))
    written = write(ASKED, Chosen((ICE, SAND)), writer, Instruments(), 0.5, alike)
    assert [claim.text for claim in written.claims] == [true]
    assert written.dropped == ()


def test_what_answers_is_shown_before_what_says_more() -> None:
    ice = "Because ice forms on its wooden deck, the Tarrow bridge is closed in winter."
    both = f"{ice[:-1]}, and sand does not keep the wheels of carts from slipping."

    def ice_answers(_question: str, said: Sequence[str]) -> list[float]:
        return [3.0 if each == ice else 0.0 for each in said]

    writer = Scripted(Wording(both, others=(ice,)))
    written = write(ASKED, Chosen((ICE, SAND)), writer, Instruments(), 0.5, ice_answers)
    assert [claim.text for claim in written.claims] == [ice]


@pytest.mark.parametrize(
    ("came", "says"),
    [
        (Wording("", Spent(5, 0), why="the model wrote no sentence"), "wrote no sentence"),
        (Busy("The model is busy."), "The model is busy."),
        (RuntimeError("out of memory"), "the model failed (out of memory)"),
    ],
)
def test_what_goes_wrong_is_a_note(came: Wording | Exception, says: str) -> None:
    written = write(ASKED, Chosen((ICE, SAND)), Scripted(came), Instruments(), 0.5, alike)
    assert (written.claims, written.dropped) == ((), ())
    assert says in written.notes[0]
    assert written.spent == (came.spent if isinstance(came, Wording) else Spent())


def test_of_a_long_list_the_first_are_written_from() -> None:
    items = tuple(
        quoted(f"The {name} crane lifts stones.", 1) for name in "red blue old new low high far".split()
    )
    writer = Scripted(Wording("The red crane lifts stones, and the far crane lifts stones."))
    written = write(ASKED, Chosen(items), writer, Instruments(), 0.5, alike)
    assert writer.quotes == [item.text for item in items[:6]]
    assert written.claims == ()
