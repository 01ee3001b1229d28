"""Which labels say most: those that are named first on a map."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from clearspan.features.labels.log import FeatureLabel

_CHANCE = 0.5
_LEAST = 0.01
_SELDOM = 200.0


def most_telling(labels: Mapping[int, FeatureLabel], density: NDArray[np.float32]) -> list[int]:
    """Features with a label, first those whose label tells most.

    A label tells more the better it is at telling the feature's examples from others (a person's is taken at its word),
    the fewer features have the same one, and the seldomer its feature is active; one without a letter tells little.

    Args:
        density: share of the tokens at which each feature was active, shape `(features,)`.
    """
    same = Counter(one.text for one in labels.values())

    def worth(index: int) -> float:
        one = labels[index]
        above = 1.0 if one.score is None else max(2 * (one.score - _CHANCE), _LEAST)
        letters = 1.0 if any(sign.isalpha() for sign in one.text) else _LEAST
        return above * letters / (same[one.text] * (1 + _SELDOM * float(density[index])))

    return sorted(
        (index for index in labels if index < len(density)), key=lambda index: (-worth(index), index)
    )
