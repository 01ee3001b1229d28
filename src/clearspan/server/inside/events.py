"""The events of a generation, undialled and dialled side by side."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from clearspan.server.edge.streams import ErrorEvent
from clearspan.server.shapes import Shape

Side = Literal["undialled", "dialled"]


class SaidShape(BaseModel):
    """A piece of one side's text."""

    side: Side
    text: str


class SaidEvent(BaseModel):
    """One side goes on."""

    event: Literal["said"] = "said"
    data: SaidShape


class EndedShape(BaseModel):
    """How one side came to its end."""

    side: Side
    reason: Literal["stop", "length"]
    output_tokens: int


class EndedEvent(BaseModel):
    """One side is over."""

    event: Literal["ended"] = "ended"
    data: EndedShape


class ActiveFeatureShape(Shape):
    """See `clearspan.features.active.ActiveFeature`."""

    index: int
    activation: float
    share: float = Field(description="the activation in multiples of its maximum over the evidence")


class StripTokenShape(Shape):
    """A token with the features that were active there, the strongest first."""

    text: str
    features: tuple[ActiveFeatureShape, ...]


class StripShape(BaseModel):
    """The tokens of one side, read with the dials that it was written under."""

    side: Side
    dictionary: str
    tokens: tuple[StripTokenShape, ...]
    labels: dict[int, str]


class StripEvent(BaseModel):
    """What was active under each token."""

    event: Literal["strip"] = "strip"
    data: StripShape


class NoteEvent(BaseModel):
    """Why there is no strip; the text stands without."""

    event: Literal["note"] = "note"
    data: SaidShape


class DoneShape(BaseModel):
    """Nothing more comes."""


class DoneEvent(BaseModel):
    """Always the last one."""

    event: Literal["done"] = "done"
    data: DoneShape = DoneShape()


GenerateEvent = Annotated[
    SaidEvent | EndedEvent | StripEvent | NoteEvent | DoneEvent | ErrorEvent, Field(discriminator="event")
]
