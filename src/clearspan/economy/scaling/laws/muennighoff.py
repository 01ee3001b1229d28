"""Muennighoff's data-constrained law: the Chinchilla law with repeated data and excess size worth less."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.measure.estimate import Array, positive

PUBLISHED_FRESH = "its constants for fresh data are Muennighoff et al. 2023's, of C4"
"""What a fit to runs of one's own takes for granted, in words."""

PUBLISHED_SEARCH = 20.0
"""Upper end of the range of R_D* and R_N* in which the published procedure looks for its minimum."""


@dataclass(frozen=True, slots=True)
class DataConstrained:
    """Loss from size, tokens, and how many of the tokens are different.

    With U_D unique tokens and R_D = D/U_D − 1 repeats, data is worth
    D' = U_D + U_D·R_D*·(1 − e^(−R_D/R_D*)); size beyond U_N, the compute-optimal size for U_D tokens,
    decays likewise with R_N*. Then L = E + A/N'^α + B/D'^β.

    Source: Muennighoff et al. 2023, arXiv 2305.16264, section 3.

    Attributes:
        base: the law for fresh data.
        R_D: repeats after which repeated tokens have lost 1 − 1/e of their worth; a pure number.
        R_N: the same for excess parameters.
    """

    base: Chinchilla
    R_D: float
    R_N: float

    def __post_init__(self) -> None:
        positive("The law's R_D*", self.R_D)
        positive("The law's R_N*", self.R_N)

    @property
    def floor(self) -> float:
        return self.base.floor

    def effective_tokens(self, tokens: float | Array, unique: float | Array) -> Array:
        """D': fresh tokens that would be worth as much; at most U_D·(1 + R_D*)."""
        data, fresh = np.asarray(tokens, np.float64), np.asarray(unique, np.float64)
        fresh = np.minimum(fresh, data)
        return fresh * (1 + _decayed(data / fresh - 1, self.R_D))

    def effective_parameters(self, parameters: float | Array, unique: float | Array) -> Array:
        """N': parameters that would be worth as much on ample data; at most U_N·(1 + R_N*)."""
        size, fresh = np.asarray(parameters, np.float64), np.asarray(unique, np.float64)
        enough = np.minimum(size, optimal_size(self.base, fresh))
        return enough * (1 + _decayed(size / enough - 1, self.R_N))

    def loss(self, parameters: float | Array, tokens: float | Array, unique: float | Array) -> Array:
        """Nats per token; unique tokens that are not reached in training do not count."""
        fresh = np.minimum(unique, tokens)
        return self.base.loss(
            self.effective_parameters(parameters, fresh), self.effective_tokens(tokens, fresh)
        )

    def optimal(self, flops: float, unique: float) -> tuple[float, float]:
        """Parameters and tokens of lowest loss under 6·N·D = flops with `unique` different tokens."""
        product = flops / FLOPS_PER_TRAINING_TOKEN
        size, data = self.base.optimal(flops)
        if data <= unique:
            return size, data
        centre = math.log(size)
        for half_width in (8.0, 0.1, 0.001):
            grid = np.exp(np.linspace(centre - half_width, centre + half_width, 801))
            centre = float(np.log(grid[np.argmin(self.loss(grid, product / grid, unique))]))
        size = math.exp(centre)
        return size, product / size


@dataclass(frozen=True, slots=True)
class OnUnique:
    """The data-constrained law with so many unique tokens at hand: a law of size and tokens alone.

    Attributes:
        law: the data-constrained law.
        unique: different tokens at hand; training on more of them repeats.
    """

    law: DataConstrained
    unique: float

    def __post_init__(self) -> None:
        positive("The number of unique tokens", self.unique)

    @property
    def floor(self) -> float:
        """What no size and no repetition gets below: both are worth only so much without further data."""
        return float(self.loss(_ENDLESS, _ENDLESS))

    def loss(self, parameters: float | Array, tokens: float | Array) -> Array:
        return self.law.loss(parameters, tokens, self.unique)

    def tokens_for(self, loss: float, parameters: float) -> float:
        return _least(lambda tokens: float(self.loss(parameters, tokens)) <= loss)

    def smallest_for(self, loss: float) -> float:
        return _least(lambda size: float(self.loss(size, _ENDLESS)) < loss)

    def optimal(self, flops: float) -> tuple[float, float]:
        return self.law.optimal(flops, self.unique)

    def optimal_tokens(self, parameters: float) -> float:
        """The fewest at which a somewhat larger model on as many fewer tokens, at equal compute, is no worse."""
        step = 1.001

        def enough(tokens: float) -> bool:
            larger = self.loss(parameters * step, tokens / step)
            return float(larger) <= float(self.loss(parameters / step, tokens * step))

        return _least(enough)

    def optimal_for_loss(self, loss: float) -> tuple[float, float]:
        flops = _least(lambda budget: float(self.loss(*self.optimal(budget))) <= loss)
        return self.optimal(flops) if flops < math.inf else (math.inf, math.inf)


