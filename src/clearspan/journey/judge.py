"""Which sources are believed, and which of their sentences may answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearspan.journey.asked import Asked
from clearspan.journey.search import Found
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.select import Candidate, candidates
from clearspan.overview.trust.judge import Judge
from clearspan.receipts import Source


@dataclass(frozen=True, slots=True)
class Scored:
    """Judged sources, one a document and without numbers, and their sentences, most probable first.

    Attributes:
        kinds: probability of each kind of question.
    """

    sources: tuple[Source, ...]
    candidates: tuple[Candidate, ...]
    kinds: Mapping[AskedFor, float]


def judge(asked: Asked, found: Found, judges: Judge, reader: EvidenceReader, most: int) -> Scored:
    """Judge each source, then score each of their sentences as an answer.

    Args:
        judges: of the library that was searched.
        reader: scores the sentences.
        most: passages that are judged to be believed.
    """
    judged = judges.judge(found.hits, asked.question, found.embedder, most)
    sources = _by_document([each.source for each in judged])
    read = candidates(asked.question, judged, reader)
    return Scored(sources, read.best_first, read.kinds)


def _by_document(sources: Sequence[Source]) -> tuple[Source, ...]:
    """One source a document: its best believed passage, or its best one if none is believed."""
    best: dict[str, Source] = {}
    for source in sources:
        known = best.get(source.document_id)
        if known is None:
            best[source.document_id] = source
        elif source.believed != known.believed:
            shown, other = (source, known) if source.believed else (known, source)
            warning = f"another passage of it was not believed: {other.reasons[0]}"
            reasons = tuple(dict.fromkeys((*shown.reasons, warning)))
            best[source.document_id] = shown.model_copy(update={"reasons": reasons})
    return tuple(sorted(best.values(), key=lambda source: not source.believed))
