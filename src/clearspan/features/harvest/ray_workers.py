"""Reading chunks with several processes, on one machine or on many, by Ray (`pip install clearspan[ray]`).

Each worker loads the model and reads the chunks that it is given; chunks depend on nothing but their text, so that
the shards are the same as one process makes. Text goes to the workers and activations come back, so that they need
no folder in common.
"""

import importlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from clearspan.errors import BadInput, Refused
from clearspan.features.harvest.chunks import Chunk, ChunkReader, load_settled
from clearspan.features.harvest.manifest import HarvestPlan
from clearspan.features.harvest.run import Texts
from clearspan.features.harvest.shuffled import CorpusPart
from clearspan.settings import Settings

_AHEAD = 2
"""Chunks a worker: one that it reads, and one that waits for it."""


class ReadingWorker:
    """What runs in a worker's process.

    Args:
        plan: of the harvest.
        settings: where weights are kept; the worker's machine may have others in its place.
    """

    def __init__(self, plan: HarvestPlan, settings: Settings) -> None:
        self._reader = ChunkReader(load_settled(plan.model, settings), plan)

    def read(self, number: int, parts: Sequence[CorpusPart]) -> Chunk:
        """See `ChunkReader.read`."""
        return self._reader.read(number, parts)


def on_ray(
    plan: HarvestPlan, settings: Settings, workers: int, seen: Callable[[int], None] = lambda _: None
) -> Callable[[Texts], Iterator[Chunk]]:
    """What reads chunks for `Harvest.collect`, with so many workers.

    Ray is started on this machine unless it runs already or RAY_ADDRESS names a cluster.

    Args:
        seen: called with the number of activations of each chunk.

    Raises:
        Refused: Ray is not installed.
        BadInput: a worker could not read; says why.
    """
    ray = _ray()

    def read(texts: Texts) -> Iterator[Chunk]:
        started = not ray.is_initialized()
        if started:
            ray.init(address=os.environ.get("RAY_ADDRESS"), include_dashboard=False, log_to_driver=False)
        try:
            yield from _in_order(ray, plan, settings, workers, texts, seen)
        finally:
            if started:
                ray.shutdown()

    return read


def _in_order(
    ray: Any, plan: HarvestPlan, settings: Settings, workers: int, texts: Texts, seen: Callable[[int], None]
) -> Iterator[Chunk]:
    # Workers ask for no processors, so that none waits for ever for a place; they are spread, and share them.
    remote = ray.remote(num_cpus=0, scheduling_strategy="SPREAD")(ReadingWorker)
    sizes = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    threads = settings.threads or max(1, min([sum(sizes) // workers, *(size for size in sizes if size)]))
    theirs = settings.model_copy(update={"threads": threads})
    readers = [remote.remote(plan, theirs) for _ in range(workers)]
    under_way: deque[Any] = deque()
    try:
        for number, parts in texts:
            under_way.append(readers[number % workers].read.remote(number, parts))
            if len(under_way) >= _AHEAD * workers:
                yield _result(ray, under_way.popleft(), seen)
        while under_way:
            yield _result(ray, under_way.popleft(), seen)
    finally:
        for reader in readers:
            ray.kill(reader)


def _result(ray: Any, reference: Any, seen: Callable[[int], None]) -> Chunk:
    try:
        chunk = cast("Chunk", ray.get(reference))
    except ray.exceptions.RayError as error:
        said = str(getattr(error, "cause", None) or error).strip().splitlines()
        raise BadInput(
            "A worker could not read its part of the text.",
            why=said[-1] if said else type(error).__name__,
            do="Put it right and run the same command again: it goes on where it stopped.",
        ) from error
    seen(chunk.rows)
    return chunk


def _ray() -> Any:
    # Ray reports its use to its makers unless it is told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise Refused(
            "Ray is not installed.",
            why="It is needed only to harvest with several processes.",
            do="Install it ('pip install clearspan[ray]'), or leave --ray out.",
        ) from error
