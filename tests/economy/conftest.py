"""Where the measured data of the planner lie; tests that need them are skipped where they are not."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine must not fail a test of a formula.
settings.register_profile("planner", deadline=None)
settings.load_profile("planner")

REPOSITORY = Path(__file__).resolve().parents[2]


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
