"""Counting what readers do: simulated visits with a known effect, through the events, to the intervals."""

import csv
import io
import math
from collections.abc import Iterable
from datetime import date

import numpy as np
import pytest

from clearspan.errors import BadInput
from clearspan.events import Arm, Event, EventKind, QueryType
from clearspan.measure.estimate import Estimate, for_json
from clearspan.readers.report import ReadersReport, as_csv, first_day, report_on


def asked(
    session: str, view: str, arm: Arm = "overview", kind: QueryType = "number", citations: int = 2
) -> Event:
    return Event(
        kind="asked",
        session=session,
        view=view,
        arm=arm,
        query_type=kind,
        outcome="answered",
        citations=citations,
    )


def act(session: str, view: str, kind: EventKind, **more: int) -> Event:
    return Event.model_validate({"kind": kind, "session": session, "view": view, **more})


def figure(report: ReadersReport, measure: str, side: str = "overview", query_type: str = "all") -> Estimate:
    (found,) = [
        row.estimate
        for one in report.measures
        if one.name == measure
        for row in one.rows
        if (row.side, row.query_type) == (side, query_type)
    ]
    return found


def simulated(
    random: np.random.Generator, sessions: int, click: dict[Arm, float], again: dict[Arm, float]
) -> Iterable[Event]:
    """Visits that ask, look, click and ask again; each reader clicks more or less readily than the next."""
    for number in range(sessions):
        arm: Arm = "results" if random.random() < 0.4 else "overview"
        session, turn = f"s-{number}", 0
        ready = random.beta(4 * click[arm], 4 - 4 * click[arm])
        while True:
            view = f"v-{number}-{turn}"
            kind: QueryType = "time" if random.random() < 0.5 else "number"
            yield asked(session, view, arm, kind)
            yield act(session, view, "shown")
            if random.random() < ready:
                yield act(session, view, "result_clicked", rank=1)
            yield act(session, view, "dwell", seconds=int(random.lognormal(2.5, 0.8)) + 1)
            turn += 1
            if random.random() >= again[arm]:
                break


def test_a_known_effect_of_overviews_is_recovered() -> None:
    random = np.random.default_rng(11)
    rounds, clicks, questions = 40, 0, 0
    for _ in range(rounds):
        report = report_on(
            simulated(random, 220, {"overview": 0.08, "results": 0.25}, {"overview": 0.4, "results": 0.6})
        )
        gap = figure(report, "result_click_through", "difference")
        clicks += gap.low is not None and gap.high is not None and gap.low <= 0.08 - 0.25 <= gap.high
        # A visit goes on with a fixed probability: its questions are geometric, of mean 1 / (1 - p).
        more = figure(report, "questions_per_session", "difference")
        questions += (
            more.low is not None and more.high is not None and more.low <= 1 / 0.6 - 1 / 0.4 <= more.high
        )
    # Of 40 intervals of 95 %, fewer than 34 would hold the truth twice in a thousand times.
    assert clicks >= 34
    assert questions >= 34


def test_what_is_counted_is_what_happened() -> None:
    events = [
        asked("s-1", "v-1"),
        act("s-1", "v-1", "shown"),
        act("s-1", "v-1", "citation_opened", citation=1),
        act("s-1", "v-1", "citation_opened", citation=2),
        act("s-1", "v-1", "dwell", seconds=20),
        act("s-1", "v-1", "dwell", seconds=10),
        asked("s-1", "v-2", kind="time"),
        act("s-1", "v-2", "shown"),
        act("s-1", "v-2", "receipt_opened"),
        asked("s-2", "v-3", citations=0),
        act("s-2", "v-3", "shown"),
        asked("s-3", "v-4", arm="results"),
        act("s-3", "v-4", "shown"),
        act("s-3", "v-4", "result_clicked", rank=3),
        # Nobody saw this one to its end, and the next two belong to nothing that was asked.
        asked("s-4", "v-5"),
        act("s-9", "v-9", "citation_opened", citation=1),
        Event(kind="document_opened", document_id="d-1"),
    ]
    report = report_on(events)
    assert report.sessions == {"overview": 3, "results": 1}
    assert report.questions == {"overview": 4, "results": 1}
    opened = figure(report, "citation_click_through")
    assert (opened.value, opened.how) == (0.5, "1 of 2, in 1 visit")
    assert figure(report, "citation_click_through", query_type="time").value == 0
    assert figure(report, "receipts_opened").how == "1 of 3, in 2 visits"
    assert figure(report, "result_click_through", "results").value == 1
    assert figure(report, "followed_up").how == "1 of 4, in 3 visits"
    assert figure(report, "questions_per_session").value == pytest.approx(4 / 3)
    assert figure(report, "questions_per_session", query_type="number").value == pytest.approx(4 / 3)
    assert figure(report, "dwell").value == 30


def test_without_a_holdout_there_is_no_comparison_and_the_notes_say_how_to_get_one() -> None:
    report = report_on([asked("s-1", "v-1"), act("s-1", "v-1", "shown")])
    assert {row.side for measure in report.measures for row in measure.rows} == {"overview"}
    assert any("readers_holdout" in note for note in report.notes)


def test_a_visit_that_saw_both_sides_is_left_out_and_said_to_be() -> None:
    report = report_on([asked("s-1", "v-1"), asked("s-1", "v-2", arm="results"), asked("s-2", "v-3")])
    assert report.sessions == {"overview": 1, "results": 0}
    assert any(note.startswith("1 visits saw") for note in report.notes)


def test_nothing_yet() -> None:
    report = report_on([])
    assert report.questions == {"overview": 0, "results": 0}
    assert math.isnan(figure(report, "citation_click_through").value)
    assert for_json(report)["measures"][0]["rows"][0]["estimate"]["value"] is None


def test_every_figure_is_in_the_file() -> None:
    events = [
        asked("s-1", "v-1"),
        act("s-1", "v-1", "shown"),
        asked("s-2", "v-2", arm="results", kind="place"),
    ]
    report = report_on(events)
    rows = list(csv.DictReader(io.StringIO(as_csv(report))))
    assert len(rows) == sum(len(measure.rows) for measure in report.measures)
    assert {row["query_type"] for row in rows} == {"all", "number", "place"}


@pytest.mark.parametrize(
    ("given", "day"),
    [("30d", date(2026, 1, 30)), ("7 days", date(2026, 2, 22)), ("2025-12-24", date(2025, 12, 24))],
)
def test_days_to_count_from(given: str, day: date) -> None:
    assert first_day(given, today=date(2026, 3, 1)) == day


@pytest.mark.parametrize("given", ["", "yesterday", "30", "2026-13-01", "99999d"])
def test_days_that_are_none(given: str) -> None:
    with pytest.raises(BadInput, match="30d"):
        first_day(given)
