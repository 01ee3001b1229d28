"""Which documents of a library are satire or retracted, and who says so: their text carries the label elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from clearspan.errors import NotFound
from clearspan.library.documents import Document
from clearspan.library.library import Library
from clearspan.overview.trust.declared import WORDS, declaration, retraction_of
from clearspan.overview.trust.publishers.addresses import parse
from clearspan.overview.trust.publishers.registry import Listing, Publishers, plain_name

_LOOKED_AT = 400
"""Passages with words of a declaration that are read for one."""

_USERS = ("forum",)
"""Kinds of pages that many hands write: what one of them declares holds for its page alone."""


@dataclass(frozen=True, slots=True)
class Label:
    """Why a document is not to be believed wherever its text stands.

    Attributes:
        source: what the label rests on: a tag, the registry, the page's own words, or another page of its publisher.
        detail: the same for a person, a short clause.
        evidence: the words that it rests on.
    """

    what: Literal["satire", "retracted"]
    source: Literal["tag", "registry", "page", "publisher", "notice"]
    detail: str
    evidence: str = ""


def labels(library: Library, publishers: Publishers) -> dict[str, tuple[Document, Label]]:
    """The labelled documents by id; their texts are left empty."""
    every = library.documents()
    found: dict[str, tuple[Document, Label]] = {}

    def add(document: Document, label: Label) -> None:
        found.setdefault(document.id, (document, label))

    for document in every:
        if document.kind == "satire":
            add(document, Label("satire", "tag", "tagged as satire"))
        elif label := _listed(publishers.find(page_url(document), document.publisher)):
            add(document, label)
    declaring = _declaring(library)
    for document, label in declaring:
        add(document, label)
    jesters = [(d, label) for d, label in declaring if label.source == "publisher" and d.kind not in _USERS]
    _spread(every, jesters, publishers, add_to=found)
    _noticed(every, found)
    return found


def page_url(document: Document) -> str | None:
    """Where a reader finds the page: as it says itself, or where it was fetched from."""
    if document.url:
        return document.url
    return document.locator if document.locator.startswith(("http://", "https://")) else None


def _listed(listing: Listing | None) -> Label | None:
    if listing is None or listing.impostor:
        return None
    one = listing.publisher
    if "retracted" in one.labels:
        return Label("retracted", "registry", listing.described(), one.note)
    if one.kind == "satire" and listing.standing == 0.0:
        return Label("satire", "registry", listing.described(), one.note)
    return None


def _declaring(library: Library) -> list[tuple[Document, Label]]:
    """Documents that say of themselves what they are, among those that use the words for it."""
    near: dict[str, Document] = {}
    for passage, document in library.mentioning(WORDS, _LOOKED_AT):
        if declaration(document.title, document.publisher, passage.text):
            near.setdefault(document.id, document)
    found: list[tuple[Document, Label]] = []
    for document_id, listed in near.items():
        try:
            text = library.document(document_id).text
        except NotFound:
            continue  # removed by somebody else since the search
        label = declared_label(listed, text)
        if label:
            found.append((listed, label))
    return found


def declared_label(document: Document, text: str) -> Label | None:
    """What a document says of itself."""
    said = declaration(document.title, document.publisher, text)
    if said is None:
        return None
    if said.what == "retracted":
        return Label("retracted", "page", "says that it was retracted", said.evidence)
    source: Literal["page", "publisher"] = "publisher" if said.scope == "publisher" else "page"
    return Label("satire", source, "says itself that it is satire", said.evidence)


def _spread(
    every: Iterable[Document],
    jesters: Sequence[tuple[Document, Label]],
    publishers: Publishers,
    add_to: dict[str, tuple[Document, Label]],
) -> None:
    """Label the other pages of publishers that say of all they print that it is satire."""
    if not jesters:
        return
    for document in every:
        listing = publishers.find(page_url(document), document.publisher)
        if document.id in add_to or (listing is not None and listing.standing > 0.5):
            continue
        for about, label in jesters:
            if same_publisher(about, document):
                detail = f"its publisher says so on its page “{about.title}”"
                add_to[document.id] = (document, Label("satire", "publisher", detail, label.evidence))
                break


def _noticed(every: Iterable[Document], add_to: dict[str, tuple[Document, Label]]) -> None:
    """Label the papers that a retraction notice in the library names by their title."""
    notices: Mapping[str, Document] = {
        plain_name(title): document for document in every if (title := retraction_of(document.title))
    }
    for document in every if notices else ():
        notice = notices.get(plain_name(document.title))
        if notice is not None and notice.id != document.id and document.id not in add_to:
            detail = f"the notice “{notice.title}” says so"
            add_to[document.id] = (document, Label("retracted", "notice", detail, notice.title))


def same_publisher(one: Document, other: Document) -> bool:
    """Whether two documents come from one publisher: one host and no two names, or one name and no two hosts."""
    hosts = {address.host for each in (one, other) if (address := parse(page_url(each) or ""))}
    names = {plain_name(each.publisher) for each in (one, other) if each.publisher}
    known = all(parse(page_url(each) or "") for each in (one, other)), all(e.publisher for e in (one, other))
    return len(hosts) <= 1 and len(names) <= 1 and any(known)
