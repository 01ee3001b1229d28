"""Timing backends in turns, on a clock that only they move."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from clearspan.models.backends import timing
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.timing import LEAST_ROUNDS, MOST_ROUNDS, PROMPT, SEQUENCES, WRITTEN, compare


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Paced:
    """A backend whose steps take a time of their own; some of them longer, as where others run."""

    vocabulary = 10
    context_length = 128

    def __init__(
        self, clock: Clock, step: float, log: list[str], name: str, slow: Sequence[int] = ()
    ) -> None:
        self.name = name
        self.open_slots = 0
        self._clock, self._step, self._log, self._slow = clock, step, log, slow
        self._turns = 0

    def open(self) -> object:
        self._log.append(self.name)
        self._turns += 1
        self.open_slots += 1
        return object()

    def fork(self, _slot: object) -> object:
        self.open_slots += 1
        return object()

    def close(self, _slot: object) -> None:
        self.open_slots -= 1

    def forward(self, work: Sequence[Work]) -> list[None]:
        tokens = sum(len(entry.tokens) for entry in work)
        self._clock.now += self._step * tokens * (50 if self._turns in self._slow else 1)
        return [None] * len(work)


def backends(*made: Paced) -> dict[str, Backend]:
    return {one.name: cast("Any", one) for one in made}


def test_speeds_are_medians_that_a_disturbed_round_does_not_move() -> None:
    clock, log = Clock(), []
    plain = Paced(clock, 0.001, log, "plain", slow=[1, 3])
    native = Paced(clock, 0.002, log, "native", slow=[1])
    found = compare(backends(plain, native), lambda: True, clock)
    for name, step in (("plain", 0.001), ("native", 0.002)):
        speeds = found[name]
        assert (speeds.reading, speeds.alone, speeds.together) == pytest.approx((1 / step,) * 3)
    assert plain.open_slots == native.open_slots == 0


def test_each_has_its_turn_and_neither_always_follows_the_other() -> None:
    clock, log = Clock(), []
    compare(backends(Paced(clock, 0.01, log, "a"), Paced(clock, 0.011, log, "b")), lambda: True, clock)
    rounds = [tuple(log[at : at + 2]) for at in range(0, len(log), 2)]
    assert len(rounds) == 1 + LEAST_ROUNDS
    assert rounds[:2] in ([("a", "b"), ("b", "a")], [("b", "a"), ("a", "b")])


def test_fast_models_are_timed_often_and_slow_ones_only_until_it_is_clear() -> None:
    tokens = PROMPT + WRITTEN + SEQUENCES
    for step, other, rounds in (
        (1e-5, 1.1e-5, MOST_ROUNDS),
        (2.0 / tokens, 2.2 / tokens, LEAST_ROUNDS),
        (2.0 / tokens, 9.0 / tokens, 1),
    ):
        clock, log = Clock(), []
        compare(backends(Paced(clock, step, log, "a"), Paced(clock, other, log, "b")), lambda: True, clock)
        assert len(log) == 2 * (1 + rounds)


def test_rounds_wait_for_rest_and_do_not_count_beside_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, log = Clock(), []
    looked: list[float] = []

    def sleep(seconds: float) -> None:
        clock.now += seconds

    def rested() -> bool:
        # A request came during the third round, and took for two looks.
        if len(log) == 6 and len(looked) < 3:
            looked.append(clock.now)
            return False
        return True

    monkeypatch.setattr(timing.time, "sleep", sleep)
    compare(backends(Paced(clock, 0.02, log, "a"), Paced(clock, 0.02, log, "b")), rested, clock)
    assert len(log) == 2 * (1 + LEAST_ROUNDS + 1)
    assert looked[0] == looked[1] < looked[2]


def test_a_model_that_never_rests_is_measured_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, log = Clock(), []

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(timing.time, "sleep", sleep)
    a, b = Paced(clock, 0.02, log, "a"), Paced(clock, 0.01, log, "b")
    found = compare(backends(a, b), lambda: False, clock)
    assert clock.now > timing.PATIENCE_SECONDS
    assert found["b"].alone > found["a"].alone


def test_a_short_context_and_a_clock_that_stands_still() -> None:
    clock, log = Clock(), []
    short = Paced(clock, 0.0, log, "a")
    short.context_length = 12
    found = compare(backends(short), lambda: True, clock)
    assert found["a"].seconds > 0
