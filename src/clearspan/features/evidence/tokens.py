"""Which tokens each feature makes more and less likely, as the unembedding alone sees its decoder row."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.models.inside.unembedding import Unembedding

_ROWS = 256


@dataclass(frozen=True, slots=True)
class TokenWeights:
    """The tokens that change most, strongest first.

    Attributes:
        promoted: shape `(features, count)`: tokens that become likelier.
        promoted_weights: change of their logits for one unit of activation.
        suppressed: tokens that become less likely.
        suppressed_weights: the same; below 0.
    """

    promoted: NDArray[np.int64]
    promoted_weights: NDArray[np.float32]
    suppressed: NDArray[np.int64]
    suppressed_weights: NDArray[np.float32]


def token_weights(decoder: torch.Tensor, unembedding: Unembedding, count: int) -> TokenWeights:
    """Of every row of a decoder of shape `(features, width)`; marks that are no text are left out.

    What the layers in between make of the row is not seen ("logit lens", nostalgebraist 2020; applied to decoder
    rows by Bricken et al. 2023).
    """
    left_out = ~unembedding.ordinary
    count = min(count, int(unembedding.ordinary.sum()))
    ends: tuple[list[torch.Tensor], ...] = ([], [], [], [])
    for begin in range(0, decoder.shape[0], _ROWS):
        weights = unembedding.weights(decoder[begin : begin + _ROWS])
        for offset, sign in ((0, 1.0), (2, -1.0)):
            found = (weights * sign).masked_fill_(left_out, -torch.inf).topk(count, dim=-1)
            ends[offset].append(found.indices)
            ends[offset + 1].append(found.values * sign)
    promoted, up, suppressed, down = (torch.cat(part).numpy() for part in ends)
    return TokenWeights(promoted, up, suppressed, down)
