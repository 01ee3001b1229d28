"""One machine that serves: how many requests a second it takes, how long they last, what it draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from clearspan.economy.energy import ENERGY, Serving
from clearspan.economy.prices import Hardware, hardware
from clearspan.economy.serving.curves import Point
from clearspan.economy.serving.requests import Requests
from clearspan.economy.serving.speed import SPEED, most_at_once
from clearspan.errors import BadInput
from clearspan.measure.estimate import short

IDLE_SHARE = 1 / 3
"""Share of its rated power that an accelerator draws with a model loaded and nothing to do; assumed."""

_BUSY_MOMENT = 1.645
"""Standard deviations above the mean below which 95 % of a Poisson count lie."""


class Machine(Protocol):
    """What serves a model: accelerators of which one is known, or a machine that was measured."""

    @property
    def name(self) -> str: ...

    @property
    def dollars_per_hour(self) -> float:
        """Rent of the whole machine."""
        ...

    @property
    def factor(self) -> float:
        """Factor within which its speed is known, 95 %."""
        ...

    def places(self, tokens: float) -> int:
        """Requests of so many tokens that it holds at once."""
        ...

    def step(self, batch: float) -> float:
        """Seconds of a step that so many requests share."""
        ...

    def read_seconds(self, tokens: float) -> float:
        """Seconds that reading an input takes, alone on the machine."""
        ...

    def joules(self, requests: Requests, batch: float) -> float:
        """Joules of one request that shares the machine with so many."""
        ...

    @property
    def idle_watts(self) -> float: ...


@dataclass(frozen=True, slots=True)
class ModelledMachine:
    """Accelerators whose speed and energy follow from the models fitted to ML.ENERGY's measurements.

    Attributes:
        serving: the model and the accelerators that share it.
        kind: the accelerator, at its price.
        reading: share of peak FLOP/s reached on input.
        slower: what every time is multiplied by; 1 for the models as they were fitted.
    """

    serving: Serving
    kind: Hardware
    reading: float = 0.5
    slower: float = 1.0

    @property
    def name(self) -> str:
        return f"{self.serving.gpus} × {self.kind.name.upper()}"

    @property
    def dollars_per_hour(self) -> float:
        return self.serving.gpus * self.kind.price_per_hour

    @property
    def factor(self) -> float:
        return SPEED.factor

    def places(self, tokens: float) -> int:
        return most_at_once(self.serving, tokens)

    def step(self, batch: float) -> float:
        return self.slower * SPEED.step(self.serving, max(1.0, batch))

    def read_seconds(self, tokens: float) -> float:
        peak = self.serving.gpus * self.kind.flops_per_second * self.reading
        return self.slower * 2 * self.serving.active * tokens / peak

    def joules(self, requests: Requests, batch: float) -> float:
        written = ENERGY.joules_per_token(replace(self.serving, batch=max(1.0, batch))).value
        read = self.read_seconds(requests.input.mean) / self.slower * self.serving.gpus * self.kind.watts
        return written * requests.output.mean + read

    @property
    def idle_watts(self) -> float:
        return IDLE_SHARE * self.serving.gpus * hardware(self.kind.name).watts


@dataclass(frozen=True, slots=True)
class MeasuredMachine:
    """A machine whose throughput was measured at several batch sizes; between them it is interpolated.

    Attributes:
        points: of one machine, by batch.
        slower: what every time is multiplied by.
    """

    points: tuple[Point, ...]
    slower: float = 1.0

    @property
    def name(self) -> str:
        return self.points[0].hardware

    @property
    def dollars_per_hour(self) -> float:
        return self.points[0].price_per_hour

    @property
    def factor(self) -> float:
        return 1 + 2 * max(p.spread for p in self.points)

    def places(self, tokens: float) -> int:  # noqa: ARG002
        return self.points[-1].batch

    def step(self, batch: float) -> float:
        steps = [p.batch / p.tokens_per_second for p in self.points]
        return self.slower * float(np.interp(batch, [p.batch for p in self.points], steps))

    def read_seconds(self, tokens: float) -> float:
        rates = [p.input_tokens_per_second for p in self.points if p.input_tokens_per_second]
        return self.slower * tokens / max(rates) if rates else 0.0

    def joules(self, requests: Requests, batch: float) -> float:
        watts = float(np.interp(batch, [p.batch for p in self.points], [p.watts for p in self.points]))
        shared = self.step(batch) / batch * requests.output.mean + self.read_seconds(requests.input.mean)
        return watts * shared / self.slower

    @property
    def idle_watts(self) -> float:
        return self.points[0].idle_watts


def measured(points: Sequence[Point]) -> list[MeasuredMachine]:
    """One machine for each hardware that was measured."""
    names = list(dict.fromkeys(p.hardware for p in points))
    own = [sorted((p for p in points if p.hardware == name), key=lambda p: p.batch) for name in names]
    return [MeasuredMachine(tuple(one)) for one in own]


@dataclass(frozen=True, slots=True)
class Occupied:
    """A machine under a rate of requests.

    Attributes:
        batch: requests in work at once on average.
        step: seconds from one token of a request to its next, reading of other inputs included.
        seconds: within which 95 % of requests are answered whole.
        fits: whether the places suffice at 95 % of moments.
    """

    batch: float
    step: float
    seconds: float
    fits: bool


def occupied(machine: Machine, requests: Requests, rate: float) -> Occupied | None:
    """A machine with so many requests a second; None where they come faster than it can answer.

    Requests in work follow from the rate and from how long each stays (Little's law), which depends on how many
    there are: batch = rate·(reading + output·step(batch)/(1 − share of time spent reading)), the lowest solution.
    The slow end takes a long answer (the 95th percentile) at a moment as busy as one in twenty.
    """
    reading = machine.read_seconds(requests.input.mean)
    left = 1 - rate * reading
    places = machine.places(requests.input.mean + requests.output.mean / 2)
    if left <= 0 or places < 1:
        return None

    def short_of(batch: float) -> float:
        stay = reading + requests.output.mean * machine.step(batch) / left
        return rate * stay - batch

    if short_of(float(places)) > 0:
        return None
    low, high = 0.0, float(places)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if short_of(middle) > 0 else (low, middle)
    busy = high + _BUSY_MOMENT * math.sqrt(high)
    step = machine.step(min(busy, places)) / left
    seconds = machine.read_seconds(requests.input.high) + requests.output.high * step
    return Occupied(high, machine.step(high) / left, seconds, busy <= places)


def most_requests(machine: Machine, requests: Requests, limit: float | None) -> float:
    """Requests a second that one machine takes with 95 % of them answered whole within the limit.

    Raises:
        BadInput: it does not hold one of them, or is too slow for it even alone.
    """

    def able(rate: float) -> bool:
        state = occupied(machine, requests, rate)
        return state is not None and state.fits and (limit is None or state.seconds <= limit)

    if not able(1e-6):
        alone = occupied(machine, requests, 1e-6)
        raise BadInput(
            f"{machine.name} cannot serve these requests"
            + (f" within {short(limit, 6)} s." if alone and limit is not None else "."),
            why=f"A long answer takes {short(alone.seconds)} s with nobody else there."
            if alone
            else "Its memory does not hold the model and one request.",
            do="Allow more seconds, or take faster or more hardware.",
        )
    low, high = 1e-6, 1e-5
    while able(high):
        low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if able(middle) else (low, middle)
    return low
