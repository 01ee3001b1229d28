"""What readers do with answers: recorded for those who let it be, and reported to everybody."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.datastructures import Headers

from clearspan.readers import report as reporting
from clearspan.readers.acts import Act, Readers
from clearspan.readers.report import ReadersReport
from clearspan.server.context import FromServer, ServerContext

router = APIRouter(prefix="/api", tags=["readers"])

Session = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
Since = Annotated[str | None, Query(max_length=40, description="a number of days, as 30d, or a date")]

_ACTS_AT_ONCE = 64


class ReaderAct(BaseModel):
    """Something a reader did with the answer, or the results, of one view."""

    model_config = ConfigDict(extra="forbid")

    view: Annotated[str, StringConstraints(pattern="^v-[0-9a-f]{16}$")]
    kind: Literal["shown", "citation_opened", "result_clicked", "receipt_opened", "dwell"]
    citation: int | None = Field(default=None, ge=1, le=1_000)
    rank: int | None = Field(default=None, ge=1, le=1_000)
    seconds: float | None = Field(default=None, ge=0, le=86_400, description="of `dwell`: time in sight")


class ReaderActs(BaseModel):
    """What a reader did since the last time that the page told."""

    model_config = ConfigDict(extra="forbid")

    session: Session = Field(description="32 hexadecimal digits that the page drew for this visit")
    acts: Annotated[tuple[ReaderAct, ...], Field(max_length=_ACTS_AT_ONCE)]


class ReadersPolicy(BaseModel):
    """What is recorded of readers here."""

    recorded: bool = Field(description="whether anything is")
    holdout: float = Field(description="share of visits that see search results instead of overviews")
    days: int = Field(description="days after which it is deleted")


class ReadersShape(BaseModel):
    """What readers did, and what is recorded of them."""

    report: ReadersReport
    policy: ReadersPolicy


def readers_for(server: ServerContext, headers: Headers) -> Readers | None:
    """Where a request's visit is recorded; None if nothing is here, or if the browser asks not to be counted.

    `DNT: 1` and `Sec-GPC: 1` are how browsers ask.
    """
    asks_not_to = "1" in {headers.get("dnt"), headers.get("sec-gpc")}
    return None if asks_not_to else server.readers


@router.post("/readers/acts", status_code=204)
def acts(body: ReaderActs, request: Request, server: FromServer) -> None:
    """Record what a reader did with answers of this visit; nothing, if readers are not recorded.

    Acts are kept without question, document, receipt or time of day; docs/guides/readers.md lists what is.
    """
    readers = readers_for(server, request.headers)
    if readers is not None:
        readers.acted(body.session, [Act(**act.model_dump()) for act in body.acts])


@router.get("/readers")
def readers(server: FromServer, since: Since = None) -> ReadersShape:
    """What readers did: click-through, questions a visit, and what overviews change, with intervals."""
    return ReadersShape(report=server.readers_report(since), policy=_policy(server))


@router.get("/readers.csv", response_class=Response)
def readers_file(server: FromServer, since: Since = None) -> Response:
    """Every figure of `/api/readers` as a file."""
    text = reporting.as_csv(server.readers_report(since))
    headers = {"Content-Disposition": 'attachment; filename="readers.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _policy(server: ServerContext) -> ReadersPolicy:
    settings = server.workspace.settings
    return ReadersPolicy(
        recorded=settings.readers_recorded,
        holdout=settings.readers_holdout if settings.readers_recorded else 0.0,
        days=settings.readers_days,
    )
