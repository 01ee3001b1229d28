"""How long a request waits for one of several places: M/M/c, and Allen and Cunneen's correction."""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.measure.estimate import positive, short


@dataclass(frozen=True, slots=True)
class Queue:
    """Requests that arrive at random (Poisson) and are served in their order at `places` equal places.

    The chance of waiting is M/M/c's (Erlang C); the mean wait is M/M/c's times (1 + c_s²)/2 (Allen 1990,
    after Cunneen), which is exact for M/M/c and M/G/1; a wait, where there is one, is taken as exponential.

    Attributes:
        arrivals: requests a second.
        service: mean seconds at a place.
        places: requests served at once.
        service_variation: squared coefficient of variation of the service times; 0 if all are alike, 1 if
            exponential.
    """

    arrivals: float
    service: float
    places: int
    service_variation: float = 1.0

    def __post_init__(self) -> None:
        positive("The arrival rate", self.arrivals)
        positive("The service time", self.service)
        if self.places < 1:
            raise BadInput(
                f"There must be at least one place, not {self.places}.",
                do="Give the requests served at once.",
            )
        if not (math.isfinite(self.service_variation) and self.service_variation >= 0):
            raise BadInput(
                f"A squared coefficient of variation must be zero or more, not {short(self.service_variation, 6)}.",
                do="Give 1 if it is not known, 0 if all requests are alike.",
            )

    @property
    def load(self) -> float:
        """Offered load a place, in [0, 1) for a queue that does not grow."""
        return self.arrivals * self.service / self.places

    @property
    def waits(self) -> float:
        """Probability that a request waits at all (Erlang C); 1 where the queue grows."""
        if self.load >= 1:
            return 1.0
        blocked = _erlang_b(self.places, self.arrivals * self.service)
        return blocked / (1 - self.load * (1 - blocked))

    @property
    def mean_wait(self) -> float:
        """Mean seconds in the queue, those who do not wait included; infinite where the queue grows."""
        if self.load >= 1:
            return math.inf
        exponential = self.waits * self.service / (self.places * (1 - self.load))
        return exponential * (1 + self.service_variation) / 2

    def within(self, seconds: float) -> float:
        """Probability that a request is answered within so many seconds, waiting and service together.

        Service times are gamma-distributed with the given variation (all alike at 0).
        """
        if self.load >= 1:
            return 0.0
        waits, mean = self.waits, self.mean_wait
        if self.service_variation < 1e-9:
            left = seconds - self.service
            return 0.0 if left < 0 else 1.0 - (waits * math.exp(-left * waits / mean) if mean > 0 else 0.0)
        left = seconds - self.service * _unit_times(self.service_variation)
        left = left[left >= 0]
        beyond = waits * np.exp(-left * waits / mean) if mean > 0 else np.zeros_like(left)
        return float(np.sum(1.0 - beyond)) / 400

    def quantile(self, probability: float) -> float:
        """Seconds within which this share of requests is answered; infinite where the queue grows."""
        if not 0 < probability < 1:
            raise BadInput(
                f"A percentile must lie between 0 and 1, not at {short(probability, 6)}.",
                do="Give a share of requests, such as 0.95.",
            )
        if self.load >= 1:
            return math.inf
        low, high = 0.0, self.service
        while self.within(high) < probability:
            high *= 2
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if self.within(middle) < probability else (low, middle)
        return high


def _erlang_b(places: int, offered: float) -> float:
    """Probability that all places are taken where nobody waits: a Poisson probability over its cumulative one."""
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    exactly = math.exp(places * math.log(offered) - offered - math.lgamma(places + 1))
    return exactly / float(special.gammaincc(places + 1, offered))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


@functools.lru_cache(maxsize=64)
def _unit_times(variation: float) -> NDArray[np.float64]:
    """Equally likely service times of mean 1: quantiles of a gamma distribution at 400 midpoints."""
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    shape = 1 / variation
    middles = (np.arange(400) + 0.5) / 400
    times: NDArray[np.float64] = special.gammaincinv(shape, middles) / shape  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return times / times.mean()
