"""The distillation law: what a student learns from a teacher's distributions (Busbridge et al. 2025)."""

import math
from dataclasses import dataclass

import numpy as np

from clearspan.measure.estimate import Array, positive


@dataclass(frozen=True, slots=True)
class Supervised:
    """L(N, D) = E + (A/N^alpha + B/D^beta)^gamma, the supervised law that distillation is measured against.

    Source: Busbridge et al. 2025, arXiv 2502.08606, equation 1.

    Attributes:
        E: irreducible loss, nats per token.
        A: scale of the size term.
        B: scale of the data term.
        alpha: exponent of size.
        beta: exponent of data.
        gamma: exponent of their sum.
    """

    E: float
    A: float
    B: float
    alpha: float
    beta: float
    gamma: float

    def __post_init__(self) -> None:
        for name in ("E", "A", "B", "alpha", "beta", "gamma"):
            positive(f"The law's {name}", getattr(self, name))

    def loss(self, parameters: float | Array, tokens: float | Array) -> Array:
        """Nats per token."""
        size, data = np.asarray(parameters, np.float64), np.asarray(tokens, np.float64)
        return self.E + (self.A * size**-self.alpha + self.B * data**-self.beta) ** self.gamma

    def tokens_for(self, loss: float, parameters: float) -> float:
        """Training tokens with which a model of this size reaches a loss; infinity where it never does."""
        if loss <= self.E:
            return math.inf
        rest = (loss - self.E) ** (1 / self.gamma) - self.A * parameters**-self.alpha
        return (self.B / rest) ** (1 / self.beta) if rest > 0 else math.inf


@dataclass(frozen=True, slots=True)
class Distillation:
    """Student loss L_S from teacher loss L_T, student size N_S and distillation tokens D_S.

    L_S = L_T + L_T^−c0 · (1 + (L_T/(d1·L̃_S))^(1/f1))^(−c1·f1) · (A/N_S^alpha + B/D_S^beta)^gamma,
    where L̃_S is the loss the student would reach by supervised training on D_S tokens. A teacher much
    better than the student could ever be stops helping: the capacity gap.

    Source: Busbridge et al. 2025, arXiv 2502.08606, equation 8.

    Attributes:
        supervised: the supervised law of the same study.
        A: scale of the size term.
        B: scale of the data term.
        alpha: exponent of size.
        beta: exponent of data.
        gamma: exponent of their sum.
        c0: exponent of the teacher's loss.
        c1: steepness beyond the capacity gap.
        f1: smoothness of the gap.
        d1: where the gap begins, in teacher loss over student loss.
    """

    supervised: Supervised
    A: float
    B: float
    alpha: float
    beta: float
    gamma: float
    c0: float
    c1: float
    f1: float
    d1: float

    def loss(self, teacher_loss: float | Array, parameters: float | Array, tokens: float | Array) -> Array:
        """The student's loss, nats per token."""
        teacher = np.asarray(teacher_loss, np.float64)
        size, data = np.asarray(parameters, np.float64), np.asarray(tokens, np.float64)
        gap = (teacher / (self.d1 * self.supervised.loss(size, data))) ** (1 / self.f1)
        learnt = (self.A * size**-self.alpha + self.B * data**-self.beta) ** self.gamma
        return teacher + teacher**-self.c0 * (1 + gap) ** (-self.c1 * self.f1) * learnt

    def tokens_for(self, loss: float, teacher_loss: float, parameters: float) -> float:
        """Distillation tokens with which the student reaches a loss; infinity where it never does."""
        low, high = math.log(1e6), math.log(1e18)
        if float(self.loss(teacher_loss, parameters, math.exp(high))) > loss:
            return math.inf
        for _ in range(80):
            middle = (low + high) / 2
            reached = float(self.loss(teacher_loss, parameters, math.exp(middle))) <= loss
            low, high = (low, middle) if reached else (middle, high)
        return math.exp(high)
