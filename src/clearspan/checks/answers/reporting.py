"""The tables and bars of measured answers."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from clearspan.checks.answers.asking import OURS, AnsweredQuestion, ShownAnswer
from clearspan.checks.answers.baselines import BASELINES, BM25, MINILM
from clearspan.checks.answers.calibration import calibration_table, shown_error
from clearspan.checks.answers.group_means import cell, of_questions, sliced
from clearspan.checks.answers.kinds import FIGURES, macro_yes_no, of_figure
from clearspan.checks.answers.verdicts import PEOPLE, Verdict, hits, verdict
from clearspan.measure.bars import Bar, Report, Table
from clearspan.measure.estimate import Estimate

Scope = Literal["own", "together"]
SCOPES: tuple[tuple[Scope, str], ...] = (("own", "own documents"), ("together", "all documents of the set"))

_TELLING = frozenset({"why", "how", "compare", "list", "definition"})
"""Kinds whose overviews are to hold a sentence in the model's own words."""

_NOTES = (
    "Only the fold that no reader is trained on is asked, split so that no document, title or wording is shared. A "
    "question is asked twice: of its own documents, and of all held-out documents of its set. Intervals are 95 %, by "
    "groups of questions about one page. The few weights that calibrate the reader's probabilities and those that "
    "weigh pairs of sentences were fitted on some of this fold.",
    "A sentence is the right one if it shares at least half of the shorter of the two with a sentence that people "
    "marked, wherever in the library that stands; so the first passage is right if the marked sentence stands "
    "anywhere in it. Baselines rank the sentences of the twelve passages that search puts first.",
    "An answer is stated if it stands in the overview without articles, case and marks (as in SQuAD), as the same "
    "value, or, from six words on, by seven in ten of its telling words; an answer of over twelve words by a marked "
    "sentence that is cited. One of one or two characters counts only in a sentence that cites what is marked, and one "
    "that must be worked out only in a sentence that is not merely quoted. Yes and no count where the overview "
    "says the word; without it a yes/no question counts as silent. An overview is right if it states an "
    "answer, or cites a marked sentence (all of them where several facts must come together). Strings are a blunt "
    "tool: a right answer in other words counts as something else.",
)


def as_report(answered: Sequence[AnsweredQuestion], command: str, generate: bool) -> Report:
    """Everything that was measured, with the bars."""
    tables = [
        first_table(answered),
        kinds_table(answered),
        *(outcomes_table(answered, scope, words) for scope, words in reversed(SCOPES)),
        calibration_table(answered),
        cost_table(answered),
    ]
    bars = [*_first_bars(answered), *_kind_bars(answered), *_outcome_bars(answered)]
    if generate:
        told = [one for one in answered if one.question.kind in _TELLING and one.together.claims]
        bars.append(
            Bar("overviews with a generated sentence, %", of_questions(told, _is_generated).value, 60)
        )
    return Report("Answers to questions that people asked", command, tables, bars, _NOTES)


def first_table(answered: Sequence[AnsweredQuestion]) -> Table:
    """How often each ranker's first span is a marked sentence."""
    columns = [
        "",
        "questions",
        *(f"{ranker}, {words}" for _, words in SCOPES for ranker in (OURS, *BASELINES)),
    ]
    rows: list[list[str | int]] = []
    for name, own in sliced(_by_people(answered)):
        row: list[str | int] = [name, len(own)]
        for scope, _ in SCOPES:
            row.append(cell(_first(own, scope, OURS)))
            row += [f"{_first(own, scope, ranker).value:.0f}" if own else "–" for ranker in BASELINES]
        rows.append(row)
    return Table("Right sentence first, % of questions whose evidence people marked", columns, rows)


def kinds_table(answered: Sequence[AnsweredQuestion]) -> Table:
    """The figure of each kind in both libraries."""
    rows: list[tuple[str | int | float, ...]] = []
    for figure in FIGURES:
        own = of_figure(figure, list(answered))
        each = [
            cell(of_questions(own, lambda one, s=scope, f=figure: f.value(one.question, shown(one, s))))
            for scope, _ in SCOPES
        ]
        rows.append((figure.name, len(own), *each))
    macro = [f"{100 * macro_yes_no(list(answered), scope == 'own'):.0f}" for scope, _ in SCOPES]
    rows.append(("yes/no: mean of the accuracies of yes, no and maybe", "", *macro))
    return Table("Answers by kind, %", ("", "questions", *(words for _, words in SCOPES)), rows)


