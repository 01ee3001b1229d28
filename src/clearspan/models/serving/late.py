"""Values that are made once, when they are first asked for."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from clearspan.errors import ClearspanError, Refused

T_co = TypeVar("T_co", covariant=True)

RETRY_SECONDS = 300.0
"""How long a failure stands. An attempt may run a download, which must not happen for every question."""


class Late(Generic[T_co]):
    """A value that is made when it is first asked for; a failure is told again until it is time to try anew.

    Args:
        make: makes it.
        end: frees what it holds, when this is closed.
    """

    def __init__(self, make: Callable[[], T_co], end: Callable[[T_co], None] | None = None) -> None:
        self._make = make
        self._end = end
        self._closed = False
        self._lock = threading.Lock()
        self._value: T_co | None = None
        self._failure: tuple[ClearspanError, float] | None = None
        self._making = False

    def get(self) -> T_co:
        """The value; a first attempt is waited for, a later one only by whoever makes it.

        Raises:
            ClearspanError: it could not be made, now or less than RETRY_SECONDS ago.
            Refused: it was closed.
        """
        if self._value is not None:
            return self._value
        before = self._failure
        if not self._lock.acquire(blocking=before is None) and before is not None:
            raise before[0].with_traceback(None)
        try:
            value = self._made()
        finally:
            self._lock.release()
        if self._closed:
            self.close()  # it was closed while the value was made, and had none to end
            raise _closed()
        return value

    def close(self) -> None:
        """End the value, and make none any more; one that is being made ends as soon as it is there."""
        self._closed = True
        if self._lock.acquire(blocking=False):
            try:
                value, self._value = self._value, None
                if value is not None and self._end is not None:
                    self._end(value)
            finally:
                self._lock.release()

    @property
    def value(self) -> T_co | None:
        """The value if it is there already."""
        return self._value

    @property
    def state(self) -> str:
        """`ready`, `loading`, `not loaded`, or `off: why`."""
        if self._value is not None:
            return "ready"
        if self._making:
            return "loading"
        failure = self._standing()
        return f"off: {failure.what}" if failure is not None else "not loaded"

    def _made(self) -> T_co:
        if self._value is not None:
            return self._value
        if self._closed:
            raise _closed()
        failure = self._standing()
        if failure is not None:
            raise failure.with_traceback(None)
        self._making = True
        try:
            self._value = self._make()
        except ClearspanError as error:
            self._failure = (error, time.monotonic())
            raise
        finally:
            self._making = False
        return self._value

    def _standing(self) -> ClearspanError | None:
        failure = self._failure
        if failure is None or time.monotonic() - failure[1] >= RETRY_SECONDS:
            return None
        return failure[0]


def _closed() -> Refused:
    return Refused(
        "It is not loaded any more.", why="What held it has been closed.", do="Open another workspace."
    )
