"""Parts that planner tests share: where measured data lie, and runs drawn from a known law."""

import os
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from clearspan.economy.scaling.chinchilla import Chinchilla
from clearspan.economy.scaling.runs import Runs

REPOSITORY = Path(__file__).resolve().parents[3]


def measured(name: str) -> Path:
    """A file of the evaluation data; the test is skipped where they are not."""
    folder = Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY.parent / "shared"))
    file = folder / "evals" / name
    if not file.is_file():
        pytest.skip(f"{name} is not here; set CLEARSPAN_DATA to the folder of the evaluation data")
    return file


@pytest.fixture(scope="session")
def chinchilla_runs() -> Path:
    return measured("chinchilla_runs/svg_extracted_data.csv")


@pytest.fixture(scope="session")
def datablations_runs() -> Path:
    return measured("datablations_runs/runs_182.csv")


@pytest.fixture(scope="session")
def energy_rows() -> Path:
    return measured("energy_dev/lm_arena_chat_half_models.csv")


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
