"""Passes recorded once and replayed: what a GPU runs without Python between its kernels."""

import threading
from collections import OrderedDict
from collections.abc import Callable

import torch

from clearspan.models.backends.graphed.dials import Place

Pass = Callable[[], None]
Record = Callable[[Pass], Pass]
"""Makes of a pass over static tensors one that does the same to the same tensors, without running its Python."""

MOST = 48
"""Recorded passes that are kept; one holds some megabytes of the driver's memory."""
_WARM_UPS = 3

# PyTorch allows one capture in a process at a time.
_capturing = threading.Lock()


def cuda_record(device: torch.device) -> Record:
    """Records passes as CUDA graphs, which share one pool of memory.

    They may share it because they run one after another on one stream, and leave nothing in it that is read after
    the next has begun: what they give is copied into static tensors.
    """
    pool = torch.cuda.graph_pool_handle()
    stream = torch.cuda.Stream(device)

    def record(run: Pass) -> Pass:
        graph = torch.cuda.CUDAGraph()
        with _capturing:
            # Libraries set themselves up and choose kernels at first use, which cannot be captured, and keep their
            # state by stream: warm-up and capture use the same one.
            stream.wait_stream(torch.cuda.current_stream(device))
            with torch.cuda.stream(stream):
                for _ in range(_WARM_UPS):
                    run()
            torch.cuda.current_stream(device).wait_stream(stream)
            # Other threads, which read activations or embed, may allocate meanwhile.
            with torch.cuda.graph(graph, pool=pool, stream=stream, capture_error_mode="thread_local"):
                run()
        return graph.replay

    return record


class Graphs:
    """The recorded passes of one backend, the least recently used forgotten first.

    Args:
        record: None where nothing can be recorded: every pass is then run as it is.
    """

    def __init__(self, record: Record | None) -> None:
        self._record = record
        self._recorded: OrderedDict[tuple[tuple[int, ...], frozenset[Place]], Pass] = OrderedDict()

    def run(
        self, shape: tuple[int, ...], places: frozenset[Place], make: Callable[[frozenset[Place]], Pass]
    ) -> None:
        """Replay a recorded pass of this shape that reads at least these dials; record it where there is none.

        Args:
            shape: all that a pass depends on besides places of dials and what is in static tensors.
            make: a pass that reads the dials at given places. Running it twice does what running it once does.
        """
        if self._record is None:
            make(places)()
            return
        fitting = [key for key in self._recorded if key[0] == shape and places <= key[1]]
        key = min(fitting, key=lambda found: len(found[1]), default=(shape, places))
        if key not in self._recorded:
            if len(self._recorded) == MOST:
                self._recorded.popitem(last=False)
            self._recorded[key] = self._record(make(places))
        self._recorded.move_to_end(key)
        self._recorded[key]()

    def forget(self) -> None:
        """Let go of all recorded passes."""
        self._recorded.clear()
