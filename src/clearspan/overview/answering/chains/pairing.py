"""From candidates to the two that answer together, each with the probability of both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clearspan.overview.answering.chains.features import Fact
from clearspan.overview.answering.chains.model import MOST, shipped
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import Question
from clearspan.receipts import Check

SEVERAL = 0.5
"""Probability of a question of several hops from which two sentences are looked for."""

Chain = tuple[Candidate, Candidate]


def pair_of(
    question: Question, candidates: Sequence[Candidate], kinds: Mapping[AskedFor, float]
) -> Chain | None:
    """The two believed sentences that most likely answer together, each with that probability as its own.

    None where the question needs no two, or there are none.

    Args:
        candidates: the likeliest first.
        kinds: as the reader sees the question.
    """
    if kinds["multi_hop"] < SEVERAL:
        return None
    able = [one for one in candidates if one.believed and not one.repeats][:MOST]
    found = shipped().best(question.sentence.stems, facts(able))
    if found is None:
        return None
    check = Check(
        name="the two of a chain",
        score=round(found.probability, 3),
        detail="that both together answer: what decides",
    )
    first, second = (
        replace(one, probability=found.probability, checks=(*one.checks, check))
        for one in (able[found.first], able[found.second])
    )
    return first, second


def raised(candidates: Sequence[Candidate], chain: Chain) -> list[Candidate]:
    """The candidates with those of a chain in their place."""
    own = {(one.judged.source.document_id, one.start, one.end): one for one in chain}
    return [own.get((one.judged.source.document_id, one.start, one.end), one) for one in candidates]


def facts(candidates: Sequence[Candidate]) -> list[Fact]:
    """Candidates as they are weighed in pairs."""
    return [
        Fact.of(
            one.judged.source.document_id, one.judged.source.title, one.start, one.sentence, one.probability
        )
        for one in candidates
    ]
