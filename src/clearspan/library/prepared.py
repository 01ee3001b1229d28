"""A source read and cut into passages, ready to be stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from clearspan.library.documents import Change, Document, Passage
from clearspan.library.naming import document_id_of
from clearspan.library.originals import Original
from clearspan.library.passages import split
from clearspan.library.readers import format_of, read
from clearspan.library.readers.reading import one_line, title_from_name
from clearspan.receipts import Kind


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is read and cut but not yet stored."""

    document: Document
    passages: Sequence[Passage]
    replaces: bool

    def again(self, other: "Change | Prepared") -> bool:
        """Whether the other is the same source, seen a moment ago in the same run."""
        return isinstance(other, Prepared) and other.document.id == self.document.id


def prepare(original: Original, content_hash: str, kind: Kind | None, old: Document | None) -> Prepared:
    """Read a source and cut it into passages.

    Args:
        content_hash: SHA-256 of its bytes, hexadecimal.
        kind: publisher tag, above what the source says itself.
        old: what is stored of the same source.

    Raises:
        BadInput: no reader takes it, or its reader found it damaged, protected or without text.
    """
    found = format_of(original.name, original.media_type)
    reading = read(found, original)
    said = kind or _admitted(reading.kind, original.locator)
    document = Document(
        id=document_id_of(original.locator),
        locator=original.locator,
        title=one_line(reading.title) or title_from_name(original.name),
        text=reading.text,
        media_type=found.media_types[0],
        content_hash=content_hash,
        added_at=datetime.now(UTC),
        url=original.url or reading.url,
        publisher=_host(original.url) if original.url else reading.publisher,
        author=reading.author,
        date=reading.date,
        # What a person said about a source outlives a change of the source that says nothing.
        kind=said or (old.kind if old else "unknown"),
        page_starts=reading.page_starts,
        # Who fetched a page knows its address; a file that somebody keeps is taken at its front matter's word.
        claimed_url=(original.url and reading.url) or reading.claimed_url,
        claimed_publisher=(original.url and reading.publisher) or reading.claimed_publisher,
        hidden=reading.hidden,
        frame=reading.frame,
        left_out=reading.left_out,
    )
    passages = split(document.id, document.text, reading.headings, reading.page_starts)
    return Prepared(document, passages, old is not None)


def _host(url: str) -> str | None:
    return (urlsplit(url).hostname or "").removeprefix("www.") or None


def _admitted(kind: Kind | None, locator: str) -> Kind | None:
    """What a source says of its own kind, where it may: a page on the web may own to satire, not to being reliable."""
    if locator.startswith(("http://", "https://")) and kind in ("reference", "reporting"):
        return None
    return kind
