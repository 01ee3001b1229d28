"""EleutherAI's sparsify opens what is written here, and the other way round."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.formats.sparsify import read_sparsify, write_sparsify
from clearspan.features.names import DictionaryName

sparsify = pytest.importorskip(
    "sparsify", reason="sparsify is not installed here; 'make test-peers' runs these"
)

NAME = DictionaryName.parse("hub:some/model/layers.3.residual/24")


def agree(ours: Dictionary, theirs: Any, hidden: torch.Tensor) -> None:
    with torch.no_grad():
        encoded = theirs.encode(hidden)
        reconstruction = theirs(hidden).sae_out
    activations = torch.zeros(len(hidden), ours.size).scatter_(1, encoded.top_indices, encoded.top_acts)
    mine = ours.encode(hidden)
    assert (mine > 0).any()
    torch.testing.assert_close(mine, activations)
    torch.testing.assert_close(ours.decode(mine), reconstruction)


def test_sparsify_opens_ours(tmp_path: Path, make: Callable[..., Dictionary], hidden: torch.Tensor) -> None:
    ours = make("topk", centred=True)
    write_sparsify(ours, tmp_path / "one")
    agree(ours, sparsify.SparseCoder.load_from_disk(tmp_path / "one"), hidden)


def test_ours_opens_what_sparsify_saves(tmp_path: Path, hidden: torch.Tensor) -> None:
    torch.manual_seed(3)
    theirs = sparsify.SparseCoder(8, sparsify.SparseCoderConfig(num_latents=24, k=4))
    for parameter in theirs.parameters():
        parameter.data.normal_()
    theirs.save_to_disk(tmp_path)
    ours = read_sparsify(tmp_path, NAME)
    agree(ours, theirs, hidden)
    write_sparsify(ours, tmp_path / "again")
    again = sparsify.SparseCoder.load_from_disk(tmp_path / "again")
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])
