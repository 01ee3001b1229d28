"""What a training begins with: rows that are like what they will read, as long as they should be.

Random rows take hundreds of steps to turn towards anything. Rows that are activations are there at once, but only
whitened: as they are, a few large directions make them all alike. Of activations alone too many rows would stay the
sum of several features that each began as. So every row begins half as a whitened activation, half at random.
"""

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch.nn import functional

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.steps.selection import cut, histogram, value_of
from clearspan.features.training.steps.step import Tensors

_MEASURED = 2048
_MOST_PRODUCTS = 1 << 26
_MOST_ROWS = 65_536
_ROWS_PER_COORDINATE = 4
_SHRINKAGE = 0.01
"""Added to the variance of every direction, which averages 1: what hardly varies is not blown up to noise."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The weights that every architecture begins with.

    Attributes:
        parameters: see `step.Objective`.
        threshold: the activation that k features exceed at a position, on average.
    """

    parameters: Tensors
    threshold: float


def rows_wanted(config: TrainingConfig, width: int) -> int:
    """How many activations `begun` asks for: one a feature, enough for a covariance, and those it measures on."""
    return _MEASURED + min(_MOST_ROWS, max(config.features, _ROWS_PER_COORDINATE * width))


def begun(config: TrainingConfig, given: torch.Tensor) -> Beginning:
    """Decoder rows of norm 1, the encoder their transpose at a length of its own, biases of 0.

    The length is the square root of the one at which the first reconstruction errs least. The latter is learned from
    fastest, but features that are seldom active at first never come to be. At 1 the sum of k rows that are alike
    is far too long, and hundreds of steps go into taking it back. The geometric mean of both avoids both.

    Args:
        given: shape `(n, width)`, float32, normalised (see `scale`); the last of them are measured on. Few rows
            serve several features each, which differ by what is random in them.
    """
    features, width = config.features, given.shape[1]
    # Drawn on the processor, so that a seed means the same on every device.
    drawn = torch.randn(features, width, generator=torch.Generator().manual_seed(config.seed))
    random = functional.normalize(drawn, dim=1).to(given.device)
    typical = _whitened(given)[torch.arange(features) % len(given)]
    decoder = functional.normalize(random + typical, dim=1)
    measured = given[-min(_MEASURED, max(1, _MOST_PRODUCTS // features)) :]
    best, threshold = _fitted(measured, decoder, config.k)
    length = best**0.5
    parameters = {
        "encoder": length * decoder,
        "encoder_bias": given.new_zeros(features),
        "decoder": decoder,
        "decoder_bias": given.new_zeros(width),
    }
    return Beginning(parameters, length * threshold)


def _whitened(rows: torch.Tensor) -> torch.Tensor:
    """Rows about their mean times the symmetric inverse root of their covariance (ZCA), each at norm 1."""
    about = rows - rows.mean(0)
    covariance = (about.T @ about).double() / len(about)
    variances, directions = cast(
        "tuple[torch.Tensor, torch.Tensor]", cast("Any", torch.linalg).eigh(covariance)
    )
    root = (directions * (variances + _SHRINKAGE).rsqrt()) @ directions.T
    return functional.normalize(about @ root.float(), dim=1)


def _fitted(batch: torch.Tensor, rows: torch.Tensor, k: int) -> tuple[float, float]:
    """What brings the sum of the k largest products a position nearest to the batch, and the smallest of those."""
    products = batch @ rows.T
    threshold = value_of(cut(histogram(products[products > 0]), k * len(batch)))
    made = products.masked_fill_(products < threshold, 0) @ rows
    return float((batch * made).sum() / made.square().sum()), threshold
