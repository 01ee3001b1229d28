"""What readers do with answers: counted for those who let themselves be counted, and shown to everybody."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.datastructures import Headers

from clearspan.readers import usage as counting
from clearspan.readers.acts import Act, Readers
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


class Counting(BaseModel):
    """Whether readers are counted here, and how."""

    count_readers: bool
    holdout_share: float
    usage_days: int


def counted(server: ServerContext, headers: Headers) -> Readers | None:
    """The book that a request is counted in; None if counting is off here, or if the browser asks not to be counted.

    `DNT: 1` and `Sec-GPC: 1` are how browsers ask.
    """
    asks_not_to = "1" in {headers.get("dnt"), headers.get("sec-gpc")}
    return None if asks_not_to else server.readers


@router.post("/events", status_code=204)
def events(body: ReaderActs, request: Request, server: FromServer) -> None:
    """Record what a reader did with answers of this visit; nothing, if readers are not counted.

    Acts are kept without question, document, receipt or time of day; docs/guides/readers.md lists what is.
    """
    readers = counted(server, request.headers)
    if readers is not None:
        readers.acted(body.session, [Act(**act.model_dump()) for act in body.acts])


@router.get("/usage")
def usage(server: FromServer, since: Since = None) -> dict[str, object]:
    """What readers did: click-through, questions a visit, and what overviews change, with intervals."""
    return {**server.usage(since).as_dict(), "counting": _counting(server).model_dump()}


@router.get("/usage.csv", response_class=Response)
def usage_file(server: FromServer, since: Since = None) -> Response:
    """Every figure of `/api/usage` as a file."""
    headers = {"Content-Disposition": 'attachment; filename="usage.csv"'}
    return Response(
        counting.as_csv(server.usage(since)), media_type="text/csv; charset=utf-8", headers=headers
    )


def _counting(server: ServerContext) -> Counting:
    settings = server.workspace.settings
    return Counting(
        count_readers=settings.count_readers,
        holdout_share=settings.holdout_share if settings.count_readers else 0.0,
        usage_days=settings.usage_days,
    )
