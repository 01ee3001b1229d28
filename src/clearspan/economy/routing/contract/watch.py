"""Whether a promise still holds, watched for as long as one likes: a bet that it does not, begun anew again and again.

Against each new loss one bets that the mean is above what was promised. While the promise holds, the capital of every
bet is a supermartingale that began with its share of 1, and so is their sum: it reaches 1/α with a probability of α at
most over all time, however often one looks. Bets begin anew every few samples, since one that has lost for a long time
while all was well would have to win all of that back before it noticed a drift.

Source: J. Shin, A. Ramdas and A. Rinaldo, E-detectors: a nonparametric framework for sequential change detection, New
England Journal of Statistics in Data Science 2 (2024): weighted sums of e-processes begun at each time; the inequality
is that of J. Ville (1939), the stakes are constant as in Waudby-Smith and Ramdas 2024, section 4.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

ALPHA = 0.05
"""Probability at most of ever ending a promise that holds."""

_STAKES = (0.1, 0.25, 0.5)
"""Shares of the largest stake; each bet is divided among them."""
_EVERY = 25
"""Samples between the beginnings of two bets."""
_ALL = 2.10975
"""The sum of 1 / (k ln² k) over k from 2 on, rounded up."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Bets against a promise after some samples.

    Attributes:
        samples: how many there were.
        capital: by stake; what bets have that were begun.
    """

    samples: int = 0
    capital: tuple[float, ...] = (0.0,) * len(_STAKES)

    @property
    def evidence(self) -> float:
        """Capital of all bets, those to come included at what they begin with; 1/α ends the promise."""
        return sum(self.capital) + (1 - _begun(self.samples))

    @property
    def violated(self) -> bool:
        """Whether the evidence against the promise is enough."""
        return sum(self.capital) >= 1 / ALPHA

    def after(self, losses: Iterable[float], bound: float) -> "Watch":
        """The bets after further losses in [0, 1] whose mean was promised to be at most `bound`; none once violated."""
        now = self
        for loss in losses:
            if now.violated:
                return now
            begins = _share(now.samples // _EVERY) / len(_STAKES) if now.samples % _EVERY == 0 else 0.0
            capital = tuple(
                (has + begins) * (1 + stake / bound * (loss - bound))
                for has, stake in zip(now.capital, _STAKES, strict=True)
            )
            now = replace(now, samples=now.samples + 1, capital=capital)
        return now


def _share(number: int) -> float:
    """What the bet of a number begins with: the shares of all add up to at most 1, and fall slowly."""
    place = number + 2
    return 1 / (place * math.log(place) ** 2) / _ALL


def _begun(samples: int) -> float:
    return sum(_share(number) for number in range(math.ceil(samples / _EVERY)))
