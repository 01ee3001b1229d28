"""How the next token is chosen."""

import math
import secrets
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.models.text.guidance import Guidance
from clearspan.models.text.sampling import Sampling

_LIKELIEST = 1_024
# Divides a float32 without overflow where it should not.
_COLDEST = 1e-20


class Sampler:
    """Draws tokens for one request from a generator of its own, so that requests do not disturb each other."""

    def __init__(self, sampling: Sampling, guidance: Guidance | None = None) -> None:
        self._guidance = guidance
        self._temperature = sampling.temperature
        self._top_p = sampling.top_p
        self._generator = torch.Generator()
        self._generator.manual_seed(secrets.randbits(63) if sampling.seed is None else sampling.seed)

    def choose(self, logits: torch.Tensor) -> int:
        """The next token's number, from logits of shape `(vocabulary,)`; the index of a NaN where there is one.

        Under guidance one of the tokens that it allows.
        """
        # NumPy on purpose: PyTorch would share a vocabulary out to threads that then wait for more work by spinning, on
        # the processors that the next step of the model needs.
        values = cast("NDArray[np.float32]", logits.numpy())
        if self._guidance is None:
            return self._chosen(values)
        allowed, costs = self._guidance.allowed()
        token = int(allowed[self._chosen(values[allowed] - costs)])
        self._guidance.take(token)
        return token

    def _chosen(self, values: NDArray[np.float32]) -> int:
        likeliest = int(np.argmax(values))
        if self._temperature == 0 or not math.isfinite(values[likeliest]):
            return likeliest
        # The maximum is taken off first: a small temperature must not overflow.
        weights = np.exp((values - values[likeliest]) / max(self._temperature, _COLDEST))
        if self._top_p == 1:
            return self._draw(weights)
        nucleus, order = self._nucleus(weights)
        return int(order[self._draw(nucleus)])

    def _draw(self, weights: NDArray[np.float32]) -> int:
        # The inverse of the cumulative distribution takes one random number, not one a token.
        cumulative = weights.cumsum(dtype=np.float64)
        place = torch.rand((), dtype=torch.float64, generator=self._generator).item() * float(cumulative[-1])
        return min(int(np.searchsorted(cumulative, place, side="right")), len(weights) - 1)

    def _nucleus(self, weights: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """The weights of the smallest set of tokens that reaches top_p, likeliest first, and their numbers.

        Holtzman et al., The Curious Case of Neural Text Degeneration (2020), section 3.1.
        """
        wanted = self._top_p * weights.sum(dtype=np.float64)
        # Sorting a whole vocabulary takes as long as a step of a small model, and is seldom needed.
        size = min(_LIKELIEST, len(weights))
        order = _likeliest(weights, size)
        while size < len(weights) and weights[order].sum(dtype=np.float64) < wanted:
            size = min(8 * size, len(weights))
            order = _likeliest(weights, size)
        ranked = weights[order]
        before = ranked.cumsum(dtype=np.float64) - ranked
        kept = max(1, int((before < wanted).sum()))
        return ranked[:kept], order[:kept]


def _likeliest(weights: NDArray[np.float32], size: int) -> NDArray[np.intp]:
    """Numbers of the largest weights, in falling order; of equal ones, the lower number first."""
    found = np.sort(np.argpartition(weights, len(weights) - size)[-size:])
    return found[np.argsort(-weights[found], kind="stable")]
