"""What a receipt says is wrong: faults of single sentences, and where believable sources say different things."""

from typing import Literal

from pydantic import Field

from clearspan.record import Record

Fault = Literal["wrong_source", "misread_source", "hallucination", "not_retrieved", "stale", "conflict"]
ConflictCause = Literal["disagreement", "age", "readings"]


class FaultEvidence(Record):
    """A text that a diagnosis rests on: what a document says, and from where in it."""

    document_id: str
    title: str
    quote: str
    start: int
    end: int
    publisher: str | None = None
    date: str | None = None


class Diagnosis(Record):
    """Which fault a sentence has: the source was wrong, was misread, says nothing of it, or was never found."""

    fault: Fault
    sentence: str
    claim: int | None = Field(default=None, description="index in the overview; None when it was not shown")
    why: str
    evidence: tuple[FaultEvidence, ...] = ()


class ConflictSide(Record):
    """One of the things that believable sources say.

    Attributes:
        value: what this side says, as its first source writes it.
        subject: what it says it of, where the question's name may mean several things; else empty.
        claims: indices of the overview's claims that quote it.
        sources: numbers of the sources that say it.
        witnesses: how many of them are independent; copies of one text are one.
        standing: of the best believed of them, in [0, 1].
        date: of the newest of them.
    """

    value: str
    subject: str = ""
    claims: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    witnesses: int = 1
    standing: float = 0.5
    date: str | None = None


class Conflict(Record):
    """Where believable sources say different things; nothing is averaged and no side is left out.

    `cause` is `age` when the dates explain it (the first side is the newest), `readings` when the sides speak of
    different things that share a name, and else `disagreement`.
    """

    about: str
    cause: ConflictCause
    sides: tuple[ConflictSide, ...]
    note: str
