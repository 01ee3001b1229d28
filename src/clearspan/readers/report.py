"""What readers do with answers, reported from events: how often, in how many visits, and what overviews change.

A visit sees overviews or, in the holdout, search results alone; which of the two is drawn by hash, so that the
difference between them is what overviews do. Visits are independent, the questions of one visit are not: every
interval is taken over visits.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

import numpy as np

from clearspan.errors import BadInput
from clearspan.events import Arm, Event, QueryType
from clearspan.measure import intervals
from clearspan.measure.estimate import Estimate, finite
from clearspan.readers.visits import View, Visit, visits_of

Side = Literal["overview", "results", "difference"]
Unit = Literal["share", "questions", "seconds"]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One figure: of one side, or the first side minus the second, for one type of question or for all."""

    query_type: str
    side: Side
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted, for all questions and then by type of question."""

    name: str
    title: str
    unit: Unit
    how: str
    rows: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class ReadersReport:
    """What readers did from a day on.

    Attributes:
        since: first day that is counted; None for all that is kept.
        sessions: visits with and without overviews.
        questions: questions in them.
        measures: what was counted.
        notes: what must be known to read it.
    """

    since: date | None
    sessions: dict[Arm, int]
    questions: dict[Arm, int]
    measures: tuple[Measure, ...]
    notes: tuple[str, ...]


def as_csv(report: ReadersReport) -> str:
    """Every figure on a line: measure, type of question, side, value, low, high, unit, how it was counted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["measure", "query_type", "side", "value", "low", "high", "unit", "how"])
    for measure in report.measures:
        for row in measure.rows:
            one = row.estimate
            figures = [finite(one.value), finite(one.low), finite(one.high)]
            writer.writerow([measure.name, row.query_type, row.side, *figures, measure.unit, one.how])
    return out.getvalue()


def first_day(since: str, today: date | None = None) -> date:
    """The day that `30d` or `2026-03-01` names.

    Raises:
        BadInput: it is neither.
    """
    if match := re.fullmatch(r"(\d{1,4})\s*d(?:ays?)?", since.strip()):
        return (today or datetime.now(UTC).date()) - timedelta(days=int(match[1]))
    try:
        return date.fromisoformat(since.strip())
    except ValueError as error:
        raise BadInput(
            f"{since[:40]!r} is no day to count from.",
            do="Give a number of days, such as 30d, or a date, such as 2026-03-01.",
        ) from error


def report_on(events: Iterable[Event], since: date | None = None) -> ReadersReport:
    """The report on events, as `visits_of` puts them together; visits that saw both sides are left out."""
    every = visits_of(events)
    visits = [visit for visit in every if not visit.is_mixed]
    sides: dict[Arm, list[Visit]] = {"overview": [], "results": []}
    for visit in visits:
        sides[visit.views[0].arm].append(visit)
    types = _types(visits)
    return ReadersReport(
        since=since,
        sessions={arm: len(of) for arm, of in sides.items()},
        questions={arm: sum(len(visit.views) for visit in of) for arm, of in sides.items()},
        measures=_measures(sides, types),
        notes=_notes(sides, len(every) - len(visits)),
    )


def _types(visits: Sequence[Visit]) -> list[str]:
    asked = [view.query_type for visit in visits for view in visit.views]
    return sorted(set(asked), key=lambda one: (-asked.count(one), get_args(QueryType).index(one)))


