"""Kaplan's law: L(N, D) = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D (Kaplan et al. 2020, equation 1.5)."""

import math
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.measure.estimate import Array, positive


@dataclass(frozen=True, slots=True)
class Kaplan:
    """Loss from size and data without an irreducible part.

    Source: Kaplan et al. 2020, arXiv 2001.08361, equation 1.5. Parameters are counted without embeddings. The
    constants belong to this joint form (table 2); those of L(N) and L(D) alone (N_c 8.8e13, α_N 0.076 and D_c 5.4e13,
    α_D 0.095; equations 1.1 and 1.2) were fitted separately and must not be put into it.

    Attributes:
        N_c: parameters (without embeddings) at which the size term alone gives one nat.
        D_c: tokens at which the data term alone gives one nat.
        alpha_n: exponent of size.
        alpha_d: exponent of data.
    """

    N_c: float
    D_c: float
    alpha_n: float
    alpha_d: float

    def __post_init__(self) -> None:
        for name in ("N_c", "D_c", "alpha_n", "alpha_d"):
            positive(f"The law's {name}", getattr(self, name))

    @property
    def floor(self) -> float:
        return 0.0

    def loss(self, parameters: float | Array, tokens: float | Array) -> Array:
        """Nats per token."""
        size, data = np.asarray(parameters, np.float64), np.asarray(tokens, np.float64)
        return ((self.N_c / size) ** (self.alpha_n / self.alpha_d) + self.D_c / data) ** self.alpha_d

    def tokens_for(self, loss: float, parameters: float) -> float:
        rest = loss ** (1 / self.alpha_d) - (self.N_c / parameters) ** (self.alpha_n / self.alpha_d)
        return self.D_c / rest if rest > 0 else math.inf

    def smallest_for(self, loss: float) -> float:
        return self.N_c / loss ** (1 / self.alpha_n) if loss > 0 else math.inf

    def optimal(self, flops: float) -> tuple[float, float]:
        """Lowest loss under 6·N·D = flops for runs trained to the end.

        This is the optimum of equation 1.5; the paper's own N ∝ C^0.73 stops training early (section 6).
        """
        power, product = self.alpha_n / self.alpha_d, flops / FLOPS_PER_TRAINING_TOKEN
        size = (power * self.N_c**power * product / self.D_c) ** (1 / (power + 1))
        return size, product / size

    def optimal_tokens(self, parameters: float) -> float:
        """The optimum of `optimal`, solved for the tokens."""
        power = self.alpha_n / self.alpha_d
        return (parameters / self.N_c) ** power * self.D_c / power

    def optimal_for_loss(self, loss: float) -> tuple[float, float]:
        """At the optimum the data term is α_N/α_D times the size term."""
        if loss <= 0:
            return math.inf, math.inf
        power = self.alpha_n / self.alpha_d
        of_size = loss ** (1 / self.alpha_d) / (1 + power)
        return self.N_c / of_size ** (1 / power), self.D_c / (power * of_size)


class KaplanProblem:
    """Log loss α_D·ln(exp(p·(n − ln N)) + exp(d − ln D)) in the unknowns (n, d, ln p, ln α_D), p = α_N/α_D."""

    names = ("N_c", "D_c", "alpha_n", "alpha_d")

    def __init__(self, runs: Runs) -> None:
        self._size, self._data = np.log(runs.parameters), np.log(runs.tokens)
        self.target: Array = np.log(runs.loss)
        self.lower = np.array([-50.0, -50.0, -5.0, -8.0])
        self.upper = np.array([200.0, 200.0, 3.0, 2.0])

    def predict(self, theta: Array) -> tuple[Array, Array]:
        """Log loss (starts, n) and its derivatives (starts, n, 4) at unknowns (starts, 4)."""
        n, d, log_power, log_alpha = (theta[:, i, None] for i in range(4))
        power, alpha = np.exp(log_power), np.exp(log_alpha)
        size, data = power * (n - self._size), d - self._data
        highest = np.maximum(size, data)
        of_size, of_data = np.exp(size - highest), np.exp(data - highest)
        total = of_size + of_data
        of_size, of_data = of_size / total, of_data / total
        value = alpha * (highest + np.log(total))
        jacobian = np.stack([alpha * of_size * power, alpha * of_data, alpha * of_size * size, value], -1)
        return value, jacobian

    def starts(self) -> Array:
        grid = [
            (n, d, math.log(power), math.log(alpha))
            for n in (self._size.mean() + 5, self._size.mean() + 15)
            for d in (self._data.mean() + 5, self._data.mean() + 15)
            for power in (0.5, 1.0, 1.5)
            for alpha in (0.05, 0.1, 0.2)
        ]
        return np.array(grid)

    def values(self, theta: Array) -> Array:
        """(N_c, D_c, alpha_n, alpha_d) for unknowns (starts, 4)."""
        alpha = np.exp(theta[:, 3])
        return np.stack([np.exp(theta[:, 0]), np.exp(theta[:, 1]), np.exp(theta[:, 2]) * alpha, alpha], 1)
