"""Work that can be stopped from another thread, also in the middle of somebody else's code."""

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

from clearspan.errors import ClearspanError

T = TypeVar("T")


class Stopped(ClearspanError):
    """Nobody waits for this any more: its client left, or the server ends (HTTP 503)."""

    status = 503
    exit_code = 75
    code = "stopped"

    def __init__(self) -> None:
        super().__init__(
            "This was stopped before its end.",
            why="Its client left, or the server ends. Nothing was stored by halves.",
            do="Add it again.",
        )


class _Interrupted(BaseException):
    """Raised within what computes; no parser that goes on after an `Exception` takes it for one of its own."""


class Stop:
    """Tells work that runs in one thread to end; set from any other."""

    def __init__(self) -> None:
        # The handler of a signal may set it in the middle of another `set` of its own thread.
        self._lock = threading.RLock()
        self._set = False
        self._computing: int | None = None

    def set(self) -> None:
        """Stop the work: at its next `check`, or at once while it computes."""
        with self._lock:
            if not self._set and self._computing is not None:
                _raise_in(self._computing, _Interrupted)
            self._set = True

    def check(self) -> None:
        """Raise Stopped if it is set."""
        if self._set:
            raise Stopped

    def computing(self, call: Callable[[], T]) -> T:
        """The result of a call that only computes, given up in the middle when this is set.

        It is for parsers that know nothing of stopping. What they call in C comes to its end first. The call must
        write nothing: it may be left between any two of its steps.

        Raises:
            Stopped: it was set.
        """
        try:
            self._begin()
            try:
                return call()
            finally:
                self._end()
        except _Interrupted:
            # It may have come within `_end`; it comes once.
            self._end()
            raise Stopped from None

    def _begin(self) -> None:
        with self._lock:
            self.check()
            self._computing = threading.get_ident()

    def _end(self) -> None:
        with self._lock:
            if self._computing is not None:
                # What was raised and has not come yet would come in the work of somebody else.
                _raise_in(self._computing, None)
            self._computing = None


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    raised = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
