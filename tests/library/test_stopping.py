"""Work that is stopped from another thread: at once where it computes, at its next check elsewhere."""

import contextlib
import threading
import time

import pytest

from clearspan.library.stopping import Stop, Stopped


def _endless() -> None:
    while True:
        # As parsers do that go on after anything.
        with contextlib.suppress(Exception):
            sum(range(100))


def test_what_never_checks_is_stopped_in_the_middle() -> None:
    stop = Stop()
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(Stopped):
        stop.computing(_endless)


def test_what_was_stopped_before_does_not_begin() -> None:
    stop, called = Stop(), threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        stop.computing(called.set)
    assert not called.is_set()


def test_nothing_is_raised_once_the_work_is_done() -> None:
    """A stop that comes at the very end is told by the next check, and never in what follows."""
    for _ in range(300):
        stop = Stop()
        setter = threading.Thread(target=stop.set)
        setter.start()
        with contextlib.suppress(Stopped):
            assert stop.computing(lambda: sum(range(50))) == 1225
        setter.join()
        for _ in range(50):
            time.sleep(0)
        with pytest.raises(Stopped):
            stop.check()


def test_a_result_comes_through() -> None:
    assert Stop().computing(lambda: 7) == 7
