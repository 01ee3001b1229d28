"""Faults that are plain when an answer is made: from conflicts, and from sentences that were refused."""

import pytest

from clearspan.faults import Conflict, ConflictCause, ConflictSide
from clearspan.overview.diagnosis.plain import plain_faults
from clearspan.receipts import Citation, Claim, Dropped, Overview


def claim(number: int, text: str, date: str) -> Claim:
    cited = Citation(
        number=number,
        document_id=f"d{number}",
        passage_id="p",
        start=0,
        end=1,
        quote=text,
        title=f"Page {number}",
        date=date,
    )
    return Claim(text=text, origin="quoted", support="disputed", score=0.9, citations=(cited,))


@pytest.mark.parametrize(
    ("cause", "faults"),
    [("age", {0: "stale"}), ("disagreement", {0: "conflict", 1: "conflict"}), ("readings", {})],
)
def test_a_conflict_is_diagnosed_when_the_answer_is_made(
    cause: ConflictCause, faults: dict[int, str]
) -> None:
    overview = Overview(
        claims=(claim(1, "It is 12 metres.", "2001"), claim(2, "It is 14 metres.", "2024")),
        conflict=Conflict(
            about="?",
            cause=cause,
            sides=(
                ConflictSide(value="14 metres", claims=(1,), date="2024"),
                ConflictSide(value="12 metres", claims=(0,), date="2001"),
            ),
            note="",
        ),
    )
    assert {one.claim: one.fault for one in plain_faults(overview, ())} == faults


def test_refused_sentences_are_told_apart_and_repeats_are_no_fault() -> None:
    overview = Overview(claims=(claim(1, "The lift in Quellby is 12 metres high.", "2001"),))
    dropped = [
        Dropped(text="The lift in Quellby is 19 metres high.", origin="generated", why="unsupported"),
        Dropped(text="Violins were first sold by sailors.", origin="generated", why="unsupported"),
        Dropped(text="The lift in Quellby is 12 metres high", origin="generated", why="repeats a quote"),
        Dropped(text="Something quoted.", origin="quoted", why="answers less well"),
    ]
    assert [one.fault for one in plain_faults(overview, dropped)] == ["misread_source", "hallucination"]
