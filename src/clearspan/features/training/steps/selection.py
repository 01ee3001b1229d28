"""Which activations of a batch are kept: those not below the n-th largest, by a count of their bfloat16 patterns.

Positive bfloat16 numbers are in the order of their bit patterns, so that a histogram of 32,768 bins finds the n-th
largest of any number of them exactly, and histograms of several processes add up. Those equal to the n-th largest
are all kept: the choice then depends on nothing but the values.
"""

import torch

PATTERNS = 1 << 15


def histogram(values: torch.Tensor) -> torch.Tensor:
    """How many of positive `values` have each bfloat16 pattern, shape `(32768,)`, int64."""
    patterns = values.bfloat16().view(torch.int16)
    return torch.bincount(patterns.flatten().int(), minlength=PATTERNS)


def cut(counts: torch.Tensor, wanted: int) -> int:
    """The pattern of the `wanted`-th largest value, or the smallest positive one if there are fewer."""
    above = counts.flip(0).cumsum(0)
    place = int(torch.searchsorted(above, wanted))
    return max(1, PATTERNS - 1 - place)


def value_of(pattern: int) -> float:
    """The bfloat16 number of a pattern."""
    return float(torch.tensor([pattern], dtype=torch.int16).view(torch.bfloat16))


def pattern_of(value: float) -> int:
    """The pattern of the bfloat16 number nearest to a positive value."""
    return int(torch.tensor([value]).bfloat16().view(torch.int16))
