"""Histograms over ranges that grow, against counting at the end."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from clearspan.features.evidence.histogram import Histograms

_PARTS = 24
_VALUES = arrays.arrays(
    np.float32,
    st.integers(1, 60),
    elements=st.floats(2**-20, 2**20, width=32, allow_nan=False, allow_infinity=False),
)


@settings(max_examples=50, deadline=None)
@given(_VALUES, st.integers(1, 7))
def test_counts_are_those_of_all_values_but_for_ones_beside_a_border(values: np.ndarray, pieces: int) -> None:
    histograms = Histograms.empty(3)
    for some in np.array_split(values, pieces):
        histograms.add(np.full(len(some), 1), some)
    maxima = np.array([0, values.max(), 0], np.float32)

    cut = histograms.cut(maxima, _PARTS)

    assert cut[[0, 2]].sum() == 0
    assert cut[1].sum() == len(values)
    borders = np.arange(1, _PARTS) / _PARTS * float(values.max())
    slack = float(values.max()) / 256
    below = cut[1].cumsum()[:-1]
    assert (below >= (values[:, None] <= borders - slack).sum(0)).all()
    assert (below <= (values[:, None] <= borders + slack).sum(0)).all()


def test_order_and_division_of_values_change_nothing() -> None:
    generator = np.random.default_rng(0)
    features, values = generator.integers(0, 5, 400), generator.lognormal(0, 3, 400).astype(np.float32)
    together, apart = Histograms.empty(5), Histograms.empty(5)
    together.add(features, values)
    for place in generator.permutation(400):
        apart.add(features[[place]], values[[place]])
    assert (together.counts == apart.counts).all()
    assert (together.powers == apart.powers).all()


def test_equal_parts_of_a_known_range() -> None:
    histograms = Histograms.empty(1)
    histograms.add(np.zeros(240, np.int64), np.linspace(0.05, 23.95, 240, dtype=np.float32))
    cut = histograms.cut(np.array([24.0], np.float32), _PARTS)
    assert cut.tolist() == [[10] * _PARTS]
