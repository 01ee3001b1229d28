"""Embedding matrices read by blocks: exact neighbours, whatever the blocks and the number format."""

from pathlib import Path

import numpy as np
import pytest
from gguf.constants import GGMLQuantizationType
from gguf.quants import dequantize, quantize
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.models.vocabularies import rows
from clearspan.models.vocabularies.rows import BlockRows, PlainRows, TokenEmbeddings, unit


def _brute(matrix: np.ndarray, queries: np.ndarray, count: int) -> np.ndarray:
    cosines = unit(queries).astype(np.float64) @ unit(matrix).astype(np.float64).T
    return np.argsort(-cosines, 1, kind="stable")[:, :count]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 12), st.integers(1, 40), st.integers(0, 1000), st.data())
def test_neighbours_are_those_of_a_full_search(
    count: int, width: int, wanted: int, seed: int, data: st.DataObject
) -> None:
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(count, width)).astype(np.float32)
    queries = random.normal(size=(3, width)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_BLOCK_ROWS", data.draw(st.integers(1, 100)))
        ids, cosines = TokenEmbeddings(PlainRows(matrix)).nearest(queries, wanted)
    expected = _brute(matrix, queries, wanted)
    told = np.take_along_axis(unit(queries) @ unit(matrix).T, expected, 1)
    assert ids.shape == expected.shape
    # Rows at the same angle, as in one dimension, may come in either order.
    assert cosines == pytest.approx(told, abs=1e-5)
    assert (np.diff(cosines, axis=1) <= 0).all()


def test_some_rows_may_be_left_out_and_zero_rows_are_near_nothing() -> None:
    matrix = np.array([[1, 0], [1, 0.1], [0, 0], [-1, 0]], np.float32)
    among = np.array([False, True, True, True])
    ids, cosines = TokenEmbeddings(PlainRows(matrix)).nearest(matrix[:1], 3, among)
    assert ids[0].tolist() == [1, 2, 3]
    assert cosines[0, 1] == 0


@pytest.mark.parametrize("kind", [GGMLQuantizationType.Q8_0, GGMLQuantizationType.Q4_1])
def test_blocks_of_gguf_are_widened_as_the_format_says(kind: GGMLQuantizationType) -> None:
    matrix = np.random.default_rng(0).normal(size=(7, 64)).astype(np.float32)
    stored = quantize(matrix, kind)
    raw = stored.view(np.uint8).reshape(7, -1)
    expected = dequantize(stored, kind)
    found = BlockRows(raw, kind, 64)
    assert np.array_equal(found.read(2, 5), expected[2:5])


def test_bfloat16_is_read_exactly() -> None:
    values = np.array([[1.5, -2.0], [0.15625, 3e38]], np.float32)
    stored = (values.view(np.uint32) >> 16).astype(np.uint16)
    expected = (stored.astype(np.uint32) << 16).view(np.float32)
    assert np.array_equal(PlainRows(stored).read(0, 2), expected)


def test_principal_axes_are_those_of_the_covariance(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    matrix = (random.normal(size=(500, 6)) * [9, 4, 1, 1, 1, 1] + 3).astype(np.float32)
    mean, axes, shares = TokenEmbeddings(PlainRows(matrix)).principal(2)
    units = unit(matrix).astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov(units.T, bias=True))
    assert mean == pytest.approx(units.mean(0), abs=1e-5)
    assert np.abs(axes @ vectors[:, ::-1][:, :2]) == pytest.approx(np.eye(2), abs=1e-3)
    assert shares == pytest.approx(values[::-1][:2] / values.sum(), abs=1e-4)
