"""Which sources are believed."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.journey.asked import Asked
from clearspan.journey.search import Found
from clearspan.overview.trust.judge import Judge, JudgedHit
from clearspan.receipts import Source


@dataclass(frozen=True, slots=True)
class JudgedSources:
    """What was found, with its judgement.

    Attributes:
        hits: passages, in the order of the search.
        sources: one a document and without numbers, those that are not believed last.
    """

    hits: tuple[JudgedHit, ...]
    sources: tuple[Source, ...]


def judge(asked: Asked, found: Found, judges: Judge, most: int) -> JudgedSources:
    """Judge each source.

    Args:
        judges: of the library that was searched.
        most: passages that are judged to be believed.
    """
    hits = judges.judge(found.hits, asked.question, found.embedder, most)
    return JudgedSources(tuple(hits), _by_document([each.source for each in hits]))


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
