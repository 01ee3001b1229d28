"""The types of what visitors of the Studio do with answers, as the ledger keeps them beside receipts."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from clearspan.record import Record

EventKind = Literal[
    "asked",
    "shown",
    "citation_opened",
    "result_clicked",
    "receipt_opened",
    "dwell",
    "document_opened",
    "judged",
]
Arm = Literal["overview", "results"]
Outcome = Literal["answered", "calculated", "abstained", "results"]
QueryType = Literal["calculation", "number", "time", "person", "place", "reason", "yes or no", "other"]


class Event(Record):
    """Something a reader did with an answer; no personal data (docs/guides/readers.md says what is kept, and why).

    `judged` is what the owner of the ledger says of an answer (`clearspan route judge`); it has no session. Events with
    a session hold neither question, receipt nor document, and `at` is the day alone.
    """

    kind: EventKind
    session: str | None = Field(default=None, description="pseudonym of one visit; gone when the visit ends")
    view: str | None = Field(default=None, description="one answer on one reader's screen")
    arm: Arm | None = Field(default=None, description="of `asked`: an overview, or search results alone")
    query_type: QueryType | None = Field(default=None, description="of `asked`: the form of the question")
    outcome: Outcome | None = Field(default=None, description="of `asked`: what came out")
    citations: int | None = Field(default=None, description="of `asked`: how many citations there were")
    citation: int | None = Field(default=None, description="number of the citation that was opened")
    rank: int | None = Field(default=None, description="place in the list of the result that was opened")
    seconds: int | None = Field(default=None, description="of `dwell`: how long the answer was in sight")
    receipt_id: str | None = Field(
        default=None, description="of `judged`, and of events recorded before there were sessions"
    )
    quality: float | None = Field(default=None, description="of `judged`: what the answer was worth, 0 to 1")
    document_id: str | None = Field(default=None, description="of events recorded before there were sessions")
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))
