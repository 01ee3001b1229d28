"""How the next token is chosen, and which requests for that are sensible."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.errors import BadInput

_MAX_STOPS = 16
_LIKELIEST = 1_024
# Divides a float32 without overflow where it should not.
_COLDEST = 1e-20


@dataclass(frozen=True, slots=True)
class Sampling:
    """What one request asks for.

    Attributes:
        max_tokens: most tokens to generate, at least 1.
        temperature: in [0, 2]; 0 always takes the likeliest token.
        top_p: in (0, 1]; only the likeliest tokens that together have this probability are drawn from.
        seed: the same seed, request and machine give the same text; drawn at random when None.
        stop: generation ends before the first of these strings; at most 16, none empty.

    Raises:
        BadInput: a value is out of range; says which range.
    """

    max_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not _is_int(self.max_tokens) or self.max_tokens < 1:
            raise _out_of_range("max_tokens", self.max_tokens, "a whole number from 1")
        if not _is_number(self.temperature) or not 0 <= self.temperature <= 2:
            raise _out_of_range("temperature", self.temperature, "a number from 0 to 2")
        if not _is_number(self.top_p) or not 0 < self.top_p <= 1:
            raise _out_of_range("top_p", self.top_p, "a number above 0, up to 1")
        if self.seed is not None and (not _is_int(self.seed) or not -(2**63) <= self.seed < 2**63):
            raise _out_of_range("seed", self.seed, "a whole number of 64 bits, or nothing")
        if isinstance(self.stop, str) or len(self.stop) > _MAX_STOPS or not all(self.stop):
            raise _out_of_range("stop", self.stop, f"a list of at most {_MAX_STOPS} strings, none empty")


class Sampler:
    """Draws tokens for one request from a generator of its own, so that requests do not disturb each other."""

    def __init__(self, sampling: Sampling) -> None:
        self._temperature = sampling.temperature
        self._top_p = sampling.top_p
        self._generator = torch.Generator()
        self._generator.manual_seed(secrets.randbits(63) if sampling.seed is None else sampling.seed)

    def choose(self, logits: torch.Tensor) -> int:
        """The next token's number, from logits of shape `(vocabulary,)`; the index of a NaN where there is one."""
        # NumPy on purpose: PyTorch would share a vocabulary out to threads that then wait for more work by spinning, on
        # the processors that the next step of the model needs.
        values = cast("NDArray[np.float32]", logits.numpy())
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


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _out_of_range(name: str, value: object, expected: str) -> BadInput:
    return BadInput(f"{name} cannot be {value!r:.100}.", do=f"Give {expected}.")