def outcomes_table(answered: Sequence[AnsweredQuestion], scope: Scope, words: str) -> Table:
    """Right, something else or silent, and silence where there is no answer."""
    columns = ("", "answerable", "right", "something else", "silent", "unanswerable", "met with silence")
    rows: list[tuple[str | int, ...]] = []
    for name, own in sliced(answered):
        able = [one for one in own if one.question.answerable]
        unable = [one for one in own if not one.question.answerable]
        each = [cell(_outcome(able, scope, kind)) for kind in ("right", "something else", "silent")]
        rows.append((name, len(able), *each, len(unable), cell(_outcome(unable, scope, "rightly silent"))))
    return Table(f"What becomes of a question, {words}, % of the questions before it", columns, rows)


def cost_table(answered: Sequence[AnsweredQuestion]) -> Table:
    """Time and length of an answer from all documents of its set; from its own ones much is remembered by then."""
    seconds = [one.together.seconds for one in answered]
    claims = [one.together.claims for one in answered if one.together.claims]
    lengths = [sum(len(claim.text.split()) for claim in each) for each in claims]
    middle, late = (float(value) for value in np.percentile(seconds, [50, 95]))
    words = float(np.median(lengths)) if lengths else float("nan")
    columns = ("seconds at the median", "seconds at the 95th percentile", "words shown at the median")
    return Table("What an answer takes, all documents of the set", columns, [(middle, late, words)])


def shown(one: AnsweredQuestion, scope: Scope) -> ShownAnswer:
    """What became of the question in one of its two libraries."""
    return one.own if scope == "own" else one.together


def wrong_among_given(answered: Sequence[AnsweredQuestion], scope: Scope) -> Estimate:
    """The share of overviews that show something else, or show anything where there is no answer, of 100."""
    wrong: tuple[Verdict, ...] = ("something else", "should be silent")
    given = [one for one in answered if verdict(one.question, shown(one, scope)) in ("right", *wrong)]
    return of_questions(given, lambda one: verdict(one.question, shown(one, scope)) in wrong)


def _first_bars(answered: Sequence[AnsweredQuestion]) -> list[Bar]:
    marked = _by_people(answered)
    own, together = (_first(marked, scope, OURS).value for scope, _ in SCOPES)
    better = max(_first(marked, "own", ranker).value for ranker in (BM25, MINILM))
    return [
        Bar("right sentence first, own documents, %", own, 70),
        Bar("the same, points above the better sentence baseline", own - better, 15),
        Bar("right sentence first, all documents of the set, %", together, 55),
    ]


def _kind_bars(answered: Sequence[AnsweredQuestion]) -> list[Bar]:
    bars: list[Bar] = []
    for figure in FIGURES:
        if figure.bound is not None:
            own = of_figure(figure, list(answered))
            found = of_questions(own, lambda one, f=figure: f.value(one.question, one.own))
            bars.append(Bar(f"{figure.name}, own documents, %", found.value, figure.bound))
    return bars


def _outcome_bars(answered: Sequence[AnsweredQuestion]) -> list[Bar]:
    able = [one for one in answered if one.question.answerable]
    unable = [one for one in answered if not one.question.answerable]
    return [
        Bar("right answer shown, all documents of the set, %", _outcome(able, "together", "right").value, 60),
        Bar("something else shown, %", _outcome(able, "together", "something else").value, 10, "<="),
        Bar("unanswerable met with silence, %", _outcome(unable, "together", "rightly silent").value, 75),
        Bar("wrong among those given, %", wrong_among_given(answered, "together").value, 10, "<="),
        Bar("calibration error of the shown probability", shown_error(answered), 0.05, "<="),
    ]


def _by_people(answered: Sequence[AnsweredQuestion]) -> list[AnsweredQuestion]:
    return [one for one in answered if one.question.marked in PEOPLE and one.together.evidence]


def _first(answered: Sequence[AnsweredQuestion], scope: Scope, ranker: str) -> Estimate:
    return of_questions(
        answered, lambda one: float(hits(shown(one, scope).firsts[ranker], shown(one, scope)))
    )


def _outcome(answered: Sequence[AnsweredQuestion], scope: Scope, kind: Verdict) -> Estimate:
    return of_questions(answered, lambda one: float(verdict(one.question, shown(one, scope)) == kind))


def _is_generated(one: AnsweredQuestion) -> float:
    return float(any(claim.origin == "generated" for claim in one.together.claims))
