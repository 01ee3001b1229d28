"""Which sentences of the sources may answer; where the question has several hops, what the first ones name as well."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clearspan.journey.asked import Asked
from clearspan.journey.judge import JudgedSources, judge
from clearspan.journey.search import Found
from clearspan.language.words import stems
from clearspan.library.documents import Hit
from clearspan.overview.answering.chains.pairing import SEVERAL
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.select import Candidate, candidates
from clearspan.overview.trust.judge import Judge
from clearspan.receipts import Hop, Source

_MOST_HOPS = 2
"""After the first search: three in all."""

_NAMED_BY = 4
"""Sentences whose names are followed, the best ones."""

_MOST_NAMES = 3
_PER_NAME = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """Judged sources and their sentences, most probable first.

    Attributes:
        kinds: probability of each kind of question.
        answered: probability that one of the best two believed sentences answers.
        note: for whoever reads the answer: that not everything read that should; empty where it did.
    """

    sources: tuple[Source, ...]
    candidates: tuple[Candidate, ...]
    kinds: Mapping[AskedFor, float]
    answered: float
    note: str = ""


def read(asked: Asked, judged: JudgedSources, reader: EvidenceReader) -> Scored:
    """Score each sentence of the judged passages as an answer."""
    found = candidates(asked.question, judged.hits, reader)
    return Scored(judged.sources, found.best_first, found.kinds, found.answered, reader.note)


def follow(
    asked: Asked, found: Found, scored: Scored, judges: Judge, reader: EvidenceReader, most: int
) -> tuple[Found, Scored]:
    """What was found and scored after searching again with the names of the best sentences.

    Only questions of several hops, or of two sides, go on; others are left as they are.

    Args:
        most: passages of the first search that were judged to be believed.
    """
    hops: list[Hop] = []
    if scored.kinds["multi_hop"] + scored.kinds["compare"] < SEVERAL:
        return found, scored
    followed: set[frozenset[str]] = set()
    for _ in range(_MOST_HOPS):
        known = {hit.passage.id for hit in found.hits}
        fresh: list[Hit] = []
        for name in _names(asked, scored, followed):
            searched = found.library.search(f"{name} {asked.question.text}", limit=_PER_NAME)
            hits = [hit for hit in searched.hits if hit.passage.id not in known]
            known |= {hit.passage.id for hit in hits}
            fresh += hits
            if hits:
                hops.append(Hop(name=name, passages=len(hits)))
        if not fresh:
            break
        found = replace(found, hits=(*found.hits[:most], *fresh, *found.hits[most:]))
        most += len(fresh)
        scored = read(asked, judge(asked, found, judges, most), reader)
    return replace(found, hops=tuple(hops)), scored


def _names(asked: Asked, scored: Scored, followed: set[frozenset[str]]) -> list[str]:
    """Names that the best sentences say and the question does not; they count as followed afterwards."""
    found: list[str] = []
    best = [one for one in scored.candidates if one.believed][:_NAMED_BY]
    for one in best:
        for name in (*one.sentence.names, one.judged.source.title):
            own = stems(name)
            if own and not own <= asked.question.sentence.stems and own not in followed:
                followed.add(own)
                found.append(name)
    return found[:_MOST_NAMES]