_ENDLESS = 1e40
"""Parameters or tokens beyond which no more of them change the loss."""


def _least(enough: Callable[[float], bool]) -> float:
    """The smallest number from one on that is enough, where every larger one is; infinity where none is."""
    low, high = 0.0, math.log(_ENDLESS)
    if not enough(math.exp(high)):
        return math.inf
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(math.exp(middle)) else (middle, high)
    return math.exp(high)


def optimal_size(base: Chinchilla, tokens: Array) -> Array:
    """Compute-optimal parameters for a number of tokens, which is U_N when the tokens are all unique."""
    ratio = base.alpha * base.A / (base.beta * base.B)
    return ratio ** (1 / base.alpha) * tokens ** (base.beta / base.alpha)


class DataConstrainedProblem:
    """Log loss in the unknowns (ln R_D*, ln R_N*), with the constants for fresh data held.

    The published procedure starts from a grid of [0, 20]² and keeps the best minimum found there
    (the authors' notebook, parametric_fit). The objective has a second minimum outside, so the range that is
    searched is part of the result and is given here.

    Args:
        runs: n runs with `unique_tokens`.
        base: the law for fresh data; Muennighoff's fit to C4 is the preset `muennighoff-2023`.
        largest: upper end of the range searched for both.
    """

    names = ("R_D", "R_N")

    def __init__(self, runs: Runs, base: Chinchilla, largest: float = PUBLISHED_SEARCH) -> None:
        self._runs, self._base, self._largest = runs, base, largest
        self._fresh = np.minimum(runs.unique_tokens, runs.tokens)
        self._repeats = runs.tokens / self._fresh - 1
        self._enough = np.minimum(runs.parameters, optimal_size(base, self._fresh))
        self._excess = runs.parameters / self._enough - 1
        self.target: Array = np.log(runs.loss)
        self.lower = np.full(2, math.log(0.05))
        self.upper = np.full(2, math.log(largest))

    def predict(self, theta: Array) -> tuple[Array, Array]:
        """Log loss (starts, n) and its derivatives (starts, n, 2) at unknowns (starts, 2)."""
        repeat, excess = np.exp(theta[:, :1]), np.exp(theta[:, 1:])
        data = self._fresh * (1 + _decayed(self._repeats, repeat))
        size = self._enough * (1 + _decayed(self._excess, excess))
        loss = self._base.loss(size, data)
        by_size, by_data = self._base.slopes(size, data)
        by_repeat = by_data * self._fresh * _decayed_slope(self._repeats, repeat) * repeat
        by_excess = by_size * self._enough * _decayed_slope(self._excess, excess) * excess
        return np.log(loss), np.stack([by_repeat, by_excess], -1) / loss[..., None]

    def starts(self) -> Array:
        grid = np.geomspace(0.5, self._largest, 6)
        return np.log(np.array([(x, y) for x in grid for y in grid]))

    def values(self, theta: Array) -> Array:
        """(R_D, R_N) for unknowns (starts, 2)."""
        return np.exp(theta)


def _decayed(repeats: Array, half: float | Array) -> Array:
    return half * -np.expm1(-repeats / half)


def _decayed_slope(repeats: Array, half: float | Array) -> Array:
    ratio = repeats / half
    return -np.expm1(-ratio) - ratio * np.exp(-ratio)
