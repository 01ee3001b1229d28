"""What is kept of readers, and what is not."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.ledger.sqlite import SqliteLedger
from clearspan.readers.acts import LONGEST_DWELL_SECONDS, Act, Readers

NOW = datetime(2026, 3, 1, 14, 33, 21, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def readers(ledger: SqliteLedger, share: float = 0.2, days: int = 90) -> Readers:
    return Readers(ledger, share, days, now=lambda: NOW)


def test_what_is_written_names_nobody_and_no_hour(ledger: SqliteLedger, tmp_path: Path) -> None:
    session = secrets.token_hex(16)
    counted = readers(ledger)
    view = counted.asked(session, "person", "answered", 2)
    counted.acted(session, [Act(view, "shown"), Act(view, "citation_opened", citation=1)])
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        bodies = [json.loads(body) for (body,) in raw.execute("SELECT body FROM events")]
    assert session not in json.dumps(bodies)
    for body in bodies:
        assert body["at"] == "2026-03-01T00:00:00Z"
        filled = {name for name, value in body.items() if value is not None}
        assert filled <= {
            "kind", "session", "view", "arm", "query_type", "outcome", "citations", "citation", "at",
        }  # fmt: skip
    assert {body["view"] for body in bodies} == {view}
    assert len({body["session"] for body in bodies}) == 1


def test_acts_on_views_of_others_are_left_out(ledger: SqliteLedger) -> None:
    counted = readers(ledger)
    mine, other = secrets.token_hex(16), secrets.token_hex(16)
    view = counted.asked(mine, "number", "answered", 1)
    assert counted.acted(other, [Act(view, "shown")]) == 0
    assert counted.acted(mine, [Act("v-made-up", "shown")]) == 0
    assert [event.kind for event in ledger.events()] == ["asked"]


def test_one_answer_adds_only_so_much(ledger: SqliteLedger) -> None:
    counted = readers(ledger)
    session = secrets.token_hex(16)
    view = counted.asked(session, "number", "answered", 1)
    kept = [counted.acted(session, [Act(view, "receipt_opened")] * 40) for _ in range(5)]
    assert kept == [40, 40, 20, 0, 0]
    assert len(ledger.events()) == 101


@given(seconds=st.floats(allow_nan=False))
def test_dwell_is_whole_seconds_within_bounds(seconds: float) -> None:
    from clearspan.readers.acts import _event

    kept = _event(Act("v-1", "dwell", seconds=seconds), "s-1", NOW).seconds
    assert kept is not None
    assert 0 <= kept <= LONGEST_DWELL_SECONDS


def test_old_events_go_with_the_first_question_of_a_day(ledger: SqliteLedger) -> None:
    session = secrets.token_hex(16)
    day = NOW
    counted = Readers(ledger, 0.0, 7, now=lambda: day)
    for _ in range(12):
        counted.asked(session, "other", "abstained", 0)
        day += timedelta(days=1)
    kept = [event.at for event in ledger.events()]
    assert len(kept) == 8
    assert min(kept) == (day - timedelta(days=8)).replace(hour=0, minute=0, second=0)
