"""Long work for requests: so many at once, so many waiting, the rest refused; each in a thread of its own."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

import anyio

from clearspan.errors import Busy
from clearspan.library.stopping import Stop
from clearspan.server.edge.errors import RETRY_AFTER_SECONDS

T = TypeVar("T")

# Most of a journey's time is spent waiting for the one model, so many may be under way on few cores.
RUNNING = 32
WAITING = 96


@runtime_checkable
class _Closes(Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


class WorkerPool:
    """Turns synchronous iterators into asynchronous ones, with a bound on how many run at once.

    Args:
        run: how many iterators run at once.
        wait: how many more may wait for their turn, first come first served.
    """

    def __init__(self, run: int = RUNNING, wait: int = WAITING) -> None:
        self._run = run
        self._bound = run + wait
        self._turns = asyncio.Semaphore(run)
        self._inside = 0
        self._stops: set[Stop] = set()
        self._ending = False

    @property
    def running(self) -> int:
        """How many iterators run."""
        return min(self._inside, self._run)

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._inside - self.running

    async def items(
        self, source: Callable[[], Iterator[T]], leave: Callable[[], None] | None = None
    ) -> AsyncGenerator[T]:
        """The items of `source()`, which is made, advanced and closed in one thread.

        Closing this generator closes the source at its next item, and returns when its thread has ended.

        Args:
            leave: is called when nobody waits for items any more, before the thread is waited for.

        Raises:
            Busy: too many are waiting.
        """
        if self._inside >= self._bound:
            raise Busy(
                "Too many questions are waiting.",
                why=f"{self._bound} are under way, which is as many as this server takes.",
                do=f"Ask again in {RETRY_AFTER_SECONDS} seconds.",
            )
        self._inside += 1
        try:
            async with self._turns:
                worker = _Worker(source, asyncio.get_running_loop())
                try:
                    while isinstance(item := await worker.next(), _Item):
                        yield item.value
                    if item.error:
                        raise item.error
                finally:
                    if leave is not None:
                        leave()
                    await worker.stop()
        finally:
            self._inside -= 1

    async def result(self, call: Callable[[], T]) -> T:
        """The result of one long call, within the same bound. Raises Busy."""

        def once() -> Iterator[T]:
            yield call()

        async with aclosing(self.items(once)) as results:
            return await anext(results)

    async def stoppable(self, call: Callable[[Stop], T]) -> T:
        """As `result`, for a call that is stopped when this is cancelled, and when the server ends.

        Raises:
            Busy: too many are waiting.
            Stopped: the server ends.
        """
        stop = Stop()
        if self._ending:
            stop.set()

        def once() -> Iterator[T]:
            yield call(stop)

        self._stops.add(stop)
        try:
            async with aclosing(self.items(once, stop.set)) as results:
                return await anext(results)
        finally:
            self._stops.discard(stop)

    def stop_all(self) -> None:
        """Stop what can be stopped, now and from now on: the server ends."""
        self._ending = True
        for stop in tuple(self._stops):
            stop.set()


class _Worker(Generic[T]):
    """One thread that runs one iterator and hands its items to the event loop."""

    def __init__(self, source: Callable[[], Iterator[T]], loop: asyncio.AbstractEventLoop) -> None:
        self._source = source
        self._loop = loop
        self._items: asyncio.Queue[_Item[T] | _End] = asyncio.Queue()
        self._ended = asyncio.Event()
        self._left = threading.Event()
        # What was set for the request (whether it may exceed limits) holds in its thread, too.
        context = copy_context()
        threading.Thread(target=context.run, args=(self._work,), name="clearspan-worker").start()

    async def next(self) -> _Item[T] | _End:
        return await self._items.get()

    async def stop(self) -> None:
        self._left.set()
        with anyio.CancelScope(shield=True):
            await self._ended.wait()

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            items = self._source()
            try:
                for value in items:
                    self._tell(self._items.put_nowait, _Item(value))
                    if self._left.is_set():
                        break
            finally:
                if isinstance(items, _Closes):
                    items.close()
        except BaseException as raised:  # noqa: BLE001 - it is raised again where the items are awaited
            error = raised
        self._tell(self._items.put_nowait, _End(error))
        self._tell(self._ended.set)

    def _tell(self, call: Callable[..., object], *values: object) -> None:
        # After the server's last seconds the loop is gone; the journey still comes to its end here.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *values)
