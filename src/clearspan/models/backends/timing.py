"""Timing two backends of one model against each other, in turns, so that whatever else runs slows both alike."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.figures import Speeds

PROMPT, WRITTEN, SEQUENCES = 32, 3, 4
"""Tokens of a timed prompt, steps that follow it, and sequences that write together."""
LEAST_ROUNDS, MOST_ROUNDS = 3, 9
BUDGET_SECONDS = 1.0
"""No further round begins after so much time in rounds that count."""
PATIENCE_SECONDS = 60.0
"""From then on rounds count whatever else the model does: where it never rests, both ways are slowed alike."""

_LOOK_SECONDS = 0.05
_CLEAR = 2.0
"""A way that takes so many times as long as the other needs no further round to be known as the slower one."""


def compare(
    backends: Mapping[str, Backend],
    rested: Callable[[], bool],
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Speeds]:
    """How fast each backend reads and writes: medians over rounds in which each has its turn.

    A first round warms up and does not count; nor does one that ended while the model had something to do.

    Args:
        backends: of the same model, by name; used by nobody else.
        rested: whether the model has nothing to do at this moment.
        clock: seconds.
    """
    names = list(backends)
    deadline = clock() + PATIENCE_SECONDS
    taken: dict[str, list[Speeds]] = {name: [] for name in names}
    used, warm = 0.0, False
    while not _enough(list(taken.values()), used):
        while not rested() and clock() < deadline:
            time.sleep(_LOOK_SECONDS)
        began = clock()
        # The order changes, so that neither always follows the other.
        names.reverse()
        turn = {name: _turn(backends[name], clock) for name in names}
        if warm and (rested() or clock() >= deadline):
            used += clock() - began
            for name, speeds in turn.items():
                taken[name].append(speeds)
        warm = True
    return {name: _medians(rows) for name, rows in taken.items()}


def _enough(taken: Sequence[Sequence[Speeds]], used: float) -> bool:
    rounds = len(taken[0])
    if rounds == 0 or rounds == MOST_ROUNDS or used < BUDGET_SECONDS:
        return rounds == MOST_ROUNDS
    seconds = [_medians(rows).seconds for rows in taken]
    return rounds >= LEAST_ROUNDS or max(seconds) >= _CLEAR * min(seconds)


def _turn(backend: Backend, clock: Callable[[], float]) -> Speeds:
    prompt = [number % backend.vocabulary for number in range(min(PROMPT, backend.context_length // 2))]
    first = backend.open()
    slots = [first]
    try:
        reading = _seconds(backend, [Work(first, prompt)], clock)
        alone = statistics.median(_seconds(backend, [Work(first, [1])], clock) for _ in range(WRITTEN))
        slots += [backend.fork(first) for _ in range(SEQUENCES - 1)]
        together = _seconds(backend, [Work(slot, [1]) for slot in slots], clock)
    finally:
        for slot in slots:
            backend.close(slot)
    return Speeds(reading=len(prompt) / reading, alone=1 / alone, together=SEQUENCES / together)


def _seconds(backend: Backend, work: Sequence[Work], clock: Callable[[], float]) -> float:
    began = clock()
    backend.forward(work)
    # A clock may stand still for as long as a tiny model needs.
    return max(clock() - began, 1e-9)


def _medians(rows: Sequence[Speeds]) -> Speeds:
    return Speeds(
        reading=statistics.median(row.reading for row in rows),
        alone=statistics.median(row.alone for row in rows),
        together=statistics.median(row.together for row in rows),
    )
