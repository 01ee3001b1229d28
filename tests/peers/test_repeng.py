"""repeng opens the control vectors that are written here, and the other way round."""

from pathlib import Path

import numpy as np
import pytest
import torch

from clearspan.features.directions.named import DirectionCard, NamedDirection
from clearspan.features.directions.repeng import read_repeng, write_repeng
from clearspan.models.inside.dials import Direction

if not hasattr(np, "float_"):
    # repeng 0.4 names a type that NumPy 2 has under another name; PyTorch here needs NumPy 2.
    np.float_ = np.float64  # type: ignore[attr-defined]
repeng = pytest.importorskip("repeng", reason="repeng is not installed here; 'make test-peers' runs these")


def test_repeng_opens_ours(tmp_path: Path) -> None:
    vectors = {layer: torch.randn(64) for layer in (3, 4, 11)}
    directions = [
        NamedDirection(
            DirectionCard(name=f"calm-{layer}", model="m", site=f"layers.{layer}.residual"),
            Direction.of(f"calm-{layer}", "m", f"layers.{layer}.residual", vector),
        )
        for layer, vector in vectors.items()
    ]
    write_repeng(directions, tmp_path / "calm.gguf", "llama")
    found = repeng.ControlVector.import_gguf(tmp_path / "calm.gguf")
    assert found.model_type == "llama"
    assert {layer: vector.tobytes() for layer, vector in found.directions.items()} == {
        layer: vector.numpy().tobytes() for layer, vector in vectors.items()
    }


def test_ours_opens_what_repeng_exports(tmp_path: Path) -> None:
    vectors = {layer: np.random.default_rng(layer).normal(size=64).astype(np.float32) for layer in (12, 7)}
    repeng.ControlVector(model_type="llama", directions=vectors).export_gguf(tmp_path / "calm.gguf")
    found = read_repeng(tmp_path / "calm.gguf", "m", "calm")
    assert [str(one.direction.site) for one in found] == ["layers.7.residual", "layers.12.residual"]
    for one in found:
        assert one.direction.decoder.numpy().tobytes() == vectors[one.direction.site.layer].tobytes()
