"""Runs drawn from a known law."""

from typing import Protocol

import numpy as np
import pytest

from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.runs import Runs


@pytest.fixture(scope="session")
def truth() -> Chinchilla:
    """A law like the published ones."""
    return Chinchilla(E=1.8, A=480.0, B=2000.0, alpha=0.35, beta=0.37)


class RunsOf(Protocol):
    def __call__(self, count: int, noise: float, seed: int = 0) -> Runs: ...


@pytest.fixture(scope="session")
def runs_of(truth: Chinchilla) -> RunsOf:
    """Runs of that law over three orders of magnitude of size and data, in five groups."""

    def make(count: int, noise: float, seed: int = 0) -> Runs:
        generator = np.random.default_rng(seed)
        parameters = 10 ** generator.uniform(7.5, 10.5, count)
        tokens = parameters * 10 ** generator.uniform(0.3, 2.3, count)
        loss = truth.loss(parameters, tokens) * np.exp(generator.normal(0, noise, count))
        return Runs(parameters, tokens, loss, tokens, tuple(str(i % 5) for i in range(count)))

    return make
