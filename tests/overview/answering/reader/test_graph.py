"""The graph that ships says what the network says, but for eight bits."""

import numpy as np
import onnxruntime
import pytest
import torch

from clearspan.errors import BadInput
from clearspan.overview.answering.reader.graph import graph_of, weights_of
from clearspan.overview.answering.reader.network import ReaderNetwork, batch_of
from clearspan.overview.answering.reader.windows import WindowCutter


def test_graph_and_network_agree(network: ReaderNetwork, windows: WindowCutter) -> None:
    network.eval()
    session = onnxruntime.InferenceSession(graph_of(network), providers=["CPUExecutionProvider"])
    body = windows.body("The bridge opened in 1931. Its toll is 4 crowns, and its lamps are blue.")
    (window,) = windows.of("What is the toll?", "Tarrow", body)
    batch = batch_of([window])
    with torch.inference_mode():
        said = network(batch)
    tokens, whole = session.run(None, {"ids": batch.ids.numpy(), "types": batch.types.numpy()})
    assert whole.shape == (1, 12)
    assert tokens.shape == (1, len(window.ids), 5)
    assert np.allclose(whole[0, 2:], said.kinds[0].numpy(), atol=0.05)
    assert np.allclose(tokens[0, :, 3], said.starts[0].numpy(), atol=0.1)
    assert np.corrcoef(tokens[0, :, 4], said.ends[0].numpy())[0, 1] > 0.99


def test_a_graph_gives_back_the_weights_that_it_was_made_of(network: ReaderNetwork) -> None:
    given = weights_of(graph_of(network))
    own = network.state_dict()
    assert given.keys() == own.keys()
    for name, weight in given.items():
        assert weight.shape == own[name].shape, name
        step = float(own[name].abs().max()) / 63
        assert np.allclose(weight, own[name].numpy(), atol=step / 2 + 1e-7), name
    network.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in given.items()})
    again = weights_of(graph_of(network))
    assert all(np.allclose(again[name], one, atol=1e-6) for name, one in given.items())


def test_what_is_no_graph_gives_no_weights() -> None:
    with pytest.raises(BadInput, match="cannot begin"):
        weights_of(b"no graph")
