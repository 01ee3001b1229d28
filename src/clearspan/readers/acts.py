"""What is kept of readers: what they do with answers, and for how long.

A visit has a random number that the page makes and forgets. Only a pseudonym of it is kept, and what is kept with it
holds no question, no document, no receipt and no time of day, so that a visit cannot be told from the receipts.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clearspan.events import Arm, Event, EventKind, Outcome, QueryType
from clearspan.ledger.base import Ledger
from clearspan.readers.arms import arm_of, pseudonym

_OPEN_VIEWS = 10_000
_ACTS_A_VIEW = 100
"""Bounds of what is remembered, and of what one answer on one screen can add to the ledger."""

LONGEST_DWELL_SECONDS = 1_800
"""A page that is left open in sight for longer was not read for longer."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a reader did with an answer, as the page tells it."""

    view: str
    kind: EventKind
    citation: int | None = None
    rank: int | None = None
    seconds: float | None = None


@dataclass(slots=True)
class _OpenView:
    visitor: str
    left: int = _ACTS_A_VIEW


class Readers:
    """Records what readers do. Safe to use from many threads.

    Args:
        ledger: where events are kept.
        holdout: share of visits that see no overviews, in [0, 1].
        days: how long events are kept.
        now: the clock; only its day is ever written down.
    """

    def __init__(
        self,
        ledger: Ledger,
        holdout: float,
        days: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ledger = ledger
        self.holdout = holdout
        self._days = days
        self._now = now
        self._views: OrderedDict[str, _OpenView] = OrderedDict()
        self._lock = threading.Lock()
        self._swept: datetime | None = None

    def arm(self, session: str) -> Arm:
        """What a visit sees."""
        return arm_of(session, self.holdout)

    def asked(self, session: str, query_type: QueryType, outcome: Outcome, citations: int) -> str:
        """Record a question that was answered, or met with results; returns the name of its view.

        Raises:
            Busy, StorageError: nothing was written.
        """
        today = self._today()
        self._forget_old(today)
        visitor, name = pseudonym(session), f"v-{secrets.token_hex(8)}"
        event = Event(
            kind="asked",
            session=visitor,
            view=name,
            arm=self.arm(session),
            query_type=query_type,
            outcome=outcome,
            citations=citations,
            at=today,
        )
        self._ledger.record(event)
        with self._lock:
            self._views[name] = _OpenView(visitor)
            if len(self._views) > _OPEN_VIEWS:
                self._views.popitem(last=False)
        return name

    def acted(self, session: str, acts: Sequence[Act]) -> int:
        """Record, in one commit, what a reader did with answers of this visit; returns how much of it was kept.

        Acts on views that are not open in this process, or not of this visit, and those over the bound of one view,
        are left out: nobody can make the ledger grow without asking.

        Raises:
            Busy, StorageError: nothing was written.
        """
        today, visitor = self._today(), pseudonym(session)
        with self._lock:
            kept = [act for act in acts if self._allow(act, visitor)]
        self._ledger.record(*(_event(act, visitor, today) for act in kept))
        return len(kept)

    def _allow(self, act: Act, visitor: str) -> bool:
        view = self._views.get(act.view)
        if view is None or view.visitor != visitor or view.left == 0:
            return False
        view.left -= 1
        return True

    def _forget_old(self, today: datetime) -> None:
        with self._lock:
            if self._swept == today:
                return
            self._swept = today
        self._ledger.forget(today - timedelta(days=self._days))

    def _today(self) -> datetime:
        return self._now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _event(act: Act, visitor: str, today: datetime) -> Event:
    seconds = None if act.seconds is None else round(min(max(act.seconds, 0.0), LONGEST_DWELL_SECONDS))
    return Event(
        kind=act.kind,
        session=visitor,
        view=act.view,
        citation=act.citation,
        rank=act.rank,
        seconds=seconds,
        at=today,
    )
