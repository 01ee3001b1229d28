"""Features of one dictionary that point the same way."""

import numpy as np
import torch
from numpy.typing import NDArray

_ROWS = 512


def unit_rows(decoder: torch.Tensor) -> torch.Tensor:
    """Rows of length 1, float32; a row of zeros stays one."""
    return torch.nn.functional.normalize(decoder.float(), dim=1)


def nearest(decoder: torch.Tensor, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The features nearest to each by cosine of decoder rows, nearest first, and the cosines.

    Returns:
        Both of shape `(features, count)`, or fewer columns where there are not so many others.
    """
    rows = unit_rows(decoder)
    count = min(count, len(rows) - 1)
    indices: list[torch.Tensor] = []
    cosines: list[torch.Tensor] = []
    for begin in range(0, len(rows), _ROWS):
        some = rows[begin : begin + _ROWS] @ rows.T
        some[torch.arange(len(some)), torch.arange(begin, begin + len(some))] = -torch.inf
        found = some.topk(count, dim=1)
        indices.append(found.indices)
        cosines.append(found.values)
    return torch.cat(indices).numpy(), torch.cat(cosines).numpy()
