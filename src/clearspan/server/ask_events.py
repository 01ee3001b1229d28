"""The events of a streamed answer, in the order in which they come."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from clearspan.answer import Finished, Judged, Routed, Shaped, Stated, Step
from clearspan.receipts import Claim, Layout, Receipt, RouteDecision, Source, Verdict
from clearspan.server.edge.streams import ErrorEvent
from clearspan.server.shapes import SearchShape


class RouteEvent(BaseModel):
    """Which tier answers; again, after the quotes, when another one is to improve on them."""

    event: Literal["route"] = "route"
    data: RouteDecision


class SourcesEvent(BaseModel):
    """The sources that were found, judged."""

    event: Literal["sources"] = "sources"
    data: tuple[Source, ...]


class AnswerShape(BaseModel):
    """The form of the claims that follow."""

    layout: Layout
    verdict: Verdict | None = Field(description="the one word that answers a yes/no question")


class ShapeEvent(BaseModel):
    """The form that the overview takes; before its first claim, so that nothing moves when it is known."""

    event: Literal["shape"] = "shape"
    data: AnswerShape


class ClaimEvent(BaseModel):
    """A sentence joins the end of the overview; it will not move or change."""

    event: Literal["claim"] = "claim"
    data: Claim


class AnswerView(BaseModel):
    """One answer on one reader's screen: what acts on it are told of."""

    view: str
    holdout: float = Field(description="share of visits that see no overviews")


class ViewEvent(BaseModel):
    """The visit is recorded; before `receipt` or `results`."""

    event: Literal["view"] = "view"
    data: AnswerView


class ResultsEvent(BaseModel):
    """The last one of a visit that sees no overviews."""

    event: Literal["results"] = "results"
    data: SearchShape


class ReceiptEvent(BaseModel):
    """The last one of an answer: its receipt is in the ledger."""

    event: Literal["receipt"] = "receipt"
    data: Receipt


AskEvent = Annotated[
    RouteEvent
    | SourcesEvent
    | ShapeEvent
    | ClaimEvent
    | ViewEvent
    | ResultsEvent
    | ReceiptEvent
    | ErrorEvent,
    Field(discriminator="event"),
]


def event_of(step: Step) -> RouteEvent | SourcesEvent | ShapeEvent | ClaimEvent | ReceiptEvent:
    """The event that tells a step of the journey."""
    match step:
        case Routed(route):
            return RouteEvent(data=route)
        case Judged(sources):
            return SourcesEvent(data=sources)
        case Shaped(layout, verdict):
            return ShapeEvent(data=AnswerShape(layout=layout, verdict=verdict))
        case Stated(claim):
            return ClaimEvent(data=claim)
        case Finished(receipt):
            return ReceiptEvent(data=receipt)
