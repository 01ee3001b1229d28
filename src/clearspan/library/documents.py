"""Documents, passages and what a search returns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clearspan.receipts import Citation, CitedTable, Kind

LegName = Literal["words", "meaning"]


@dataclass(frozen=True, slots=True)
class Document:
    """A source text as it is stored.

    Attributes:
        id: `d-` and 16 hexadecimal digits of the SHA-256 of `locator`: the same source keeps its id.
        locator: where it came from, an absolute path or a URL; unique within a library.
        text: the text that all offsets count in, Unicode NFC, lines ending in a line feed; what the reader is shown.
        content_hash: SHA-256 of the original bytes, hexadecimal; decides whether a file has changed.
        kind: a publisher tag from front matter or from the user; `unknown` when nobody said.
        url: where it was fetched from, or what the front matter of a file says.
        publisher: the host that it was fetched from, or what the front matter of a file says.
        date: publication date as ISO 8601 (`2019`, `2019-05` or `2019-05-14`), if known.
        page_starts: for paged formats, the offset at which each page begins, ascending; else empty.
        claimed_url, claimed_publisher: what a page says of itself in its own markup; nobody vouches for it.
        hidden: text of the original that a reader of it does not see, its beginning; it is part of no passage.
        left_out: what of the original is not in the text, as a sentence; empty if nothing is known to be missing.
        frame: text around that of a page, as its footer, its beginning; where pages say what they are.
    """

    id: str
    locator: str
    title: str
    text: str
    media_type: str
    content_hash: str
    added_at: datetime
    url: str | None = None
    publisher: str | None = None
    author: str | None = None
    date: str | None = None
    kind: Kind = "unknown"
    page_starts: tuple[int, ...] = ()
    claimed_url: str | None = None
    claimed_publisher: str | None = None
    hidden: str = ""
    frame: str = ""
    left_out: str = ""

    def cited(
        self,
        passage: "Passage",
        start: int,
        end: int,
        quote: str,
        number: int,
        table: CitedTable | None = None,
    ) -> Citation:
        """A citation of a span of one of its passages; the document may come without its text, so that it is given."""
        return Citation(
            number=number,
            document_id=self.id,
            passage_id=passage.id,
            start=start,
            end=end,
            quote=quote,
            title=self.title,
            url=self.url,
            publisher=self.publisher,
            date=self.date,
            page=passage.page,
            table=table,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document; `text` is `document.text[start:end]`.

    `id` is `{document_id}:{index}`; `heading` is the heading it stands under; `page` counts from 1.
    """

    id: str
    document_id: str
    index: int
    start: int
    end: int
    text: str
    heading: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One way of searching: `rank` counts from 1; `score` is BM25 (higher is better) or a cosine."""

    name: LegName
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that search found. `score` is the fused score; `document.text` is empty here, to stay light."""

    passage: Passage
    document: Document
    score: float
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order, best first; `note` says when a leg was missing and why."""

    query: str
    hits: tuple[Hit, ...]
    legs: tuple[LegName, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one source while adding or syncing.

    `skipped` is a file of a folder in a format that is not read; named by itself, such a file is `failed`.
    """

    locator: str
    outcome: Literal["added", "replaced", "unchanged", "skipped", "failed", "removed", "vanished"]
    document_id: str | None = None
    passages: int = 0
    problem: str = ""
    remedy: str = ""
