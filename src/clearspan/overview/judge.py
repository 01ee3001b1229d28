"""Is a source fit to be believed here? Who says it comes before how it sounds.

Identity comes from tags (front matter and the user's own), and a copy of what is tagged carries its tag. Each
judgement carries reasons that a person can read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.errors import NotFound
from clearspan.library.documents import Document, Hit
from clearspan.library.library import Library
from clearspan.library.sentences import sentences
from clearspan.overview.copies import Original, find_original, originals, sentence_from
from clearspan.overview.injection import addresses_ai
from clearspan.receipts import Kind, Source

STANDING: dict[Kind, float] = {
    "reference": 0.9,
    "reporting": 0.8,
    "unknown": 0.5,
    "opinion": 0.4,
    "forum": 0.35,
    "promotion": 0.3,
    "satire": 0.0,
}
"""How far a source of each kind is believed on a question of fact, before anything else is known of it."""

_KIND_REASON: dict[Kind, str] = {
    "reference": "reference work",
    "reporting": "reporting",
    "unknown": "publisher not known: neither trusted nor rejected",
    "opinion": "opinion: what it says is a view",
    "forum": "forum: unreviewed contributions",
    "promotion": "promotion: written to sell or persuade",
    "satire": "satire: not meant to be believed",
}

_BESIDE_INSTRUCTIONS = 0.3
"""Standing at most of a passage whose page addresses an AI reader elsewhere."""


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """A hit with its judgement; `copied` are spans of the document's text that are taken from satire."""

    hit: Hit
    source: Source
    copied: tuple[tuple[int, int], ...] = ()


class Judge:
    """Judges sources of one library; keeps what it knows of the library's texts until it changes."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._revision = -1
        self._known: tuple[Original, ...] = ()
        self._addressing: dict[str, bool] = {}

    def judge(self, hits: Sequence[Hit]) -> list[JudgedHit]:
        """A judgement for each hit, in the order given. Numbers are not given here: citations decide them."""
        known = self._satire()
        return [self._one(hit, known) for hit in hits]

    def satire_behind(self, quote: str) -> Document | None:
        """The satirical document that a sentence is taken from, if it is."""
        original = sentence_from(quote, self._satire())
        return original.document if original else None

    def _one(self, hit: Hit, known: tuple[Original, ...]) -> JudgedHit:
        document, passage = hit.document, hit.passage
        kind = document.kind
        reasons = [_KIND_REASON[kind]]
        standing = STANDING[kind]
        copied = None if kind == "satire" else find_original(passage.text, known, but_not=document.id)
        spans: tuple[tuple[int, int], ...] = ()
        if copied:
            original, share = copied
            reasons.insert(
                0, f"copy of satire: {share:.0%} of this passage stands word for word in {_name(original)}"
            )
            standing = 0.0
        elif kind != "satire":
            taken = _taken(hit, known)
            spans = tuple((start, end) for start, end, _ in taken)
            names = dict.fromkeys(_name(original) for _, _, original in taken)
            reasons += [f"repeats sentences of {name} (satire); they are not quoted" for name in names]
        if addresses_ai(passage.text):
            reasons.insert(
                0, "contains instructions to an AI reader: not followed, and quoted only if you open it"
            )
            standing = 0.0
        elif self._page_addresses_ai(document.id):
            reasons.append(
                "another part of this page gives instructions to an AI reader, so it is believed less"
            )
            standing = min(standing, _BESIDE_INSTRUCTIONS)
        if document.date:
            reasons.append(f"dated {document.date}")
        source = Source(
            number=None,
            document_id=document.id,
            passage_id=passage.id,
            start=passage.start,
            end=passage.end,
            title=document.title,
            url=document.url,
            publisher=document.publisher,
            date=document.date,
            kind=kind,
            believed=standing > 0.0,
            standing=standing,
            reasons=tuple(reasons),
            copy_of=copied[0].document.title if copied else None,
            relevance=hit.score,
            excerpt=" ".join(passage.text.split())[:240],
        )
        return JudgedHit(hit, source, spans)

    def _satire(self) -> tuple[Original, ...]:
        revision = self._library.revision()
        if self._revision != revision:
            texts = [self._text(document) for document in self._library.documents("satire")]
            self._known = originals(text for text in texts if text is not None)
            self._addressing.clear()
            self._revision = revision
        return self._known

    def _text(self, document: Document) -> Document | None:
        try:
            return self._library.document(document.id)
        except NotFound:
            # Removed by somebody else between the listing and this moment.
            return None

    def _page_addresses_ai(self, document_id: str) -> bool:
        if document_id not in self._addressing:
            passages = self._library.passages_of(document_id)
            self._addressing[document_id] = any(addresses_ai(passage.text) for passage in passages)
        return self._addressing[document_id]


def _taken(hit: Hit, known: tuple[Original, ...]) -> list[tuple[int, int, Original]]:
    passage = hit.passage
    found: list[tuple[int, int, Original]] = []
    for start, end in sentences(passage.text):
        original = sentence_from(passage.text[start:end], known, but_not=hit.document.id)
        if original:
            found.append((passage.start + start, passage.start + end, original))
    return found


def _name(original: Original) -> str:
    return original.document.publisher or original.document.title
