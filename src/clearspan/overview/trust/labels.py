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
from clearspan.overview.trust.standing import STANDING

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
        elif label := _listed(listing(publishers, document)):
            add(document, label)
    framed = ((document, declared_label(document, document.frame)) for document in every if document.frame)
    declaring = [*_declaring(library), *((document, label) for document, label in framed if label)]
    for document, label in declaring:
        add(document, label)
    jesters = [(d, label) for d, label in declaring if label.source == "publisher" and d.kind not in _USERS]
    _spread(every, jesters, publishers, add_to=found)
    _noticed(every, found)
    return found


def listing(publishers: Publishers, document: Document) -> Listing | None:
    """What the registry says of a document's publisher, by where it was fetched from.

    What a page or a file claims to be lifts it nowhere; it counts where that speaks against it: it goes by the name of
    somebody whose address is another one, or of a publisher that is doubted.
    """
    url = fetched_from(document)
    vouched = publishers.find(url, document.publisher) if url else None
    if vouched is not None and vouched.mine:
        return vouched
    name, at = claims(document)
    claimed = [publishers.find(url, name) if url else None, publishers.find(at, name)]
    against = [one for one in claimed[:1] if one and one.impostor]
    against += [one for one in claimed if one and not one.impostor and one.standing < STANDING["unknown"]]
    return min((*against, *([vouched] if vouched else [])), key=_weight, default=None)


def _weight(found: Listing) -> float:
    # An impostor's standing is that of whom it poses as.
    return STANDING["unknown"] / 2 if found.impostor else found.standing


def fetched_from(document: Document) -> str | None:
    """The address that a page was fetched from; None for a file, whatever its front matter says."""
    fetched = document.locator.startswith(("http://", "https://"))
    return (document.url or document.locator) if fetched else None


def claims(document: Document) -> tuple[str | None, str | None]:
    """The publisher and the address that a document gives itself, where nobody vouches for them."""
    if fetched_from(document):
        return document.claimed_publisher, document.claimed_url
    return document.claimed_publisher or document.publisher, document.claimed_url or document.url


def page_url(document: Document) -> str | None:
    """Where a reader finds the page: where it was fetched from, or where the front matter of a file says."""
    return document.url or fetched_from(document)


def publisher_key(document: Document) -> str:
    """What the pages of one publisher share: the host they were fetched from, else the name that a file gives."""
    address = parse(page_url(document) or "")
    return address.host if address else plain_name(document.publisher or "")


def _listed(found: Listing | None) -> Label | None:
    if found is None or found.impostor:
        return None
    one = found.publisher
    if "retracted" in one.labels:
        return Label("retracted", "registry", found.described(), one.note)
    if one.kind == "satire" and found.standing == 0.0:
        return Label("satire", "registry", found.described(), one.note)
    return None


def _declaring(library: Library) -> list[tuple[Document, Label]]:
    """Documents that say of themselves what they are, among those that use the words for it."""
    near: dict[str, Document] = {}
    for passage, document in library.mentioning(WORDS, _LOOKED_AT):
        if declared_label(document, passage.text):
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
    said = declaration(document.title, document.claimed_publisher or document.publisher, text)
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
        # One that claims a trusted publisher is no better for it, but no other file makes it worse.
        known = listing(publishers, document) or publishers.find(page_url(document), document.publisher)
        if document.id in add_to or (known is not None and known.standing > 0.5):
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


def same_publisher(about: Document, other: Document) -> bool:
    """Whether what one document says of its publisher holds for another: one host and no two names, or one name.

    A page that was not fetched may claim to be from the other's address, for that speaks against it alone; it cannot
    speak for pages that were fetched.
    """
    if fetched_from(other) and not fetched_from(about):
        return False
    here, there = (parse(page_url(each) or "") for each in (about, other))
    names = {
        plain_name(name) for each in (about, other) if (name := each.claimed_publisher or each.publisher)
    }
    if len(names) > 1 or (here and there and here.host != there.host):
        return False
    if (here and there) or (about.publisher and other.publisher):
        return True
    claimed = parse(other.claimed_url or "")
    place = here or parse(about.claimed_url or "")
    return there is None and place is not None and claimed is not None and place.host == claimed.host
