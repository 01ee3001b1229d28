"""The best candidates of different documents, against sorting everything."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.features.evidence.pools import WINDOW, Pool, Windows

_FEATURES, _PLACES = 4, 3
_OFFER = st.tuples(st.integers(0, _FEATURES - 1), st.integers(0, 12), st.integers(0, 6))


def _fill(offers: list[tuple[int, int, int]], ends: list[int]) -> Pool:
    """Offers of (feature, key, document), divided at `ends`; documents rise, as they do in a stream."""
    offers = sorted(offers, key=lambda offer: offer[2])
    pool = Pool.empty(_FEATURES, _PLACES)
    for begin, end in zip([0, *ends], [*ends, len(offers)], strict=True):
        some = offers[begin:end]
        if not some:
            continue
        features, keys, documents = (np.array(column) for column in zip(*some, strict=True))
        numbers = np.arange(begin, end)

        def windows(chosen: np.ndarray, numbers: np.ndarray = numbers) -> Windows:
            marks = np.repeat(numbers[chosen][:, None], WINDOW, axis=1)
            return Windows(marks, marks.astype(np.float32), numbers[chosen])

        pool.offer(features, keys.astype(float), documents, (100 - keys).astype(np.float32), windows)
    return pool


@settings(max_examples=60, deadline=None)
@given(st.lists(_OFFER, max_size=40), st.lists(st.integers(0, 40), max_size=4))
def test_the_lowest_keys_of_different_documents_stay(
    offers: list[tuple[int, int, int]], cuts: list[int]
) -> None:
    ends = sorted(min(cut, len(offers)) for cut in cuts)
    pool = _fill(offers, ends)
    in_order = sorted(offers, key=lambda offer: offer[2])
    for feature in range(_FEATURES):
        best: dict[int, tuple[int, int]] = {}
        for number, (owner, key, document) in enumerate(in_order):
            if owner == feature and (document not in best or key < best[document][0]):
                best[document] = (key, number)
        wanted = sorted((key, document, number) for document, (key, number) in best.items())[:_PLACES]
        taken = pool.arrays["documents"][feature] >= 0
        found = zip(
            pool.arrays["keys"][feature, taken],
            pool.arrays["documents"][feature, taken],
            pool.arrays["peaks"][feature, taken],
            strict=True,
        )
        assert [tuple(map(int, each)) for each in found] == wanted
        # What was read around a candidate stays with it.
        assert (pool.arrays["tokens"][feature, taken, 0] == pool.arrays["peaks"][feature, taken]).all()


def test_what_falls_below_is_dropped_and_its_place_is_free() -> None:
    pool = _fill([(0, 1, 0), (0, 2, 1), (0, 3, 2), (1, 5, 3)], [])
    pool.drop(np.array([98.5, 0, 0, 0], np.float32))
    assert pool.arrays["documents"][0].tolist() == [0, -1, -1]
    assert pool.arrays["documents"][1].tolist() == [3, -1, -1]
    assert np.isinf(pool.arrays["keys"][0, 1:]).all()