def _measures(sides: dict[Arm, list[Visit]], types: Sequence[str]) -> tuple[Measure, ...]:
    def shares(
        success: Callable[[View], bool], trial: Callable[[View], bool], both: bool = True
    ) -> tuple[MeasureRow, ...]:
        return _rows(types, sides, both, _share_of(success, trial), intervals.difference_of_shares)

    return (
        Measure(
            "citation_click_through",
            "Answers of which a citation was opened",
            "share",
            "of the overviews that were shown and cite something, those of which a citation was opened",
            shares(lambda view: view.cited, lambda view: view.shown and view.citations > 0, both=False),
        ),
        Measure(
            "result_click_through",
            "Questions of which a result was opened",
            "share",
            "of what was shown, that of which a source beside the overview, or a search result, was opened",
            shares(lambda view: view.clicked, lambda view: view.shown),
        ),
        Measure(
            "receipts_opened",
            "Answers of which the receipt was opened",
            "share",
            "of the overviews that were shown",
            shares(lambda view: view.receipt, lambda view: view.shown, both=False),
        ),
        Measure(
            "followed_up",
            "Questions that another one followed",
            "share",
            "of the questions, those after which the same visit asked again",
            shares(lambda view: view.followed, lambda _: True),
        ),
        Measure(
            "questions_per_session",
            "Questions in a visit",
            "questions",
            "by type of question: visits whose first question is of that type",
            _questions(types, sides),
        ),
        Measure(
            "dwell",
            "Time that an answer is in sight",
            "seconds",
            "median over visits of each visit's median; a page that is hidden or left is not in sight",
            _rows(types, sides, True, _dwell, None),
        ),
    )


Sampler = Callable[[Sequence[Visit], str | None], Estimate]


def _rows(
    types: Sequence[str],
    sides: dict[Arm, list[Visit]],
    both: bool,
    sample: Sampler,
    difference: Callable[[Estimate, Estimate], Estimate] | None,
) -> tuple[MeasureRow, ...]:
    rows: list[MeasureRow] = []
    for kind in (None, *types):
        name = kind or "all"
        first = sample(sides["overview"], kind)
        rows.append(MeasureRow(name, "overview", first))
        if both and sides["results"]:
            second = sample(sides["results"], kind)
            rows.append(MeasureRow(name, "results", second))
            if difference:
                rows.append(MeasureRow(name, "difference", difference(first, second)))
    return tuple(rows)


def _share_of(success: Callable[[View], bool], trial: Callable[[View], bool]) -> Sampler:
    def sample(visits: Sequence[Visit], kind: str | None) -> Estimate:
        tried = [[v for v in visit.views if trial(v) and kind in (None, v.query_type)] for visit in visits]
        return intervals.share([sum(map(success, views)) for views in tried], [len(views) for views in tried])

    return sample


def _questions(types: Sequence[str], sides: dict[Arm, list[Visit]]) -> tuple[MeasureRow, ...]:
    rows: list[MeasureRow] = []
    for kind in (None, *types):
        name = kind or "all"
        counted = {
            arm: [len(visit.views) for visit in visits if kind in (None, visit.views[0].query_type)]
            for arm, visits in sides.items()
        }
        rows.append(MeasureRow(name, "overview", intervals.mean(counted["overview"], "questions")))
        if sides["results"]:
            rows.append(MeasureRow(name, "results", intervals.mean(counted["results"], "questions")))
            gap = intervals.difference_of_means(counted["overview"], counted["results"], "questions")
            rows.append(MeasureRow(name, "difference", gap))
    return tuple(rows)


def _dwell(visits: Sequence[Visit], kind: str | None) -> Estimate:
    seen = [
        [view.seconds for view in visit.views if view.seconds and kind in (None, view.query_type)]
        for visit in visits
    ]
    return intervals.median([float(np.median(seconds)) for seconds in seen if seconds], "s")


def _notes(sides: dict[Arm, list[Visit]], mixed: int) -> tuple[str, ...]:
    notes = [
        "Intervals hold the true figure 95 times in a hundred. They are taken over visits: one busy reader is one."
    ]
    if not sides["results"]:
        notes.append(
            "No visit was held out, so nothing says what overviews change. The setting readers_holdout, such as 0.1, "
            "lets that share of visits see search results instead."
        )
    if mixed:
        notes.append(
            f"{mixed} visits saw overviews and results, because the share was changed on the way; they are left out."
        )
    return tuple(notes)
