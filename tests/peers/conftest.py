"""Random dictionaries for the peers' own loaders.

These tests run in the environment that `make test-peers` makes, and are skipped elsewhere.
"""

import pytest
import torch

from tests.features.formats.conftest import make, same

__all__ = ["hidden", "make", "same"]


@pytest.fixture
def hidden() -> torch.Tensor:
    """Hidden states, shape `(200, 8)`."""
    return torch.randn(200, 8, generator=torch.Generator().manual_seed(11))
