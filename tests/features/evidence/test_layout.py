"""The map and the neighbours of features: near ones near, and the same picture each time."""

import importlib.util

import numpy as np
import pytest
import torch

from clearspan.features.evidence import layout
from clearspan.features.evidence.layout import lay_out
from clearspan.features.evidence.neighbours import nearest


def _bundles(bundles: int, each: int, width: int = 16) -> torch.Tensor:
    """Rows around a few directions, of different lengths."""
    generator = torch.Generator().manual_seed(2)
    centres = torch.randn(bundles, width, generator=generator).repeat_interleave(each, 0)
    rows = centres + 0.2 * torch.randn(len(centres), width, generator=generator)
    return rows * (1 + 9 * torch.rand(len(rows), 1, generator=generator))


@pytest.mark.parametrize("each", [5, 30])
def test_features_of_one_bundle_are_together(each: int) -> None:
    found = lay_out(_bundles(6, each))
    assert found.method == ("t-SNE" if each == 30 else "PCA")
    assert found.places.shape == (6 * each, 2)
    assert np.abs(found.places).max() == pytest.approx(1)
    bundle = np.arange(6 * each) // each
    for number in range(6):
        # More groups than bundles, so that a bundle may be divided but two are never joined.
        assert not set(found.clusters[bundle == number]) & set(found.clusters[bundle != number])
    if found.method == "t-SNE":
        apart = np.linalg.norm(found.places[:, None] - found.places, axis=-1)
        np.fill_diagonal(apart, np.inf)
        assert (bundle[apart.argmin(1)] == bundle).mean() > 0.95


def test_the_same_rows_give_the_same_map() -> None:
    rows = _bundles(4, 30)
    one, other = lay_out(rows), lay_out(rows.clone())
    assert (one.places == other.places).all()
    assert (one.clusters == other.clusters).all()
    assert one.clusters.max() < 24
    counts = np.bincount(one.clusters)
    assert (np.diff(counts) <= 0).all()


def test_without_scikit_learn_it_is_principal_components_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    known = importlib.util.find_spec
    monkeypatch.setattr(
        layout.importlib.util, "find_spec", lambda name: None if name == "sklearn" else known(name)
    )
    found = lay_out(_bundles(4, 40))
    assert found.method == "PCA"
    assert "clearspan[map]" in caplog.text


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_small_dictionaries_have_a_map(count: int) -> None:
    found = lay_out(torch.randn(count, 8, generator=torch.Generator().manual_seed(0)))
    assert np.isfinite(found.places).all()
    assert found.clusters.shape == (count,)


def test_neighbours_are_the_largest_cosines_of_other_features() -> None:
    rows = torch.randn(700, 6, generator=torch.Generator().manual_seed(1))
    rows[3] = 0
    indices, cosines = nearest(rows, 4)
    unit = (rows / rows.norm(dim=1, keepdim=True).clamp(min=1e-12)).double()
    exact = unit @ unit.T
    exact.fill_diagonal_(-2)
    wanted = exact.topk(4, dim=1)
    np.testing.assert_allclose(cosines, wanted.values.numpy(), atol=1e-5)
    np.testing.assert_allclose(
        exact.numpy()[np.arange(700)[:, None], indices], wanted.values.numpy(), atol=1e-5
    )
    assert nearest(rows[:3], 8)[0].shape == (3, 2)
