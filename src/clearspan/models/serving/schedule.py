"""Continuous batching: one thread that owns a backend, and requests that join and leave between its steps.

A step takes every writing sequence one token further, up to as many as make it cheaper, and reads one part of a
prompt beside them, so that a long prompt does not stop those that write. Requests begin in the order in which they
came. A sequence whose reader lags behind pauses; one that is no longer wanted is gone before the next step.
"""

import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from clearspan.errors import Busy, ClearspanError, Refused
from clearspan.models.backends.base import Backend
from clearspan.models.serving.jobs import CHUNK, Job, ModelFailed, told

PLACES = 64
"""Sequences that are open at once."""
QUEUE = 64
"""Requests that may wait for a place; one more is turned away."""
CONTEXTS = 8
"""Full contexts whose memory the open sequences may take together."""
STALL_SECONDS = 30.0
"""How long a reader may let its sequence pause while others wait for the place."""
_LAST_CALL_SECONDS = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a scheduler has to do at this moment, and has done.

    Attributes:
        running: sequences that are open, or will be when their common prompt has been read.
        waiting: sequences of the requests in the queue.
        generated: tokens generated so far.
    """

    running: int
    waiting: int
    generated: int

    @property
    def rests(self) -> bool:
        return not self.running and not self.waiting


class Scheduler:
    """Runs jobs on a backend. Safe to use from many threads.

    Args:
        backend: belongs to the scheduler's thread from here on.
        places: sequences that are open at once.
        queue: requests that may wait beyond those.
    """

    def __init__(self, backend: Backend, *, places: int = PLACES, queue: int = QUEUE) -> None:
        self._backend = backend
        self._places = places
        self._bound = places + queue
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []
        self._wake = threading.Event()
        self._refusal: ClearspanError | None = None
        self._cut = False
        self._turns = itertools.count(1)
        self._generated = 0
        self._thread = threading.Thread(target=self._run, name="clearspan-model", daemon=True)
        self._thread.start()

    @property
    def backend(self) -> Backend:
        """What new sequences run on; only its facts may be read here."""
        return self._backend

    @property
    def traffic(self) -> Traffic:
        """How much there is to do."""
        with self._lock:
            running, waiting = (sum(job.sequences for job in jobs) for jobs in (self._running, self._waiting))
            return Traffic(running, waiting, self._generated)

    @property
    def places(self) -> int:
        """Sequences that are open at once."""
        return self._places

    def wake(self) -> None:
        """Have the thread look again at what there is to do."""
        self._wake.set()

    def submit(self, job: Job) -> None:
        """Put a job into the queue; what becomes of it is told to the job.

        Raises:
            Busy: the queue is full.
            Refused: the model is closed.
        """
        with self._lock:
            if self._refusal is not None:
                raise self._refusal.with_traceback(None)
            wanted = sum(job.sequences for job in (*self._waiting, *self._running) if not job.abandoned)
            if wanted + job.sequences > self._bound:
                raise Busy(
                    "The model has too many requests waiting.",
                    why=f"{wanted} are under way, and no more are taken.",
                    do="Try again in a few seconds.",
                )
            self._waiting.append(job)
        self._wake.set()

    def change_over(self, backend: Backend) -> None:
        """Open new sequences on another backend of the same model; those that are open end where they are.

        Raises:
            ValueError: the backend holds less context, or has another vocabulary.
        """
        before = self._backend
        if (backend.context_length, backend.vocabulary) != (before.context_length, before.vocabulary):
            raise ValueError(f"the backend {backend.name} is not of the same model as {before.name}")
        self._backend = backend

    def close(self, *, cut: bool = False) -> None:
        """Refuse new requests and those that wait, let the open ones end, and return when they have.

        Args:
            cut: end the open ones at the next step too. A stream that nobody reads is cut in any case.
        """
        with self._lock:
            self._refusal = self._refusal or Refused(
                "The model is closed.", do="Load it again with LanguageModel.load()."
            )
            self._cut = self._cut or cut
        self._wake.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            while True:
                # Cleared before anything is looked at: what changes after the look wakes the thread again.
                self._wake.clear()
                stepped = self._turn()
                if self._refusal is not None and not self._running and not self._waiting:
                    return
                if not stepped:
                    self._wake.wait(self._patience())
        except Exception:  # noqa: BLE001 - nobody may be left waiting for a thread that is gone
            _log.exception("the scheduler stopped")
            with self._lock:
                self._refusal = ModelFailed(
                    "The model has stopped.", why="Its scheduler failed.", do="Load the model again."
                )
                jobs = [*self._waiting, *self._running]
                self._waiting.clear()
                self._running.clear()
            for job in jobs:
                job.fail(self._refusal)

    def _turn(self) -> bool:
        """One round over everything; whether a step was made."""
        # A request that arrives from here on may need a place that is only given back after the sweep: it is
        # not turned away before the next round.
        with self._lock:
            seen = list(self._waiting)
        self._sweep()
        self._admit()
        self._turn_away(seen)
        backends = {id(job.backend): job.backend for job in self._running}
        stepped = [self._step(backend) for backend in backends.values() if backend is not None]
        return any(stepped)

    def _sweep(self) -> None:
        now = time.monotonic()
        for job in list(self._running):
            stalled = 0.0 if job.stalled_since is None else now - job.stalled_since
            if job.abandoned:
                self._end(job)
            elif self._cut and self._refusal:
                self._end(job, self._refusal)
            elif stalled and stalled >= self._longest_stall():
                why = "Other requests needed its place." if self._waiting else "The model is being closed."
                stopped = Refused(
                    "The stream was cut off, because it was not read.", why=why, do="Read it as it comes."
                )
                self._end(job, stopped)

    def _longest_stall(self) -> float:
        if self._refusal is not None:
            return _LAST_CALL_SECONDS
        return STALL_SECONDS if self._waiting else math.inf

    def _admit(self) -> None:
        while job := self._next_admitted():
            try:
                job.begin(self._backend)
            except Exception as error:  # noqa: BLE001 - it is told to the one request that it belongs to
                self._end(job, told(error))

    def _next_admitted(self) -> Job | None:
        with self._lock:
            while self._waiting and self._waiting[0].abandoned:
                self._waiting.popleft()
            if not self._waiting or self._refusal is not None:
                return None
            reserved = sum(job.longest for job in self._running) + self._waiting[0].longest
            open_then = sum(job.sequences for job in self._running) + self._waiting[0].sequences
            # Alone it may take them all: more than there are would otherwise wait for ever.
            full = bool(self._running) and open_then > min(self._places, self._backend.places)
            if full or (self._running and reserved > CONTEXTS * self._backend.context_length):
                return None
            self._running.append(self._waiting.popleft())
            return self._running[-1]

    def _turn_away(self, seen: Sequence[Job]) -> None:
        now = time.monotonic()
        for job in seen:
            if self._refusal is None and not job.abandoned and job.deadline > now:
                continue
            with self._lock:
                if job not in self._waiting:
                    continue
                self._waiting.remove(job)
            job.fail(self._refusal or _too_late(job))

    def _step(self, backend: Backend) -> bool:
        jobs = self._chosen(backend)
        if not jobs:
            return False
        try:
            with torch.inference_mode():
                results = backend.forward([job.work() for job in jobs])
            taken = list(zip(jobs, results, strict=True))
        except Exception as error:  # noqa: BLE001 - it is told to the requests of this step; the others go on
            reason = told(error)
            for job in jobs:
                self._end(job, reason)
            return True
        for job, logits in taken:
            job.served = next(self._turns)
            try:
                with torch.inference_mode():
                    self._generated += job.take(logits)
            except Exception as error:  # noqa: BLE001 - it is told to the one request that it belongs to
                self._end(job, told(error))
            else:
                if job.done:
                    self._end(job)
            for parted in job.parted():
                with self._lock:
                    self._running.append(parted)
                if parted.done:
                    self._end(parted)
        return True

    def _chosen(self, backend: Backend) -> list[Job]:
        """Those that write, the ones served longest ago first; then parts of prompts, in order of arrival."""
        ready = [job for job in self._running if job.backend is backend and job.stalled_since is None]
        writing = sorted((job for job in ready if not job.reading), key=lambda job: job.served)
        chosen, tokens = writing[: max(1, backend.preferred_batch)], 0
        for job in ready:
            if job.reading and tokens < CHUNK:
                chosen.append(job)
                tokens += len(job.work().tokens)
        return chosen

    def _end(self, job: Job, error: Exception | None = None) -> None:
        with self._lock:
            self._running.remove(job)
        try:
            job.release()
        except Exception:  # noqa: BLE001 - the sequence is over either way
            _log.exception("a sequence could not be closed")
        if error is not None:
            job.fail(error)

    def _patience(self) -> float | None:
        """Seconds until something is due; None when only a request or a reader can bring something to do."""
        with self._lock:
            due = [job.deadline for job in self._waiting]
        stalls = [job.stalled_since for job in self._running]
        due += [since + self._longest_stall() for since in stalls if since is not None]
        first = min(due, default=math.inf)
        return None if first == math.inf else max(0.0, first - time.monotonic())


def _too_late(job: Job) -> Busy:
    return Busy(
        "The model is busy with other requests.",
        why=f"Its turn did not come within {job.wait or 0:g} s.",
        do="Try again later, or allow a longer wait.",
    )
