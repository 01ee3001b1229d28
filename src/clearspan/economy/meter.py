"""What one answer costs, counted while it is made: time by stage, tokens, processor time, energy."""

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from clearspan.receipts import Meter, Stage
from clearspan.tiers.base import Spent


class _SharedProcessor:
    """Splits the process's processor time evenly among the answers in flight.

    Model threads serve all answers, so no answer's share can be read off a thread; the split is at least
    complete: the shares add up to what the process used.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: dict[int, float] = {}
        self._last = time.process_time()

    def join(self, key: int) -> None:
        with self._lock:
            self._settle()
            self._active[key] = 0.0

    def share(self, key: int) -> float:
        with self._lock:
            self._settle()
            return self._active.get(key, 0.0)

    def leave(self, key: int) -> float:
        with self._lock:
            self._settle()
            return self._active.pop(key, 0.0)

    def _settle(self) -> None:
        now = time.process_time()
        each = (now - self._last) / max(1, len(self._active))
        self._last = now
        for key in self._active:
            self._active[key] += each


_processor = _SharedProcessor()


class Metering:
    """Measures one answer between entering and leaving the context.

    Args:
        watts_per_core: watts of one busy processor core, for the energy estimate.
    """

    def __init__(self, watts_per_core: float) -> None:
        self._watts = watts_per_core
        self._stages: dict[str, float] = {}
        self._started = 0.0

    def __enter__(self) -> "Metering":
        self._started = time.perf_counter()
        _processor.join(id(self))
        return self

    def __exit__(self, *_: object) -> None:
        _processor.leave(id(self))

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Time a stage; stages of the same name add up."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + time.perf_counter() - start

    def meter(self, spent: Spent, loaded: Sequence[str] = ()) -> Meter:
        """The costs so far.

        Args:
            spent: what a writer took.
            loaded: what was loaded first meanwhile.
        """
        cpu = _processor.share(id(self))
        return Meter(
            seconds=round(time.perf_counter() - self._started, 4),
            stages=tuple(Stage(name=name, seconds=round(s, 4)) for name, s in self._stages.items()),
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            cpu_seconds=round(cpu, 4),
            joules=round(cpu * self._watts, 3),
            joules_how=f"estimated: {cpu:.2f} processor-seconds × {self._watts:g} W per core "
            "(setting watts_per_core), shared evenly among the answers in flight; memory and idle power not counted",
            money=spent.money,
            currency=spent.currency,
            money_how=spent.money_how,
            loaded=tuple(loaded),
        )
