"""From candidates to the two that answer together, each with the probability of both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from clearspan.overview.answering.chains.model import MOST, shipped
from clearspan.overview.answering.chains.predictors import Fact
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.select import TOGETHER, Candidate
from clearspan.overview.question import Question
from clearspan.receipts import Check

SEVERAL = 0.5
"""Probability of a question of several hops from which two sentences are looked for."""

_LEAST_ALONE = 0.002
"""Probability below which a sentence is in no chain. What a first sentence leads to is mostly taken for an answer to
something else, so it is low; further down is what says nothing of what is asked."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Two sentences that answer together, each with the probability of both as its own.

    Attributes:
        first, second: in the order in which they are told.
        leads: whether the first only leads to the second, which answers; else each tells one side.
        rivals: others that the first leads to nearly as well, which may bear out the second or dispute it.
    """

    first: Candidate
    second: Candidate
    leads: bool
    rivals: tuple[Candidate, ...] = ()

    @property
    def both(self) -> tuple[Candidate, Candidate]:
        """Both of them."""
        return self.first, self.second

    @property
    def probability(self) -> float:
        """That they answer together."""
        return self.second.probability


def chain_of(
    question: Question, candidates: Sequence[Candidate], kinds: Mapping[AskedFor, float]
) -> Chain | None:
    """The two believed sentences that most likely answer together.

    None where the question needs no two, or there are none.

    Args:
        candidates: the likeliest first.
        kinds: as the reader sees the question.
    """
    if kinds["multi_hop"] < SEVERAL:
        return None
    able = able_of(candidates)
    found = shipped().best(question.sentence, facts(able))
    if found is None:
        return None
    check = Check(
        name=TOGETHER, score=round(found.probability, 3), detail="that both of them answer: what decides"
    )
    first, second, *rivals = (
        replace(
            able[at],
            probability=found.probability,
            checks=(*(known for known in able[at].checks if known.name != TOGETHER), check),
        )
        for at in (found.first, found.second, *found.rivals)
    )
    return Chain(first, second, not found.alike, () if found.alike else tuple(rivals))


def raised(candidates: Sequence[Candidate], others: Iterable[Candidate]) -> list[Candidate]:
    """The candidates with others in the place of the same sentences."""
    own = {_place(one): one for one in others}
    return [own.get(_place(one), one) for one in candidates]


def holds(candidates: Sequence[Candidate], chain: Chain) -> bool:
    """Whether both sentences of a chain are among the candidates."""
    return {_place(one) for one in chain.both} <= {_place(one) for one in candidates}


def able_of(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that may be in a chain: believed, told once, and not plainly about something else."""
    return [
        one for one in candidates if one.believed and not one.repeats and one.probability >= _LEAST_ALONE
    ][:MOST]


def facts(candidates: Sequence[Candidate]) -> list[Fact]:
    """Candidates as they are weighed in pairs."""
    return [
        Fact.of(
            one.judged.source.document_id, one.judged.source.title, one.start, one.sentence, one.probability
        )
        for one in candidates
    ]


def _place(one: Candidate) -> tuple[str, int, int]:
    return one.judged.source.document_id, one.start, one.end
