"""Matryoshka-BatchTopK (Bussmann et al. 2025): the first features must reconstruct by themselves.

General features then come first, and are not split up to save a few activations of special ones.
"""

from clearspan.features.training.architectures.largest import Largest
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.steps.dense import Selection


def _selection(config: TrainingConfig) -> Selection:
    """What Matryoshka keeps, and its nested dictionaries: doubling from a sixteenth, unless told otherwise."""
    doubling = tuple(sorted({max(1, config.features >> shift) for shift in range(5)}))
    return Selection(config.k, pooled=True, prefixes=config.prefixes or doubling)


ARCHITECTURE = Largest(_selection)
