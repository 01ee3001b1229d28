"""The Chinchilla law: L(N, D) = E + A/N^α + B/D^β (Hoffmann et al. 2022, equation 2)."""

import math
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, positive, short


@dataclass(frozen=True, slots=True)
class Chinchilla:
    """Loss from size and data as a sum of power laws.

    Source: Hoffmann et al. 2022, arXiv 2203.15556, equation 2; constants come from `presets` or a fit.

    Attributes:
        E: irreducible loss, nats per token.
        A: nats per token times parameters^alpha.
        B: nats per token times tokens^beta.
        alpha: exponent of size.
        beta: exponent of data.
    """

    E: float
    A: float
    B: float
    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.E) or self.E < 0:
            raise BadInput(
                f"The irreducible loss E must not be negative, and is {short(self.E, 6)}.",
                do="Give zero or more nats.",
            )
        for name, value in (("A", self.A), ("B", self.B), ("alpha", self.alpha), ("beta", self.beta)):
            positive(f"The law's {name}", value)

    @property
    def floor(self) -> float:
        return self.E

    def loss(self, parameters: float | Array, tokens: float | Array) -> Array:
        """Nats per token."""
        size, data = np.asarray(parameters, np.float64), np.asarray(tokens, np.float64)
        return self.E + self.A * size**-self.alpha + self.B * data**-self.beta

    def slopes(self, parameters: float | Array, tokens: float | Array) -> tuple[Array, Array]:
        """Derivatives of the loss by parameters and by tokens; both are negative."""
        size, data = np.asarray(parameters, np.float64), np.asarray(tokens, np.float64)
        return (
            -self.alpha * self.A * size ** (-self.alpha - 1),
            -self.beta * self.B * data ** (-self.beta - 1),
        )

    def tokens_for(self, loss: float, parameters: float) -> float:
        rest = loss - self.E - self.A * parameters**-self.alpha
        return (self.B / rest) ** (1 / self.beta) if rest > 0 else math.inf

    def smallest_for(self, loss: float) -> float:
        return (self.A / (loss - self.E)) ** (1 / self.alpha) if loss > self.E else math.inf

    def optimal(self, flops: float) -> tuple[float, float]:
        """Closed form: N = G·(C/6)^(β/(α+β)), D = (C/6)/N (Hoffmann et al. 2022, equation 4)."""
        product = flops / FLOPS_PER_TRAINING_TOKEN
        size = self._balance() * product ** (self.beta / (self.alpha + self.beta))
        return size, product / size

    def optimal_tokens(self, parameters: float) -> float:
        product = (parameters / self._balance()) ** ((self.alpha + self.beta) / self.beta)
        return product / parameters

    def optimal_for_loss(self, loss: float) -> tuple[float, float]:
        """At the optimum α·A/N^α = β·B/D^β, so each term's share of the reducible loss is fixed."""
        if loss <= self.E:
            return math.inf, math.inf
        reducible = loss - self.E
        of_size = reducible * self.beta / (self.alpha + self.beta)
        of_data = reducible - of_size
        return (self.A / of_size) ** (1 / self.alpha), (self.B / of_data) ** (1 / self.beta)

    def _balance(self) -> float:
        return (self.alpha * self.A / (self.beta * self.B)) ** (1 / (self.alpha + self.beta))


class ChinchillaProblem:
    """Log loss as log-sum-exp of (a − α·ln N, b − β·ln D, e), as Hoffmann et al. fit it (section 3.3).

    ln N and ln D are centred, which makes the unknowns nearly independent and the fit quick.

    Args:
        runs: n runs.
        tied: one exponent for size and data (Gadre et al. 2024, Muennighoff et al. 2023).
    """

    names: tuple[str, ...] = ("E", "A", "B", "alpha", "beta")

    def __init__(self, runs: Runs, tied: bool = False) -> None:
        self.tied = tied
        self._size, self._data = np.log(runs.parameters), np.log(runs.tokens)
        self._centre = float(self._size.mean()), float(self._data.mean())
        self._size, self._data = self._size - self._centre[0], self._data - self._centre[1]
        self.target: Array = np.log(runs.loss)
        self.lower = np.full(4 if tied else 5, -50.0)
        self.upper = np.full(4 if tied else 5, 50.0)
        self.lower[3:], self.upper[3:] = 1e-3, 5.0

    def predict(self, theta: Array) -> tuple[Array, Array]:
        """Log loss (starts, n) and its derivatives (starts, n, unknowns) at unknowns (starts, unknowns)."""
        e, a, b, alpha = (theta[:, i, None] for i in range(4))
        beta = alpha if self.tied else theta[:, 4, None]
        size, data = a - alpha * self._size, b - beta * self._data
        highest = np.maximum(np.maximum(size, data), e)
        parts = np.exp(np.stack([np.broadcast_to(e, size.shape), size, data], -1) - highest[..., None])
        total = parts.sum(-1)
        parts /= total[..., None]
        by_alpha, by_beta = -parts[..., 1] * self._size, -parts[..., 2] * self._data
        exponents = (by_alpha + by_beta,) if self.tied else (by_alpha, by_beta)
        jacobian = np.concatenate([parts, np.stack(exponents, -1)], -1)
        return highest + np.log(total), jacobian

    def starts(self) -> Array:
        """A grid over the exponents; E, A and B follow from weighted least squares at each."""
        grid = np.linspace(0.05, 1.0, 6)
        pairs = [(x, x) for x in grid] if self.tied else [(x, y) for x in grid for y in grid]
        weight = np.exp(-self.target)
        rows: list[Array] = []
        for alpha, beta in pairs:
            columns = np.stack(
                [np.ones_like(self._size), np.exp(-alpha * self._size), np.exp(-beta * self._data)], 1
            )
            solution = np.linalg.lstsq(columns * weight[:, None], np.ones_like(weight), rcond=None)[0]
            exponents = (alpha,) if self.tied else (alpha, beta)
            rows.append(np.concatenate([np.log(np.maximum(solution, 1e-3)), exponents]))
        return np.stack(rows)

    def values(self, theta: Array) -> Array:
        """(E, A, B, alpha, beta) for unknowns (starts, unknowns)."""
        alpha = theta[:, 3]
        beta = alpha if self.tied else theta[:, 4]
        return np.stack(
            [
                np.exp(theta[:, 0]),
                np.exp(theta[:, 1] + alpha * self._centre[0]),
                np.exp(theta[:, 2] + beta * self._centre[1]),
                alpha,
                beta,
            ],
            1,
        )
