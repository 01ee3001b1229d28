"""Visits, put together again from events: which answers a reader had in sight, and what they did with them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from clearspan.events import Arm, Event, QueryType


@dataclass(slots=True)
class View:
    """One answer, or list of results, on one reader's screen.

    Attributes:
        arm: what was shown.
        query_type: the form of its question.
        citations: how many citations it has.
        shown: whether it was in sight.
        cited: whether a citation of it was opened.
        clicked: whether a source beside it, or a result, was opened.
        receipt: whether its receipt was opened.
        followed: whether another question followed in the same visit.
        seconds: how long it was in sight.
    """

    arm: Arm
    query_type: QueryType
    citations: int
    shown: bool = False
    cited: bool = False
    clicked: bool = False
    receipt: bool = False
    followed: bool = False
    seconds: int = 0

    def act(self, event: Event) -> None:
        """Take in what a reader did."""
        match event.kind:
            case "shown":
                self.shown = True
            case "citation_opened":
                self.cited = True
            case "result_clicked":
                self.clicked = True
            case "receipt_opened":
                self.receipt = True
            case "dwell":
                self.seconds += event.seconds or 0
            case "asked" | "document_opened" | "judged":
                return


@dataclass(slots=True)
class Visit:
    """The views of one session, in order; at least one."""

    views: list[View] = field(default_factory=list[View])

    @property
    def is_mixed(self) -> bool:
        """Whether it saw overviews and results, because the share was changed while it lasted."""
        return len({view.arm for view in self.views}) > 1


def visits_of(events: Iterable[Event]) -> list[Visit]:
    """Visits in the order of their first question.

    Events without a session, and acts on views that nobody asked for, are left out.
    """
    visits: dict[str, Visit] = defaultdict(Visit)
    views: dict[str, View] = {}
    for event in events:
        if event.session is None or event.view is None:
            continue
        if event.kind == "asked" and event.arm and event.query_type:
            before = visits[event.session].views
            if before:
                before[-1].followed = True
            views[event.view] = View(event.arm, event.query_type, event.citations or 0)
            before.append(views[event.view])
        elif event.view in views:
            views[event.view].act(event)
    return list(visits.values())
