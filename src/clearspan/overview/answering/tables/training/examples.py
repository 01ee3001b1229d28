"""Questions with all their derivations in numbers, and which of these come to the answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.answering.tables.denotations import denote
from clearspan.overview.answering.tables.links import meaning_of
from clearspan.overview.answering.tables.predictors import Floats, GridPredictors
from clearspan.overview.answering.tables.ranking import GridReading, read_tables
from clearspan.overview.answering.tables.table import tables_of
from clearspan.overview.answering.tables.training.agreeing import agrees
from clearspan.overview.answering.tables.wording import read_wording

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

LICENCES = {
    "wikitables": "WikiTableQuestions (Pasupat & Liang, 2015), CC BY-SA 4.0",
    "tatqa": "TAT-QA (Zhu et al., 2021), CC BY 4.0",
    "aitqa": "AIT-QA (Katsis et al., 2022), CDLA-Sharing 1.0",
    "fetaqa": "FeTaQA (Nan et al., 2022), CC BY-SA 4.0",
}
"""The sets of questions about tables, with their authors and licences."""

SETS = tuple(LICENCES)

_MOST_TABLES = 6


@dataclass(frozen=True, slots=True)
class TableExample:
    """A question with the derivations of its tables.

    Attributes:
        grams: runs of words of the question.
        whole: its vector; None where there was no embedder.
        predictors: of each grid; derivations that come to nothing are left out.
        right: whether each derivation comes to the answer, over all grids in order, (derivations,).
        answers: number of what it comes to; derivations of one number come to the same, (derivations,).
        calculated: whether that was worked out and does not stand in a cell, (derivations,).
        shown: what it comes to, for a person, one text for each number.
    """

    question: LabelledQuestion
    grams: frozenset[str]
    whole: Floats | None
    predictors: tuple[GridPredictors, ...]
    right: NDArray[np.bool_]
    answers: NDArray[np.int32]
    calculated: NDArray[np.bool_]
    shown: tuple[str, ...]


def about_tables(questions: Sequence[LabelledQuestion]) -> list[LabelledQuestion]:
    """Those whose answer stands in a table or is worked out from one, by the word of their sets."""
    return [one for one in questions if "table" in one.kinds and one.answerable and one.trainable]


def examples_of(
    questions: Sequence[LabelledQuestion],
    embedder: "Embedder | None",
    progress: Callable[[int], None] | None = None,
) -> Iterator[TableExample]:
    """An example for each question that has a table; a question without one has no derivation."""
    for number, question in enumerate(questions, 1):
        yield _example(question, embedder)
        if progress is not None:
            progress(number)


def is_arithmetic(question: LabelledQuestion) -> bool:
    """Whether its answer is worked out, by the word of its set: of the others it stands in the table."""
    return "calculate" in question.kinds or question.marked == "none"


def _example(question: LabelledQuestion, embedder: "Embedder | None") -> TableExample:
    tables = [table for page in question.pages for table in tables_of(page.text, "", page.title)]
    wording = read_wording(question.question)
    meaning = meaning_of(question.question, embedder)
    readings = read_tables(wording, tables[:_MOST_TABLES], meaning, embedder)
    numbers: dict[tuple[str, ...], int] = {}
    known: dict[tuple[object, ...], bool] = {}
    kept: list[GridPredictors] = []
    right: list[bool] = []
    answers: list[int] = []
    calculated: list[bool] = []
    for one in readings:
        places: list[int] = []
        for place, values, worked, agreed in _outcomes(question, one, known):
            places.append(place)
            right.append(agreed)
            answers.append(numbers.setdefault(values, len(numbers)))
            calculated.append(worked)
        kept.append(replace(one.predictors, places=one.predictors.places[places]))
    return TableExample(
        question,
        wording.grams,
        meaning.whole if meaning else None,
        tuple(kept),
        np.array(right, np.bool_),
        np.array(answers, np.int32),
        np.array(calculated, np.bool_),
        tuple("; ".join(values) for values in numbers),
    )


def _outcomes(
    question: LabelledQuestion, one: GridReading, known: dict[tuple[object, ...], bool]
) -> Iterator[tuple[int, tuple[str, ...], bool, bool]]:
    for place, derivation in enumerate(one.derivations):
        denotation = denote(one.grid, one.rowsets, derivation, question.question)
        if denotation is None:
            continue
        worked = denotation.number is not None
        key = (denotation.values, worked, one.grid.turned, denotation.shown)
        agreed = known.get(key)
        if agreed is None:
            agreed = known[key] = agrees(question, one.grid, denotation)
        yield place, denotation.values, worked, agreed
