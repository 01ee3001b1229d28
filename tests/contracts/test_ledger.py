"""What every ledger keeps to, whatever it is stored in."""

import functools
import threading
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clearspan import ledger as ledgers
from clearspan.errors import BadInput
from clearspan.events import Event
from clearspan.ledger.base import Ledger
from clearspan.receipts import Meter, Overview, Receipt, RouteDecision, Versions
from clearspan.record import Record

R = TypeVar("R", bound=Record)
Open = Callable[[], Ledger]

ADDRESSES: dict[str, Callable[[Path], str]] = {"sqlite": lambda folder: f"sqlite:{folder}"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_receipt(question: str = "How long is it?", at: datetime = NOON, **more: Any) -> Receipt:
    return Receipt(
        question=question,
        created_at=at,
        library="samples",
        route=RouteDecision(tier="quote", why="a fact is asked for"),
        overview=Overview(),
        versions=Versions(clearspan="0", library_revision=1),
        **more,
    )


@pytest.fixture(params=list(ADDRESSES))
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same ledger each time it is called."""
    return lambda: ledgers.open(ADDRESSES[request.param](tmp_path / "place"))


@pytest.fixture
def ledger(open_ledger: Open) -> Iterator[Ledger]:
    opened = open_ledger()
    yield opened
    opened.close()


_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(-(2**62), 2**62),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    type(None): st.none(),
}


@functools.cache
def any_record(kind: type[R]) -> st.SearchStrategy[R]:
    """Any record of a kind, every field filled by its type."""
    return st.builds(kind, **{name: _any(field.annotation) for name, field in kind.model_fields.items()})


def _any(annotation: Any) -> st.SearchStrategy[Any]:
    if annotation in _LEAVES:
        return _LEAVES[annotation]
    origin = get_origin(annotation)
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if origin in {Union, types.UnionType}:
        return st.one_of([_any(one) for one in get_args(annotation)])
    if origin is tuple and Ellipsis not in get_args(annotation):
        return st.tuples(*map(_any, get_args(annotation)))
    if origin is tuple:
        return st.lists(_any(get_args(annotation)[0]), max_size=2).map(tuple)
    return any_record(annotation)


def test_it_is_a_ledger(ledger: Ledger) -> None:
    assert isinstance(ledger, Ledger)
    assert ledger.count() == 0
    assert list(ledger.receipts()) == []
    assert list(ledger.events()) == []


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(receipt=any_record(Receipt))
def test_every_receipt_comes_back_whole(ledger: Ledger, receipt: Receipt) -> None:
    # Examples share one ledger, so each needs an id of its own.
    receipt = receipt.model_copy(update={"id": f"{receipt.id}{uuid4()}"})
    ledger.append(receipt)
    assert ledger.receipt(receipt.id) == receipt


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(event=any_record(Event))
def test_every_event_comes_back_whole(ledger: Ledger, event: Event) -> None:
    ledger.record(event)
    assert ledger.events()[-1] == event


def test_unknown_ids_are_none(ledger: Ledger) -> None:
    assert ledger.receipt("r-unknown") is None


def test_a_receipt_is_never_replaced(ledger: Ledger) -> None:
    first = a_receipt("first")
    ledger.append(first)
    with pytest.raises(BadInput, match=first.id):
        ledger.append(first.model_copy(update={"question": "second"}))
    assert ledger.receipt(first.id) == first
    assert ledger.count() == 1


def test_a_number_that_json_cannot_keep_is_refused(ledger: Ledger) -> None:
    with pytest.raises(BadInput, match="whole"):
        ledger.append(a_receipt(meter=Meter(joules=float("nan"))))
    assert ledger.count() == 0


def test_newest_come_first_and_page_on(ledger: Ledger) -> None:
    made = [a_receipt(str(i), at=NOON + timedelta(seconds=i)) for i in range(10)]
    for receipt in [*made[5:], *made[:5]]:
        ledger.append(receipt)
    newest_first = made[::-1]
    assert list(ledger.receipts()) == newest_first
    page = ledger.receipts(limit=4)
    assert list(page) == newest_first[:4]
    assert list(ledger.receipts(limit=4, before=page[-1].created_at)) == newest_first[4:8]
    assert list(ledger.receipts(limit=0)) == []


def test_time_zones_do_not_change_the_order(ledger: Ledger) -> None:
    east = datetime.fromisoformat("2026-03-01T13:30:00+02:00")
    earlier, later = a_receipt("11:30 UTC", at=east), a_receipt("12:00 UTC")
    ledger.append(later)
    ledger.append(earlier)
    assert [one.question for one in ledger.receipts()] == ["12:00 UTC", "11:30 UTC"]
    assert [one.question for one in ledger.receipts(before=NOON)] == ["11:30 UTC"]


def test_events_keep_their_order_and_are_read_from_a_moment_on(ledger: Ledger) -> None:
    days = [NOON + timedelta(days=day) for day in (0, 2, 1, 3)]
    events = [Event(kind="citation_opened", session="s", view=f"v-{day}", citation=1, at=day) for day in days]
    ledger.record(*events[:3])
    ledger.record(events[3])
    ledger.record()
    assert list(ledger.events()) == events
    assert list(ledger.events(since=days[1])) == [events[1], events[3]]
    assert list(ledger.events(since=NOON + timedelta(days=9))) == []


def test_what_is_old_is_forgotten_and_receipts_stay(ledger: Ledger) -> None:
    receipt = a_receipt(at=NOON - timedelta(days=400))
    ledger.append(receipt)
    events = [Event(kind="asked", session="s", at=NOON + timedelta(days=day)) for day in range(5)]
    ledger.record(*events)
    assert ledger.forget(NOON + timedelta(days=3)) == 3
    assert list(ledger.events()) == events[3:]
    assert ledger.forget(NOON + timedelta(days=3)) == 0
    assert ledger.receipt(receipt.id) == receipt
    ledger.record(events[0])
    assert list(ledger.events()) == [*events[3:], events[0]]


def test_what_was_written_is_there_after_reopening(open_ledger: Open) -> None:
    receipt, event = a_receipt(), Event(kind="document_opened")
    first = open_ledger()
    first.append(receipt)
    first.record(event)
    first.close()
    second = open_ledger()
    assert second.receipt(receipt.id) == receipt
    assert list(second.events()) == [event]
    second.close()


def test_two_open_ledgers_see_each_other(open_ledger: Open) -> None:
    one, other = open_ledger(), open_ledger()
    receipt = a_receipt()
    one.append(receipt)
    assert other.receipt(receipt.id) == receipt
    one.close()
    other.close()


def test_many_threads_lose_nothing(ledger: Ledger) -> None:
    made = [[a_receipt(f"{thread}/{i}") for i in range(25)] for thread in range(16)]
    seen_at_once: list[bool] = []

    def work(mine: list[Receipt]) -> None:
        for receipt in mine:
            ledger.append(receipt)
            seen_at_once.append(ledger.receipt(receipt.id) == receipt)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen_at_once) == 400
    assert all(seen_at_once)
    assert ledger.count() == 400


def test_a_refused_receipt_does_not_take_its_neighbours_along(ledger: Ledger) -> None:
    taken = a_receipt("taken")
    ledger.append(taken)
    refused: list[BadInput] = []
    barrier = threading.Barrier(8)

    def work(index: int) -> None:
        barrier.wait()
        for i in range(20):
            if index % 2:
                ledger.append(a_receipt(f"{index}/{i}"))
                continue
            try:
                ledger.append(taken)
            except BadInput as error:
                refused.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 80
    assert ledger.count() == 81


def test_closing_twice_is_harmless(open_ledger: Open) -> None:
    ledger = open_ledger()
    ledger.close()
    ledger.close()
