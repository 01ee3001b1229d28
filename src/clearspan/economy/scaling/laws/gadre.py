"""Gadre's over-training law: L(C, M) = E + (a·M^η + b·M^−η)·C^−η (Gadre et al. 2024, equation 4)."""

from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.laws.chinchilla import Chinchilla, ChinchillaProblem
from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.laws.runs import Runs
from clearspan.measure.estimate import Array, positive


@dataclass(frozen=True, slots=True)
class Gadre:
    """Loss from compute C (FLOP) and tokens per parameter M.

    Source: Gadre et al. 2024, arXiv 2403.08540, equation 4. With C = 6·N·D and M = D/N it is the Chinchilla
    law with one exponent 2η for size and data, so that every model of a fixed M lies on a parallel line.

    Attributes:
        E: irreducible loss, nats per token.
        a: nats per token times FLOP^eta; the price of training past the balance.
        b: nats per token times FLOP^eta; the price of stopping short of it.
        eta: exponent of compute.
    """

    E: float
    a: float
    b: float
    eta: float

    def __post_init__(self) -> None:
        for name in ("E", "a", "b", "eta"):
            positive(f"The law's {name}", getattr(self, name))

    @property
    def floor(self) -> float:
        return self.E

    def loss(self, parameters: float | Array, tokens: float | Array) -> Array:
        """Nats per token."""
        size, data = np.asarray(parameters, np.float64), np.asarray(tokens, np.float64)
        compute, ratio = FLOPS_PER_TRAINING_TOKEN * size * data, data / size
        return self.E + (self.a * ratio**self.eta + self.b * ratio**-self.eta) * compute**-self.eta

    def as_chinchilla(self) -> Chinchilla:
        """The same law in size and data: (M/C)^η = 6^−η·N^−2η and (M·C)^−η = 6^−η·D^−2η."""
        six = FLOPS_PER_TRAINING_TOKEN**-self.eta
        return Chinchilla(self.E, self.a * six, self.b * six, 2 * self.eta, 2 * self.eta)

    def tokens_for(self, loss: float, parameters: float) -> float:
        return self.as_chinchilla().tokens_for(loss, parameters)

    def smallest_for(self, loss: float) -> float:
        return self.as_chinchilla().smallest_for(loss)

    def optimal(self, flops: float) -> tuple[float, float]:
        return self.as_chinchilla().optimal(flops)

    def optimal_tokens(self, parameters: float) -> float:
        return self.as_chinchilla().optimal_tokens(parameters)

    def optimal_for_loss(self, loss: float) -> tuple[float, float]:
        return self.as_chinchilla().optimal_for_loss(loss)


class GadreProblem(ChinchillaProblem):
    """The Chinchilla regression with one exponent for size and data, in the constants of the over-training form."""

    names = ("E", "a", "b", "eta")

    def __init__(self, runs: Runs) -> None:
        super().__init__(runs, tied=True)

    def values(self, theta: Array) -> Array:
        """(E, a, b, eta) for unknowns (starts, 4)."""
        floor, size, data, alpha, _ = super().values(theta).T
        six = FLOPS_PER_TRAINING_TOKEN ** (alpha / 2)
        return np.stack([floor, size * six, data * six, alpha / 2], 1)
