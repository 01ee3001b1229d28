"""The graph on the weights as they lie against PyTorch on the same, and which of the two is taken."""

from pathlib import Path

import numpy as np
import pytest
import torch

from clearspan.models.serving import encoder
from clearspan.models.serving.bert import BertGraph
from clearspan.models.serving.encoder import TorchEncoder, open_encoder, padded
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings

TEXTS = [[101, 2129, 2146, 2003, 1996, 2958, 102], [101, 2958, 102]]


@pytest.fixture(scope="module")
def folder(weights: Path) -> Path:
    return resolve("minilm", Settings(weights=weights)).folder


def test_the_graph_gives_the_states_that_pytorch_gives(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "instructions", lambda: ["AVX2"])
    graph = open_encoder(folder, Settings())
    assert isinstance(graph, BertGraph)
    ids, mask = padded(TEXTS)
    expected = TorchEncoder.load(folder, Settings(), torch.float32).states(ids, mask)
    found = graph.states(ids, mask)
    shown = mask.astype(bool)
    np.testing.assert_allclose(found[shown], expected[shown], atol=2e-5)
    # What stands beside a text changes nothing of it.
    alone = graph.states(*padded(TEXTS[1:]))
    np.testing.assert_allclose(alone[0], found[1, :3], atol=2e-5)


@pytest.mark.parametrize("able", ["AMX", "AVX-512 BF16"])
def test_processors_that_multiply_bfloat16_go_on_in_pytorch(
    folder: Path, able: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "instructions", lambda: [able, "AVX2"])
    assert isinstance(open_encoder(folder, Settings()), TorchEncoder)


def test_a_number_format_that_is_asked_for_is_pytorchs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "instructions", lambda: ["AVX2"])
    assert isinstance(open_encoder(folder, Settings(), torch.float32), TorchEncoder)
