"""What a ledger keeps: receipts, which never leave it, and what readers did, which is deleted when it is old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, Self, runtime_checkable

from clearspan.events import Event
from clearspan.receipts import Receipt


@runtime_checkable
class Ledger(Protocol):
    """Append-only record of answers, and of what readers did with them until that is forgotten.

    `append` and `record` return only after the write is durable: a crash after they return loses nothing.
    Safe to use from many threads of one process and from many processes.
    """

    @classmethod
    def open(cls, address: str) -> Self:
        """The ledger at an address of this backend (whole, scheme included), created when missing.

        Raises:
            BadInput: the address is malformed.
            StorageError, Busy: it cannot be used.
        """
        ...

    def append(self, receipt: Receipt) -> None:
        """Commit a receipt. Raises BadInput if the id is taken: a receipt is never replaced."""
        ...

    def receipt(self, receipt_id: str) -> Receipt | None:
        """One receipt, whole."""
        ...

    def receipts(self, limit: int = 50, before: datetime | None = None) -> Sequence[Receipt]:
        """The newest receipts first, those created before a moment if given."""
        ...

    def record(self, *events: Event) -> None:
        """Commit events: all of them or none."""
        ...

    def events(self, since: datetime | None = None) -> Sequence[Event]:
        """Events in the order they were recorded, those from a moment on if given."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete the events from before a moment; tells how many there were. Receipts stay."""
        ...

    def count(self) -> int:
        """Number of receipts."""
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...
