"""All derivations of a question over some tables, and the answers they come to, most probable first."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.tables.denotations import Denotation, denote
from clearspan.overview.answering.tables.derivations import Derivation, derivations_of
from clearspan.overview.answering.tables.grids import Grid, grids_of
from clearspan.overview.answering.tables.links import QuestionMeaning, chosen, links_of, meaning_of
from clearspan.overview.answering.tables.model import Parser
from clearspan.overview.answering.tables.predictors import PREDICTORS, Floats, GridPredictors, predictors_of
from clearspan.overview.answering.tables.rowsets import Rowset, rowsets_of
from clearspan.overview.answering.tables.table import DocumentTable
from clearspan.overview.answering.tables.wording import QuestionWording, read_wording

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

READ = 120
_LEAST = 1e-6
"""Derivations whose outcome is worked out, the most probable ones; the others together weigh next to nothing."""

_LEFT_OVER = PREDICTORS.index("left over")

MEASURES = ("log probability", "lead over the next", "left over", "worked out", "turned", "answers")
"""What the sureness of an answer is read from."""


@dataclass(frozen=True, slots=True)
class GridReading:
    """A grid with all that may be done with it for a question."""

    grid: Grid
    rowsets: tuple[Rowset, ...]
    derivations: tuple[Derivation, ...]
    predictors: GridPredictors


@dataclass(frozen=True, slots=True)
class Ranked:
    """An answer that some derivations come to.

    Attributes:
        reading, derivation, denotation: the most probable of them.
        share: probability of all of them among what was read.
        measures: see `MEASURES`.
    """

    reading: GridReading
    derivation: Derivation
    denotation: Denotation
    share: float
    measures: Floats


def read_tables(
    wording: QuestionWording,
    tables: Sequence[DocumentTable],
    meaning: QuestionMeaning | None,
    embedder: "Embedder | None",
) -> list[GridReading]:
    """Every grid of the tables, with its derivations."""
    found: list[GridReading] = []
    for grid in (grid for table in tables for grid in grids_of(table)):
        links = links_of(grid, wording, meaning, embedder)
        rowsets = rowsets_of(grid, wording)
        derivations = derivations_of(grid, rowsets, *chosen(grid, links, wording))
        if derivations:
            predictors = predictors_of(grid, wording, rowsets, links, derivations)
            found.append(GridReading(grid, rowsets, tuple(derivations), predictors))
    return found


def rank(
    question: str, tables: Sequence[DocumentTable], embedder: "Embedder | None", parser: Parser
) -> list[Ranked]:
    """The answers of all derivations, most probable first."""
    wording = read_wording(question)
    meaning = meaning_of(question, embedder)
    readings = read_tables(wording, tables, meaning, embedder)
    said = parser.said(wording.grams, meaning.whole if meaning else None)
    return ranked(question, readings, [parser.scores(one.predictors, said) for one in readings])


def ranked(
    question: str, readings: Sequence[GridReading], scores: Sequence[NDArray[np.floating]]
) -> list[Ranked]:
    """The answers of the derivations with these scores, most probable first."""
    best: list[tuple[float, int, int]] = []
    for number, score in enumerate(scores):
        top: list[int] = np.argsort(-score)[:READ].tolist()
        best += [(float(score[place]), number, place) for place in top]
    best.sort(reverse=True)
    read: list[tuple[int, int, Denotation]] = []
    values: list[tuple[str, ...]] = []
    kept: list[float] = []
    for score, number, place in best[:READ]:
        one = readings[number]
        denotation = denote(one.grid, one.rowsets, one.derivations[place], question)
        if denotation is not None:
            read.append((number, place, denotation))
            values.append(denotation.values)
            kept.append(score)
    answers: list[Ranked] = []
    for weighed in weigh(kept, values):
        number, place, denotation = read[weighed.best]
        one = readings[number]
        measures = measures_of(weighed, one.predictors, place, denotation.number is not None)
        answers.append(Ranked(one, one.derivations[place], denotation, weighed.share, measures))
    return answers


@dataclass(frozen=True, slots=True)
class Weighed:
    """What several derivations come to.

    Attributes:
        best: place of the most probable of them.
        share: probability of all of them.
        rival: that of the most probable other answer.
        answers: how many different answers there are.
    """

    best: int
    share: float
    rival: float
    answers: int


def weigh(scores: Sequence[float], answers: Sequence[Hashable]) -> list[Weighed]:
    """The probability of each answer, from the scores of derivations in falling order and what each comes to."""
    if not scores:
        return []
    first: dict[Hashable, int] = {}
    masses: dict[Hashable, float] = {}
    for place, (score, answer) in enumerate(zip(scores, answers, strict=True)):
        first.setdefault(answer, place)
        masses[answer] = masses.get(answer, 0.0) + math.exp(score - scores[0])
    total = sum(masses.values())
    order = sorted(masses, key=lambda answer: -masses[answer])
    shares = [masses[answer] / total for answer in order]
    top, second = shares[0], shares[1] if len(shares) > 1 else 0.0
    return [
        Weighed(first[answer], share, top if place else second, len(order))
        for place, (answer, share) in enumerate(zip(order, shares, strict=True))
    ]


def measures_of(weighed: Weighed, predictors: GridPredictors, place: int, worked_out: bool) -> Floats:
    """What the sureness of an answer is read from, see `MEASURES`; `place` is of its best derivation in its grid."""
    left_over = predictors.table(np.array([place]))[0, _LEFT_OVER]
    share, rival = max(weighed.share, _LEAST), max(weighed.rival, _LEAST)
    return np.array(
        (
            math.log(share),
            math.log(share / rival),
            left_over,
            worked_out,
            predictors.turned,
            math.log(weighed.answers),
        ),
        np.float32,
    )
