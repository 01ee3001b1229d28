"""Pauses between tries: full jitter under a doubling ceiling, and never before the server said."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.models.remote.backoff import Backoff, passes, read_retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_ceiling_doubles_and_the_pause_is_anything_below(failures: int, share: float) -> None:
    backoff = Backoff(base=0.5, ceiling=20.0, draw=lambda low, high: low + share * (high - low))
    ceiling = min(20.0, 0.5 * 2.0 ** min(failures - 1, 60))
    assert backoff.pause(failures, None) == pytest.approx(share * ceiling)


@given(st.integers(1, 20), st.floats(0, 1000))
def test_no_pause_is_shorter_than_the_server_asked(failures: int, asked: float) -> None:
    assert asked <= Backoff().pause(failures, asked) <= asked + 0.5


def test_pauses_differ_between_clients() -> None:
    assert len({Backoff().pause(4, None) for _ in range(20)}) > 10


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.25", 0.25),
        ("-4", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Sun, 01 Mar 2026 12:00:07", 7.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert read_retry_after(header, NOW) == seconds


@given(st.text(max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    seconds = read_retry_after(header, NOW)
    assert seconds is None or seconds >= 0


def test_which_statuses_pass() -> None:
    assert [status for status in range(400, 505) if passes(status)] == [
        408, 409, 425, 429, 500, 501, 502, 503, 504,
    ]  # fmt: skip
