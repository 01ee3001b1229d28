"""Labels that say most come first."""

import numpy as np

from clearspan.features.labels.log import label
from clearspan.features.labels.telling import most_telling


def test_what_tells_more_comes_first() -> None:
    made = [
        label(0, "punctuation", "words", 0.99),
        label(1, "punctuation", "words", 0.99),
        label(2, "‘⏎’", "words", 1.0),
        label(3, "bridges and spans", "person"),
        label(4, "leads to ‘ior’, ‘od’", "words", 0.5),
        label(5, "‘bread’", "words", 0.98),
        label(6, "‘the’", "words", 0.98),
        label(99, "of another size", "words", 1.0),
    ]
    density = np.array([1e-3] * 6 + [0.2], np.float32)
    assert most_telling({one.feature: one for one in made}, density) == [3, 5, 0, 1, 6, 2, 4]
