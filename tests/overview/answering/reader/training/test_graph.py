"""The graph that ships says what the network says, but for eight bits."""

import numpy as np
import onnxruntime
import torch

from clearspan.overview.answering.reader.network import ReaderNetwork, batch_of
from clearspan.overview.answering.reader.training.graph import graph_of
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
