"""POST /api/ask: a question in; a receipt out, or the journey's steps as server-sent events."""

import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from clearspan.answer import Finished, Step, journey
from clearspan.errors import BadInput, ClearspanError
from clearspan.events import Outcome
from clearspan.journey.asked import checked
from clearspan.overview.answering.querytype import query_type
from clearspan.overview.follow_up import Turn
from clearspan.readers.acts import Readers
from clearspan.receipts import Receipt
from clearspan.server.ask_events import AnswerView, ResultsEvent, ViewEvent, event_of
from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.streams import StreamEvent, described, streamed
from clearspan.server.named_dials import NamedDial
from clearspan.server.readers_routes import Session, readers_for
from clearspan.server.shapes import SearchShape

router = APIRouter(tags=["ask"])
logger = logging.getLogger("clearspan.server")


class AskRequest(BaseModel):
    """What to ask, and of which library."""

    model_config = ConfigDict(extra="forbid")

    question: str
    library: str | None = Field(default=None, description="name of a library; the default one if absent")
    generate: bool | None = Field(default=None, description="whether a model may answer from quotes")
    dials: Annotated[list[NamedDial], Field(max_length=32)] = Field(
        default=[],
        description="what the local model is dialled with while it writes: golden-gate=0.6x, #1234=2x",
    )
    stream: bool = Field(default=False, description="server-sent events instead of one receipt")
    session: Session | None = Field(
        default=None, description="number of a reader's visit, drawn by the page; only with `stream`"
    )


@dataclass(frozen=True, slots=True)
class RecordedVisit:
    """A visit that lets itself be recorded, and where."""

    readers: Readers
    session: str

    async def asked(self, question: str, outcome: Outcome, citations: int) -> ViewEvent | None:
        """Record a question, and name the view that it made; an answer does not fail because recording does."""

        def commit() -> str:
            return self.readers.asked(self.session, query_type(question), outcome, citations)

        try:
            view = await anyio.to_thread.run_sync(commit)
        except ClearspanError as error:
            logger.warning("a question was not recorded: %s", error)
            return None
        return ViewEvent(data=AnswerView(view=view, holdout=self.readers.holdout))


async def steps_of(
    server: ServerContext,
    question: str,
    *,
    library: str | None = None,
    generate: bool | None = None,
    dials: Sequence[str] = (),
    before: Sequence[Turn] = (),
) -> AsyncGenerator[Step]:
    """The steps of a journey, within the bound of the workers; the receipt is counted in the metrics.

    Raises:
        Busy: too many questions are waiting.
        NotFound: there is no library of that name.
    """
    name = server.library_name(library)

    def source() -> Iterator[Step]:
        return journey(
            server.workspace, question, library=name, generate=generate, dials=dials, before=before
        )

    async with aclosing(server.workers.items(source)) as steps:
        async for step in steps:
            if isinstance(step, Finished):
                server.metrics.answer(step.receipt)
            yield step


async def receipt_of(steps: AsyncGenerator[Step]) -> Receipt:
    """The receipt at the end of a journey."""
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Finished):
                return step.receipt
    raise RuntimeError("a journey ended without its receipt")


@router.post(
    "/api/ask", response_model=Receipt, responses=described("AskEvent", "The receipt, or the way to it.")
)
async def ask(body: AskRequest, request: Request, server: FromServer) -> Response:
    """Answer a question from a library.

    With `stream`, the events are `route`, `sources`, `shape`, `claim` (one a sentence) and `receipt`, or `error`; a
    further `route` after the quotes when another tier is to improve on them. The receipt is in the ledger before it
    is sent.

    A `session` lets the visit be recorded: `view` comes before `receipt` and names what `POST /api/readers/acts`
    speaks of. If the settings hold a share of visits out, such a visit gets `view` and `results`, a search, and no
    overview.
    """
    visit = _visit(body, request, server)
    if visit is not None and visit.readers.arm(visit.session) == "results":
        found = await _search(body, server)
        return streamed(_results(found, visit))
    steps = steps_of(
        server, body.question, library=body.library, generate=body.generate, dials=tuple(body.dials)
    )
    if not body.stream:
        receipt = await receipt_of(steps)
        return Response(receipt.model_dump_json(), media_type="application/json")
    # Awaiting the first step here lets a question that is refused be answered with its own status.
    first = await anext(steps)
    return streamed(_events(first, steps, visit))


def _visit(body: AskRequest, request: Request, server: ServerContext) -> RecordedVisit | None:
    if body.session is None:
        return None
    if not body.stream:
        raise BadInput(
            "A session belongs to a streamed answer.",
            why="It is for pages that show answers to readers; programs are not recorded.",
            do='Set "stream": true, or leave the session out.',
        )
    readers = readers_for(server, request.headers)
    return RecordedVisit(readers, body.session) if readers else None


async def _search(body: AskRequest, server: ServerContext) -> SearchShape:
    settings = server.workspace.settings
    question = checked(body.question, settings.max_question_chars)
    library = server.library_name(body.library)

    def search() -> SearchShape:
        found = server.workspace.library(library).search(question, settings.search_limit)
        return SearchShape.model_validate(found)

    return await server.workers.result(search)


async def _results(found: SearchShape, visit: RecordedVisit) -> AsyncGenerator[StreamEvent]:
    if named := await visit.asked(found.query, "results", 0):
        yield named
    yield ResultsEvent(data=found)


async def _events(
    first: Step, rest: AsyncGenerator[Step], visit: RecordedVisit | None
) -> AsyncGenerator[StreamEvent]:
    async with aclosing(rest):
        yield event_of(first)
        async for step in rest:
            if named := await _recorded(step, visit):
                yield named
            yield event_of(step)


async def _recorded(step: Step, visit: RecordedVisit | None) -> ViewEvent | None:
    if visit is None or not isinstance(step, Finished):
        return None
    overview = step.receipt.overview
    calculated = any(claim.origin == "calculated" for claim in overview.claims)
    quoted = any(claim.origin != "calculated" for claim in overview.claims)
    outcome: Outcome = (
        "abstained" if overview.abstention else "calculated" if calculated and not quoted else "answered"
    )
    citations = {citation.number for claim in overview.claims for citation in claim.citations}
    return await visit.asked(step.receipt.question, outcome, len(citations))
