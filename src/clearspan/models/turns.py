"""Whose turn it is to generate: first come, first served, in a queue with a bound."""

import threading
import time
from collections import deque

from clearspan.errors import Busy


class Turns:
    """One holder at a time; the others wait in the order in which they came.

    Args:
        longest_queue: how many may wait; one more is turned away at once.
    """

    def __init__(self, longest_queue: int) -> None:
        self._longest = longest_queue
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._taken = False

    def take(self, wait: float | None) -> None:
        """Wait for a turn; the caller must `give_back` it.

        Args:
            wait: longest time in seconds; None waits as long as it takes.

        Raises:
            Busy: the queue is full, or the turn did not come in time.
        """
        deadline = None if wait is None else time.monotonic() + wait
        ticket = object()
        with self._changed:
            if not self._taken and not self._waiting:
                self._taken = True
                return
            if len(self._waiting) >= self._longest:
                raise Busy(
                    "The model has too many requests waiting.",
                    why=f"{len(self._waiting)} are in the queue, and no more are taken.",
                    do="Try again in a few seconds.",
                )
            self._waiting.append(ticket)
            try:
                while self._taken or self._waiting[0] is not ticket:
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        raise Busy(
                            "The model is busy with other requests.",
                            why=f"Its turn did not come within {wait:g} s.",
                            do="Try again later, or allow a longer wait.",
                        )
                    self._changed.wait(left)
                self._taken = True
            finally:
                self._waiting.remove(ticket)
                # Whoever stands in front now may have been waiting behind this ticket.
                self._changed.notify_all()

    def waiting(self) -> int:
        """How many are in the queue."""
        with self._changed:
            return len(self._waiting)

    def give_back(self) -> None:
        """End the turn."""
        with self._changed:
            self._taken = False
            self._changed.notify_all()
