"""The pool of workers: bounds, order, errors, and threads that end."""

import threading
from collections.abc import Iterator
from contextlib import aclosing

import anyio
import pytest

from clearspan.errors import Busy
from clearspan.server.edge.workers import WorkerPool


def threads_end() -> bool:
    """Whether no thread of a pool lives on; one that has said its last may need a moment to go."""
    for thread in threading.enumerate():
        if thread.name == "clearspan-worker":
            thread.join(timeout=30)
            if thread.is_alive():
                return False
    return True


def test_items_arrive_in_order_and_from_one_thread() -> None:
    threads: set[int] = set()

    def source() -> Iterator[int]:
        for i in range(100):
            threads.add(threading.get_ident())
            yield i
        threads.add(threading.get_ident())

    async def collect() -> list[int]:
        return [item async for item in WorkerPool().items(source)]

    assert anyio.run(collect) == list(range(100))
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


def test_an_error_arrives_after_the_items_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise LookupError("lost")

    async def collect() -> list[int]:
        items = WorkerPool().items(source)
        got = [await anext(items)]
        with pytest.raises(LookupError, match="lost"):
            await anext(items)
        return got

    assert anyio.run(collect) == [1]


def test_an_error_before_the_first_item_is_raised() -> None:
    def source() -> Iterator[int]:
        raise LookupError("never began")

    async def first() -> None:
        with pytest.raises(LookupError, match="never began"):
            await anext(WorkerPool().items(source))

    anyio.run(first)


def test_leaving_closes_the_source_and_ends_its_thread() -> None:
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            yield from range(1_000_000_000)
        finally:
            closed.set()

    async def leave() -> None:
        pool = WorkerPool()
        async with aclosing(pool.items(source)) as items:
            assert await anext(items) == 0
            assert pool.running == 1
        assert pool.running == 0

    anyio.run(leave)
    assert closed.is_set()
    assert threads_end()


def test_cancelling_closes_the_source_and_ends_its_thread() -> None:
    closed, begun = threading.Event(), threading.Event()

    def source() -> Iterator[int]:
        try:
            begun.set()
            yield from range(1_000_000_000)
        finally:
            closed.set()

    async def cancelled() -> None:
        pool = WorkerPool()

        async def consume() -> None:
            async with aclosing(pool.items(source)) as items:
                async for _ in items:
                    await anyio.sleep(0.001)

        async with anyio.create_task_group() as group:
            group.start_soon(consume)
            await anyio.to_thread.run_sync(begun.wait)
            group.cancel_scope.cancel()
        assert pool.running == 0

    anyio.run(cancelled)
    assert closed.is_set()
    assert threads_end()


def test_so_many_run_so_many_wait_and_the_rest_is_refused() -> None:
    gate = threading.Event()
    at_once: list[int] = []
    running = 0
    lock = threading.Lock()

    def call() -> bool:
        nonlocal running
        with lock:
            running += 1
            at_once.append(running)
        gate.wait()
        with lock:
            running -= 1
        return True

    async def crowd() -> list[bool]:
        pool = WorkerPool(run=2, wait=3)
        results: list[bool] = []

        async def one() -> None:
            results.append(await pool.result(call))

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(one)
            while len(at_once) < 2 or pool.waiting < 3:
                await anyio.sleep(0.001)
            assert (pool.running, pool.waiting) == (2, 3)
            with pytest.raises(Busy):
                await pool.result(call)
            gate.set()
        assert (pool.running, pool.waiting) == (0, 0)
        return results

    assert anyio.run(crowd) == [True] * 5
    assert max(at_once) == 2


def test_one_who_stops_waiting_leaves_the_queue() -> None:
    gate = threading.Event()

    async def impatient() -> None:
        pool = WorkerPool(run=1, wait=1)
        async with anyio.create_task_group() as group:
            group.start_soon(pool.result, gate.wait)
            while pool.running < 1:
                await anyio.sleep(0.001)
            with anyio.move_on_after(0.01):
                await pool.result(gate.wait)
            assert pool.waiting == 0
            gate.set()

    anyio.run(impatient)
