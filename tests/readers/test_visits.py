"""Visits are put together from events in any company."""

from clearspan.events import Arm, Event, EventKind
from clearspan.readers.visits import visits_of


def asked(session: str, view: str, arm: Arm = "overview") -> Event:
    return Event(kind="asked", session=session, view=view, arm=arm, query_type="number", citations=1)


def act(session: str, view: str, kind: EventKind, **more: int) -> Event:
    return Event.model_validate({"kind": kind, "session": session, "view": view, **more})


def test_visits_keep_apart_and_questions_in_order() -> None:
    first, second = visits_of(
        [
            asked("s-1", "v-1"),
            asked("s-2", "v-2", "results"),
            act("s-1", "v-1", "shown"),
            act("s-1", "v-1", "citation_opened", citation=1),
            act("s-2", "v-2", "result_clicked", rank=4),
            act("s-1", "v-1", "dwell", seconds=12),
            act("s-1", "v-1", "dwell", seconds=3),
            asked("s-1", "v-3"),
            act("s-1", "v-3", "receipt_opened"),
        ]
    )
    one, other = first.views
    assert (one.shown, one.cited, one.clicked, one.followed, one.seconds) == (True, True, False, True, 15)
    assert (other.receipt, other.followed, other.shown) == (True, False, False)
    assert [view.clicked for view in second.views] == [True]


def test_what_belongs_to_no_visit_is_left_out() -> None:
    old = Event(kind="document_opened", document_id="d-1")
    assert visits_of([old, act("s-1", "v-1", "shown"), Event(kind="asked", session="s-1")]) == []


def test_a_visit_that_saw_both_arms_is_mixed() -> None:
    both, one = visits_of([asked("s-1", "v-1"), asked("s-1", "v-2", "results"), asked("s-2", "v-3")])
    assert (both.is_mixed, one.is_mixed) == (True, False)
