"""What a shape is made from: the question, what kind of question it may be, and statements with their probabilities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.statements.statement import QuotableStatement
from clearspan.overview.question import Question

DocumentSpan = tuple[str, int, int]
"""A document's id, and where a stretch of its stored text begins and ends, in characters."""


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What a reader found in front of the sentences, besides how probably each is evidence; empty where nothing read.

    Attributes:
        kinds: probability of each kind of question, about 1 in sum.
        answers: for sentences by their span, where the short answer begins and ends in the document.
        yes: for sentences by their span, the probability that the question is answered with yes there.
    """

    kinds: Mapping[AskedFor, float] = field(default_factory=dict[AskedFor, float])
    answers: Mapping[DocumentSpan, tuple[int, int]] = field(
        default_factory=dict[DocumentSpan, tuple[int, int]]
    )
    yes: Mapping[DocumentSpan, float] = field(default_factory=dict[DocumentSpan, float])


@dataclass(frozen=True, slots=True)
class ScoredStatement:
    """A statement of a source, with what was read in it in answer to the question.

    Attributes:
        statement: its offsets count in `window`.
        window: the stretch of the document that was read around it.
        offset: where the window begins in the document's stored text, in characters.
        source: id of the document.
        title: of the document.
        probability: that it is evidence, in [0, 1]; 0 for one that nobody asked about and that stands near one.
        answer: where the short answer stands in the statement's own words, in characters.
        yes: probability that it says yes to a question that is answered so; None where that was not read.
    """

    statement: QuotableStatement
    window: str
    offset: int
    source: str
    title: str
    probability: float
    answer: tuple[int, int] | None = None
    yes: float | None = None

    @property
    def text(self) -> str:
        """Its own words, as they stand in the document."""
        return self.statement.sentence.text

    @property
    def start(self) -> int:
        """Where it begins in the document, in characters."""
        return self.offset + self.statement.start

    @property
    def end(self) -> int:
        """Where it ends in the document, in characters."""
        return self.offset + self.statement.end

    @property
    def list_id(self) -> tuple[str, int, int] | None:
        """What its list is known by among all sources; None outside lists."""
        item = self.statement.item
        return None if item is None else (self.source, self.offset, item.run)


@dataclass(frozen=True, slots=True)
class Given:
    """Everything that a shape may go by.

    Attributes:
        kinds: probability of each kind of question; those left out are impossible.
        scored: statements of the sources that were found, in the order of each document; believed ones alone.
        chosen: those that answer, best first; empty means that nothing does.
        lead: what leads to them and is told before; None where they stand by themselves.
        threshold: probability from which a statement answers.
        sure: probability from which one word is said for all of it.
        most: quotes that an answer without another bound shows at most.
    """

    question: Question
    kinds: Mapping[AskedFor, float]
    scored: Sequence[ScoredStatement]
    chosen: Sequence[ScoredStatement]
    lead: ScoredStatement | None = None
    threshold: float = 0.5
    sure: float = 0.6
    most: int = 3

    @property
    def best(self) -> ScoredStatement:
        """The statement that answers best; there must be one."""
        return self.chosen[0]

    @property
    def evidence(self) -> list[ScoredStatement]:
        """Statements at or above the threshold, most probable first."""
        found = [one for one in self.scored if one.probability >= self.threshold]
        return sorted(found, key=lambda one: one.probability, reverse=True)
