"""How good a dictionary is on activations that it was not trained on."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import torch

from clearspan.errors import BadInput
from clearspan.features.dictionaries.base import Dictionary


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """What a dictionary makes of activations.

    Attributes:
        positions: how many there were.
        unexplained_variance: squared error over the variance about the mean of these activations.
        active: features active at a position, on average.
        mean: shape `(width,)`, of these activations.
        density: shape `(features,)`, float64: share of the positions at which each was active.
    """

    positions: int
    unexplained_variance: float
    active: float
    mean: torch.Tensor
    density: torch.Tensor

    @property
    def alive(self) -> float:
        """Share of the features that were active at least once."""
        return float((self.density > 0).double().mean())

    def histogram(self) -> dict[str, int]:
        """How many features have a density in each decade: `1e-4` counts those from 1e-4 up to 1e-3; `0` the silent."""
        found = cast("Any", self.density[self.density > 0]).log10().floor().int().tolist()
        silent = int((self.density == 0).sum())
        decades = range(math.floor(-math.log10(self.positions)), 1)
        return {"0": silent} | {f"1e{decade}": found.count(decade) for decade in decades}


def reconstruction(dictionary: Dictionary, batches: Iterable[torch.Tensor]) -> Reconstruction:
    """Measure a dictionary on hidden states of shape `(n, width)`.

    Raises:
        BadInput: there are none, or they are of another width.
    """
    fired = torch.zeros(dictionary.size, dtype=torch.int64)
    total = torch.zeros(dictionary.width, dtype=torch.float64)
    squares = wrong = 0.0
    positions = 0
    for batch in batches:
        hidden = batch.float()
        active = dictionary.encode(hidden)
        wrong += float((dictionary.decode(active) - hidden).square().sum(dtype=torch.float64))
        fired += (active != 0).sum(0)
        total += hidden.sum(0, dtype=torch.float64)
        squares += float(hidden.square().sum(dtype=torch.float64))
        positions += len(batch)
    if not positions:
        raise BadInput("Nothing was measured: there are no activations.", do="Keep some documents back.")
    variance = squares - float(total.square().sum()) / positions
    return Reconstruction(
        positions,
        wrong / variance,
        float(fired.sum()) / positions,
        (total / positions).float(),
        fired.double() / positions,
    )
