"""Sentences of documents with who says them, and which of them speak of the same thing as another sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.faults import FaultEvidence
from clearspan.language.sentences import Sentence, read_sentences
from clearspan.library.documents import Document
from clearspan.receipts import Source

SAME_MATTER = 0.5
"""Share of a sentence's telling words from which another one speaks of the same thing."""

_FEW = 5


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence of a document.

    Attributes:
        sentence: with its white space made plain; its offsets mean nothing.
        evidence: the same as a diagnosis keeps it, with its place in the document.
        source: what it was found as; None where search did not find its document.
    """

    sentence: Sentence
    evidence: FaultEvidence
    source: Source | None

    @property
    def believed(self) -> bool:
        """Whether search found it and its source is believed."""
        return self.source is not None and self.source.believed

    @property
    def name(self) -> str:
        """Its document as a person is told of it."""
        return titled(self.evidence)


def source_sentences(text: str, offset: int, of: Document | Source) -> list[SourceSentence]:
    """The sentences of a text.

    Args:
        offset: where the text begins in its document, in characters.
        of: what it belongs to: a source that search found, or a document that it did not find.
    """
    source, document_id = (of, of.document_id) if isinstance(of, Source) else (None, of.id)
    found: list[SourceSentence] = []
    for each in read_sentences(text):
        quote = " ".join(each.text.split())
        evidence = FaultEvidence(
            document_id=document_id,
            title=of.title,
            quote=quote,
            start=offset + each.start,
            end=offset + each.end,
            publisher=of.publisher,
            date=of.date,
        )
        found.append(SourceSentence(each if quote == each.text else Sentence(quote), evidence, source))
    return found


def matter(sentence: Sentence, other: Sentence) -> float:
    """Share of a sentence's telling words that another one has, in [0, 1]."""
    return len(sentence.stems & other.stems) / max(1, len(sentence.stems))


def nearest(sentence: Sentence, told: Sequence[SourceSentence]) -> list[SourceSentence]:
    """All, those first that speak most of the same thing."""
    return sorted(told, key=lambda one: matter(sentence, one.sentence), reverse=True)


def near(sentence: Sentence, told: Sequence[SourceSentence]) -> list[SourceSentence]:
    """The few that speak of the same thing, nearest first."""
    return [one for one in nearest(sentence, told) if matter(sentence, one.sentence) >= SAME_MATTER][:_FEW]


def titled(evidence: FaultEvidence) -> str:
    """The document of a piece of evidence as a person is told of it: title and date."""
    dated = f" ({evidence.date})" if evidence.date else ""
    return f"“{evidence.title}”{dated}"
