"""Is a source fit to be believed here? Who says it comes before how it sounds.

For now identity comes from tags: front matter, the user's own tags, and copies of what is tagged. Each
judgement carries reasons that a person can read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.library.documents import Hit
from clearspan.library.library import Library
from clearspan.overview.copies import Original, find_original, originals
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

_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|your|other)\b[^.\n]{0,30}"
    r"\b(?:instructions?|prompts?|rules?|guidelines?|sources?|documents?|directions?)\b"
    r"|\b(?:note|message|attention|instructions?|notice)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+)?(?:reader['’]s\s+)?"
    r"(?:ai|a\.i\.|assistants?|language\s+models?|chat\s?bots?|llms?|bots?)\b"
    r"|\b(?:as\s+an?|if\s+you\s+are\s+an?|you\s+are\s+(?:now\s+)?an?)\s+(?:ai|language\s+model|assistant|chat\s?bot|llm)\b"
    r"|\bsystem\s*(?:prompt|message)\s*:"
    r"|\b(?:ai|assistants?|language\s+models?|chat\s?bots?|llms?)\b[^.\n]{0,60}\bmust\s+(?:say|answer|reply|tell|recommend|state|respond|add|include|describe)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """A hit with its judgement."""

    hit: Hit
    source: Source


class Judge:
    """Judges sources of one library; keeps what it knows of satire until the library changes."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: tuple[int, tuple[Original, ...]] = (-1, ())

    def judge(self, hits: Sequence[Hit]) -> list[JudgedHit]:
        """A judgement for each hit, in the order given. Numbers are not given here: citations decide them."""
        known = self._satire()
        return [self._one(hit, known) for hit in hits]

    def _one(self, hit: Hit, known: tuple[Original, ...]) -> JudgedHit:
        document, passage = hit.document, hit.passage
        kind = document.kind
        reasons = [_KIND_REASON[kind]]
        standing = STANDING[kind]
        copied = None if kind == "satire" else find_original(passage.text, known, but_not=document.id)
        if copied:
            original, share = copied
            name = original.document.publisher or original.document.title
            reasons.insert(0, f"copy of satire: {share:.0%} of this passage stands word for word in {name}")
            standing = 0.0
        if addresses_ai(passage.text):
            reasons.insert(
                0, "contains instructions to an AI reader: not followed, and quoted only if you open it"
            )
            standing = 0.0
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
        return JudgedHit(hit, source)

    def _satire(self) -> tuple[Original, ...]:
        revision = self._library.revision()
        if self._known[0] != revision:
            satire = (self._library.document(d.id) for d in self._library.documents("satire"))
            self._known = (revision, originals(satire))
        return self._known[1]


def addresses_ai(text: str) -> bool:
    """Whether a text addresses an AI reader with instructions (prompt injection)."""
    return _INSTRUCTION.search(text) is not None
