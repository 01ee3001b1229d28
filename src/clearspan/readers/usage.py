"""What readers do with answers, counted from events: how often, in how many visits, and what overviews change.

A visit sees overviews or, in the holdout, search results alone; which of the two is drawn by hash, so that the
difference between them is what overviews do. Visits are independent, the questions of one visit are not: every
interval is taken over visits.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

import numpy as np

from clearspan.errors import BadInput
from clearspan.measure import intervals
from clearspan.measure.estimate import Estimate
from clearspan.receipts import Arm, Event, QueryType

Side = Literal["overview", "results", "difference"]
Unit = Literal["share", "questions", "seconds"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: of one side, or the first side minus the second, for one type of question or for all."""

    query_type: str
    side: Side
    estimate: Estimate

    def as_dict(self) -> dict[str, str | float | None]:
        """The row for JSON."""
        return {"query_type": self.query_type, "side": self.side, **self.estimate.as_dict()}


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted, for all questions and then by type of question."""

    name: str
    title: str
    unit: Unit
    how: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Usage:
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

    def as_dict(self) -> dict[str, object]:
        """The counts for JSON: one shape for `--json`, the HTTP route and the page."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "sessions": self.sessions,
            "questions": self.questions,
            "measures": [
                {
                    "name": measure.name,
                    "title": measure.title,
                    "unit": measure.unit,
                    "how": measure.how,
                    "rows": [row.as_dict() for row in measure.rows],
                }
                for measure in self.measures
            ],
            "notes": list(self.notes),
        }


def as_csv(usage: Usage) -> str:
    """Every figure on a line: measure, type of question, side, value, low, high, unit, how it was counted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["measure", "query_type", "side", "value", "low", "high", "unit", "how"])
    for measure in usage.measures:
        for row in measure.rows:
            cells = row.as_dict()
            figures = [cells["value"], cells["low"], cells["high"]]
            writer.writerow([measure.name, row.query_type, row.side, *figures, measure.unit, cells["how"]])
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


@dataclass(slots=True)
class _View:
    """One answer, or list of results, on one reader's screen."""

    arm: Arm
    query_type: QueryType
    citations: int
    shown: bool = False
    cited: bool = False
    clicked: bool = False
    receipt: bool = False
    followed: bool = False
    seconds: int = 0


@dataclass(slots=True)
class _Visit:
    """The views of one session, in order."""

    views: list[_View] = field(default_factory=list[_View])


def count(events: Iterable[Event], since: date | None = None) -> Usage:
    """Count events; those without a session, and acts on views that nobody asked for, are left out."""
    visits, mixed = _visits(events)
    sides: dict[Arm, list[_Visit]] = {"overview": [], "results": []}
    for visit in visits:
        sides[visit.views[0].arm].append(visit)
    types = _types(visits)
    return Usage(
        since=since,
        sessions={arm: len(of) for arm, of in sides.items()},
        questions={arm: sum(len(visit.views) for visit in of) for arm, of in sides.items()},
        measures=_measures(sides, types),
        notes=_notes(sides, mixed),
    )


def _visits(events: Iterable[Event]) -> tuple[list[_Visit], int]:
    """Visits in the order of their first question, and how many were left out because they saw both sides."""
    visits: dict[str, _Visit] = defaultdict(_Visit)
    views: dict[str, _View] = {}
    for event in events:
        if event.session is None or event.view is None:
            continue
        if event.kind == "asked" and event.arm and event.query_type:
            before = visits[event.session].views
            if before:
                before[-1].followed = True
            views[event.view] = _View(event.arm, event.query_type, event.citations or 0)
            before.append(views[event.view])
        elif event.view in views:
            _act(views[event.view], event)
    pure = [visit for visit in visits.values() if len({view.arm for view in visit.views}) == 1]
    return pure, len(visits) - len(pure)


def _act(view: _View, event: Event) -> None:
    match event.kind:
        case "shown":
            view.shown = True
        case "citation_opened":
            view.cited = True
        case "result_clicked":
            view.clicked = True
        case "receipt_opened":
            view.receipt = True
        case "dwell":
            view.seconds += event.seconds or 0
        case "asked" | "document_opened":
            return


def _types(visits: Sequence[_Visit]) -> list[str]:
    asked = [view.query_type for visit in visits for view in visit.views]
    return sorted(set(asked), key=lambda one: (-asked.count(one), get_args(QueryType).index(one)))


def _measures(sides: dict[Arm, list[_Visit]], types: Sequence[str]) -> tuple[Measure, ...]:
    def shares(
        success: Callable[[_View], bool], trial: Callable[[_View], bool], both: bool = True
    ) -> tuple[Row, ...]:
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


Sampler = Callable[[Sequence[_Visit], str | None], Estimate]


def _rows(
    types: Sequence[str],
    sides: dict[Arm, list[_Visit]],
    both: bool,
    sample: Sampler,
    difference: Callable[[Estimate, Estimate], Estimate] | None,
) -> tuple[Row, ...]:
    rows: list[Row] = []
    for kind in (None, *types):
        name = kind or "all"
        first = sample(sides["overview"], kind)
        rows.append(Row(name, "overview", first))
        if both and sides["results"]:
            second = sample(sides["results"], kind)
            rows.append(Row(name, "results", second))
            if difference:
                rows.append(Row(name, "difference", difference(first, second)))
    return tuple(rows)


def _share_of(success: Callable[[_View], bool], trial: Callable[[_View], bool]) -> Sampler:
    def sample(visits: Sequence[_Visit], kind: str | None) -> Estimate:
        tried = [[v for v in visit.views if trial(v) and kind in (None, v.query_type)] for visit in visits]
        return intervals.share([sum(map(success, views)) for views in tried], [len(views) for views in tried])

    return sample


def _questions(types: Sequence[str], sides: dict[Arm, list[_Visit]]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for kind in (None, *types):
        name = kind or "all"
        counted = {
            arm: [len(visit.views) for visit in visits if kind in (None, visit.views[0].query_type)]
            for arm, visits in sides.items()
        }
        rows.append(Row(name, "overview", intervals.mean(counted["overview"], "questions")))
        if sides["results"]:
            rows.append(Row(name, "results", intervals.mean(counted["results"], "questions")))
            gap = intervals.difference_of_means(counted["overview"], counted["results"], "questions")
            rows.append(Row(name, "difference", gap))
    return tuple(rows)


def _dwell(visits: Sequence[_Visit], kind: str | None) -> Estimate:
    seen = [
        [view.seconds for view in visit.views if view.seconds and kind in (None, view.query_type)]
        for visit in visits
    ]
    return intervals.median([float(np.median(seconds)) for seconds in seen if seconds], "s")


def _notes(sides: dict[Arm, list[_Visit]], mixed: int) -> tuple[str, ...]:
    notes = [
        "Intervals hold the true figure 95 times in a hundred. They are taken over visits: one busy reader is one."
    ]
    if not sides["results"]:
        notes.append(
            "No visit was held out, so nothing says what overviews change. The setting holdout_share, such as 0.1, "
            "lets that share of visits see search results instead."
        )
    if mixed:
        notes.append(
            f"{mixed} visits saw overviews and results, because the share was changed on the way; they are left out."
        )
    return tuple(notes)
