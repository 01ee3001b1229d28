"""Is a source fit to be believed here? Who says it comes before how it sounds.

Identity comes from the publisher registry, from tags (front matter and the user's own) and from what a page says of
itself; a copy of what is satire or retracted carries that label, wherever it stands. Each judgement carries its
signals, and reasons that a person can read.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clearspan.language.sentences import read_sentences
from clearspan.library.documents import Document, Hit
from clearspan.library.library import Library
from clearspan.overview.question import Question
from clearspan.overview.trust import findings, satire
from clearspan.overview.trust.copies import Copy, CopyIndex, Taken
from clearspan.overview.trust.corroboration import corroborate
from clearspan.overview.trust.findings import Finding
from clearspan.overview.trust.injection.detection import Instruction, about_attacks, instruction
from clearspan.overview.trust.labels import Label, declared_label, labels, listing, publisher_key
from clearspan.overview.trust.publishers.registry import Publishers
from clearspan.overview.trust.shingles import containment, pairs
from clearspan.overview.trust.standing import STANDING
from clearspan.receipts import Source

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

__all__ = ["STANDING", "Judge", "JudgedHit"]

_LONG_PAGE = 24
"""Passages of a document that are read to judge it as a whole, about 3,000 words; of a longer one its two ends.

What was found is always read besides, wherever it stands.
"""

_NEIGHBOURS = 6
"""Other pages of a publisher that are read to judge one of them."""

_MOST_REJECTED = 12
"""Sources that are not believed and are listed nevertheless; more of them would say no more."""


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """A hit with its judgement; `copied` are spans of the document's text that are not quoted, as in `Finding`."""

    hit: Hit
    source: Source
    copied: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of a document as a whole.

    Attributes:
        copies: those of its passages by id that were compared.
        documents: whether it is about attacks on language models, by its title and its beginning.
        satire: log-odds that it is satire, by itself.
    """

    content_hash: str
    instruction: Instruction | None
    declared: Label | None
    copy: Copy | None
    copies: Mapping[str, Copy | None]
    documents: bool
    satire: float


@dataclass(slots=True)
class _Knowledge:
    """What is known of a library at one revision: labelled documents and an index of their texts."""

    revision: int = -1
    edition: int = -1
    labels: dict[str, tuple[Document, Label]] = field(default_factory=dict[str, tuple[Document, Label]])
    index: CopyIndex | None = None
    indexed: frozenset[tuple[str, str]] = frozenset()
    pages: dict[str, _Page] = field(default_factory=dict[str, _Page])
    publishers: dict[str, list[Document]] = field(default_factory=dict[str, list[Document]])

    def beside(self, document: Document) -> Sequence[Document]:
        """The documents of its publisher."""
        return self.publishers.get(publisher_key(document), ())


class Judge:
    """Judges sources of one library; keeps what it knows of the library's texts until it changes. Thread-safe.

    Args:
        publishers: the registry; the shipped list alone if none.
    """

    def __init__(self, library: Library, publishers: Publishers | None = None) -> None:
        self._library = library
        self._publishers = publishers or Publishers()
        self._knowledge = _Knowledge()
        self._lock = threading.Lock()

    def judge(
        self,
        hits: Sequence[Hit],
        question: Question | None = None,
        embedder: "Embedder | None" = None,
        enough: int | None = None,
    ) -> list[JudgedHit]:
        """A judgement for each hit, in the order given. Numbers are not given here: citations decide them.

        Args:
            question: what is asked; age counts against it.
            embedder: for the judge of style; without one it goes by words alone.
            enough: stop when so many passages of different texts are believed. What is not believed, and what
                repeats another, takes no place from what is and does not.
        """
        known = self._current()
        judged: list[Finding] = []
        believed: list[frozenset[int]] = []
        rejected = 0
        for hit in hits:
            finding = self._one(hit, known)
            if not finding.believed:
                rejected += 1
                if enough is not None and rejected > _MOST_REJECTED:
                    continue
            elif not any(containment(finding.shingles, other) > 0.9 for other in believed):
                believed.append(finding.shingles)
            judged.append(finding)
            if enough is not None and len(believed) >= enough:
                break
        for finding in judged:
            if finding.believed and finding.listing is None and finding.kind == "unknown":
                self._register(finding, known)
        corroborate(judged, question, embedder)
        return [JudgedHit(one.hit, one.source(), one.copied) for one in judged]

    def satire_behind(self, quote: str) -> Document | None:
        """The satirical or retracted document that a sentence is taken from, if it is."""
        known = self._current()
        taken = known.index.taken(quote) if known.index else []
        return known.labels[taken[0].document_id][0] if taken else None

    def _one(self, hit: Hit, known: _Knowledge) -> Finding:
        document, text = hit.document, hit.passage.text
        finding = Finding(hit, pairs(text))
        page = self._page(document, known)
        findings.publisher(finding, listing(self._publishers, document))
        findings.claimed(finding)
        label = known.labels[document.id][1] if document.id in known.labels else page.declared
        if label is not None:
            findings.labelled(finding, label)
        elif known.index is not None:
            copy = self._copy(hit, page, known.index) or page.copy
            if copy is not None:
                findings.copied(finding, copy, *known.labels[copy.document_id])
            else:
                self._repeats(finding, known.index.taken(text, document.id), known)
        here = instruction(text, documented=page.documents)
        if here is not None and here.quoted:
            examples = [one for one in read_sentences(text) if instruction(one.text) is not None]
            # Where no sentence holds it alone, it is in how they stand together, and none of them is quoted.
            spans = [(one.start, one.end) for one in examples] or [(0, len(text))]
            finding.copied += tuple((hit.passage.start + a, hit.passage.start + b) for a, b in spans)
        findings.instructed(finding, here, page.instruction)
        findings.hidden(finding)
        return finding

    def _register(self, finding: Finding, known: _Knowledge) -> None:
        """Whether a document reads like satire, beside what else there is of its publisher."""
        document = finding.hit.document
        others = [one for one in known.beside(document) if one.id != document.id][:_NEIGHBOURS]
        logits = [self._page(one, known).satire for one in others]
        probability = satire.shipped().probability(self._page(document, known).satire, logits)
        if probability >= satire.MAY_BE:
            findings.reads_like_satire(finding, probability, len(others))

    def _copy(self, hit: Hit, page: _Page, index: CopyIndex) -> Copy | None:
        if hit.passage.id in page.copies:
            return page.copies[hit.passage.id]
        return index.find([hit.passage.text], [hit.document.id])[0]

    def _repeats(self, finding: Finding, taken: Sequence[Taken], known: _Knowledge) -> None:
        start = finding.hit.passage.start
        finding.copied = tuple((start + one.start, start + one.end) for one in taken)
        for document_id in dict.fromkeys(one.document_id for one in taken):
            findings.repeats(finding, *known.labels[document_id])

    def _page(self, document: Document, known: _Knowledge) -> _Page:
        page = known.pages.get(document.id)
        if page is None or page.content_hash != document.content_hash:
            page = known.pages[document.id] = self._read_page(document, known)
        return page

    def _read_page(self, document: Document, known: _Knowledge) -> _Page:
        every = self._library.passages_of(document.id)
        half = _LONG_PAGE // 2
        passages = every if len(every) <= _LONG_PAGE else [*every[:half], *every[-half:]]
        opening = passages[0].text if passages else ""
        documents = about_attacks(f"{document.title}\n{opening}")
        given = [found for passage in passages if (found := instruction(passage.text, documented=documents))]
        meant = next((found for found in given if not found.quoted), None)
        text = "\n".join(passage.text for passage in passages)
        copies: Sequence[Copy | None] = []
        texts = [passage.text for passage in passages]
        if known.index is not None and document.id not in known.labels and len(every) <= _LONG_PAGE:
            copies = known.index.find(texts, [document.id] * len(texts))
        by_passage = {passage.id: copy for passage, copy in zip(passages, copies, strict=False)}
        label = declared_label(document, f"{text}\n\n{document.frame}")
        logit = satire.shipped().logit(document.title, text)
        copy = _whole_copy(texts, copies)
        return _Page(document.content_hash, meant, label, copy, by_passage, documents, logit)

    def _current(self) -> _Knowledge:
        """What is known of the library as it is now; made anew when it or the registry has changed."""
        with self._lock:
            revision, edition = self._library.revision(), self._publishers.edition
            old = self._knowledge
            if (old.revision, old.edition) == (revision, edition):
                return old
            labelled = labels(self._library, self._publishers)
            indexed = frozenset((document.id, document.content_hash) for document, _ in labelled.values())
            if old.index is not None and indexed == old.indexed:
                index, pages = old.index, old.pages
            else:
                index, pages = CopyIndex(self._texts, labelled), {}
            publishers: dict[str, list[Document]] = {}
            for document in self._library.documents():
                if key := publisher_key(document):
                    publishers.setdefault(key, []).append(document)
            self._knowledge = _Knowledge(revision, edition, labelled, index, indexed, pages, publishers)
            return self._knowledge

    def _texts(self, document_id: str) -> list[str]:
        return [passage.text for passage in self._library.passages_of(document_id)]


def _whole_copy(texts: Sequence[str], found: Sequence[Copy | None]) -> Copy | None:
    """The known text that most of a document repeats, so that its short remainders are judged with it."""
    sizes: dict[str, int] = {}
    for text, copy in zip(texts, found, strict=False):
        if copy is not None:
            sizes[copy.document_id] = sizes.get(copy.document_id, 0) + len(text)
    best = max(sizes, key=lambda each: sizes[each], default="")
    if not best or 2 * sizes[best] < sum(map(len, texts)):
        return None
    return next(copy for copy in found if copy is not None and copy.document_id == best)
