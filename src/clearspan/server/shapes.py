"""What the library routes send: documents and hits, without the paths that they came from on this machine."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from clearspan.library.documents import LegName
from clearspan.receipts import Kind


class Shape(BaseModel):
    """Base of the shapes: read from the attributes of the library's own types."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class LibrarySummary(Shape):
    """One library and the ways it can be searched: none when it cannot be opened, and `problem` says why."""

    name: str
    documents: int
    passages: int
    revision: int
    searches: tuple[LegName, ...]
    problem: str = ""


class Libraries(Shape):
    """The libraries of this server, and the one that is asked when none is named."""

    libraries: tuple[LibrarySummary, ...]
    default: str


class DocumentSummary(Shape):
    """A document without its text."""

    id: str
    title: str
    url: str | None
    publisher: str | None
    author: str | None
    date: str | None
    kind: Kind
    media_type: str
    added_at: datetime


class DocumentText(DocumentSummary):
    """A document with the text that all offsets count in."""

    text: str
    page_starts: tuple[int, ...]
    left_out: str


class Documents(Shape):
    """The documents of a library, by title."""

    documents: tuple[DocumentSummary, ...]


class PassageShape(Shape):
    """A span of a document."""

    id: str
    start: int
    end: int
    text: str
    heading: str
    page: int | None


class LegShape(Shape):
    """A way of searching, and the place that it gave the hit."""

    name: LegName
    rank: int
    score: float


class HitShape(Shape):
    """A passage that search found."""

    document: DocumentSummary
    passage: PassageShape
    score: float
    legs: tuple[LegShape, ...]


class SearchShape(Shape):
    """What a search found, best first; `note` says when a leg was missing, and why."""

    query: str
    legs: tuple[LegName, ...]
    note: str
    hits: tuple[HitShape, ...]
