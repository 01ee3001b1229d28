"""Activations to train on that are made up: sparse sums of directions, away from 0, on a scale of their own."""

from collections.abc import Iterator

import pytest
import torch

from clearspan.features.harvest.source import SourceCard
from clearspan.models.inside.sites import Site


class MadeUpSource:
    """Rows in memory; see `ActivationSource`."""

    def __init__(self, rows: torch.Tensor, passes: int = 1) -> None:
        self._rows = rows.bfloat16()
        self._passes = passes
        exact = self._rows.float()
        self._card = SourceCard(
            "smollm2-135m",
            Site.parse("layers.15.residual"),
            rows.shape[1],
            exact.mean(0),
            float(exact.square().sum(1).mean()),
            (),
            0,
            128,
            0.02,
        )

    @property
    def card(self) -> SourceCard:
        return self._card

    @property
    def rows(self) -> int:
        return len(self._rows) * self._passes

    def batches(self, batch_size: int, start_batch: int = 0) -> Iterator[torch.Tensor]:
        count = self.rows // batch_size
        for number in range(start_batch, count):
            places = torch.arange(number * batch_size, (number + 1) * batch_size) % len(self._rows)
            yield self._rows[places]


def sparse_sums(count: int, width: int = 32, directions: int = 24, seed: int = 0) -> torch.Tensor:
    """Rows that are the sum of four random directions of 24, and a mean."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.nn.functional.normalize(
        torch.randn(directions, width, generator=torch.Generator().manual_seed(99)), dim=1
    )
    chosen = torch.rand(count, directions, generator=generator).topk(4, dim=1).indices
    amounts = 3 + 2 * torch.rand(count, 4, generator=generator)
    return torch.zeros(count, directions).scatter(1, chosen, amounts) @ rows + 1.5


@pytest.fixture
def source() -> MadeUpSource:
    """8,192 made-up activations of width 32, gone through four times."""
    return MadeUpSource(sparse_sums(8192), passes=4)
