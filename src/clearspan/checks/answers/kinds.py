"""The figures that an answer of each kind is held to, and of which questions each is counted."""

from collections.abc import Callable
from dataclasses import dataclass

from clearspan.checks.answers.asking import AnsweredQuestion, ShownAnswer
from clearspan.checks.answers.matching import LONG_WORDS, normalised
from clearspan.checks.answers.verdicts import (
    PEOPLE,
    cited_sentences,
    evidence_f1,
    is_calculated,
    is_yes_no,
    list_f1,
    squad_f1,
    stated,
)
from clearspan.overview.answering.reader.training.questions import LabelledQuestion

_NEAR_MISSES = "squad2"
"""The set whose passages hold near misses, and whose measure is known of other systems."""


@dataclass(frozen=True, slots=True)
class KindFigure:
    """One figure.

    Attributes:
        bound: what it is to reach among a question's own documents, of 100; None where nothing is promised.
        counts: whether a question is among those of which it is the mean.
        value: of a question in one library, in [0, 1].
    """

    name: str
    bound: float | None
    counts: Callable[[LabelledQuestion], bool]
    value: Callable[[LabelledQuestion, ShownAnswer], float]


def _by_people(question: LabelledQuestion) -> bool:
    return question.marked in PEOPLE


def _short(question: LabelledQuestion) -> bool:
    return any(len(normalised(answer).split()) <= 2 * LONG_WORDS for answer in question.answers)


def _table(question: LabelledQuestion) -> bool:
    return question.answerable and "table" in question.kinds and _short(question)


def _stated(question: LabelledQuestion, shown: ShownAnswer) -> float:
    return float(stated(question, shown))


def _evidence_f1(_: LabelledQuestion, shown: ShownAnswer) -> float:
    return evidence_f1(shown)


def _all_cited(_: LabelledQuestion, shown: ShownAnswer) -> float:
    return float(bool(shown.evidence) and all(cited_sentences(shown)))


def _plain(kind: str) -> Callable[[LabelledQuestion], bool]:
    return lambda one: (
        one.answerable and one.kind == kind and "table" not in one.kinds and not is_calculated(one)
    )


FIGURES = (
    KindFigure("fact: answer stated", 75, _plain("fact"), _stated),
    KindFigure("number: answer stated", 70, _plain("number"), _stated),
    KindFigure("definition: answer stated", None, _plain("definition"), _stated),
    KindFigure("yes/no: accuracy", 72, lambda one: one.answerable and is_yes_no(one), _stated),
    KindFigure(
        "yes/no: a word is said",
        None,
        lambda one: one.answerable and is_yes_no(one),
        lambda _, s: float(bool(s.word)),
    ),
    KindFigure(
        "list: F1 of items",
        55,
        lambda one: one.answerable and "list" in one.kinds and not is_calculated(one),
        list_f1,
    ),
    KindFigure("how: F1 of evidence", 55, lambda one: one.kind == "how" and _by_people(one), _evidence_f1),
    KindFigure("why: F1 of evidence", 55, lambda one: one.kind == "why" and _by_people(one), _evidence_f1),
    KindFigure(
        "how and why, a section is marked: F1 of evidence",
        None,
        lambda one: one.kind in ("how", "why") and one.marked == "section",
        _evidence_f1,
    ),
    KindFigure(
        "multi-hop: all evidence cited",
        40,
        lambda one: one.kind == "multi_hop" and _by_people(one),
        _all_cited,
    ),
    KindFigure(
        "multi-hop: answer stated",
        None,
        lambda one: (
            one.kind == "multi_hop" and one.answerable and not is_yes_no(one) and not is_calculated(one)
        ),
        _stated,
    ),
    KindFigure("table: look-ups stated", 60, lambda one: _table(one) and not is_calculated(one), _stated),
    KindFigure("table: arithmetic stated", 45, lambda one: _table(one) and is_calculated(one), _stated),
    KindFigure(
        "table, answer is a sentence: F1 of rows cited",
        None,
        lambda one: "table" in one.kinds and not _short(one) and _by_people(one),
        _evidence_f1,
    ),
    KindFigure("SQuAD 2: F1 with near misses", 66, lambda one: one.origin == _NEAR_MISSES, squad_f1),
    KindFigure(
        "SQuAD 2: silence where there is no answer",
        70,
        lambda one: one.origin == _NEAR_MISSES and not one.answerable,
        squad_f1,
    ),
)


def of_figure(figure: KindFigure, answered: list[AnsweredQuestion]) -> list[AnsweredQuestion]:
    """The questions of which a figure is the mean."""
    return [one for one in answered if figure.counts(one.question)]


def macro_yes_no(answered: list[AnsweredQuestion], own: bool) -> float:
    """Mean over right answers (yes, no, maybe) of the share that is answered rightly; NaN where there is none."""
    by_answer: dict[str, list[float]] = {}
    for one in answered:
        if one.question.answerable and is_yes_no(one.question):
            shown = one.own if own else one.together
            right = normalised(one.question.answers[0]).split()[0]
            by_answer.setdefault(right, []).append(_stated(one.question, shown))
    shares = [sum(each) / len(each) for each in by_answer.values()]
    return sum(shares) / len(shares) if shares else float("nan")
