"""Candidates made by hand, for the parts that only compare them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from clearspan.language.sentences import Sentence
from clearspan.library.documents import Document, Hit, Passage
from clearspan.overview.answering.select import Candidate
from clearspan.overview.trust.judge import STANDING, JudgedHit
from clearspan.receipts import Kind, Source

MakeCandidate = Callable[..., Candidate]


@pytest.fixture
def candidate() -> MakeCandidate:
    """Makes a candidate from a sentence, a title, a kind, a date and a probability."""

    def make(
        text: str,
        title: str = "A page",
        kind: Kind = "reference",
        date: str | None = None,
        probability: float = 0.9,
    ) -> Candidate:
        document = Document(
            id=f"d-{title}",
            locator=title,
            title=title,
            text=text,
            media_type="text/plain",
            content_hash="",
            added_at=datetime.now(UTC),
            date=date,
            kind=kind,
        )
        passage = Passage(f"{document.id}:0", document.id, 0, 0, len(text), text)
        source = Source(
            number=None,
            document_id=document.id,
            passage_id=passage.id,
            start=0,
            end=len(text),
            title=title,
            date=date,
            kind=kind,
            standing=STANDING[kind],
            believed=STANDING[kind] > 0,
            reasons=("made by hand",),
        )
        judged = JudgedHit(Hit(passage, document, 1.0, ()), source)
        return Candidate(judged, Sentence(text), probability, ())

    return make
