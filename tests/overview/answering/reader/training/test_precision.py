"""What runs in half the bits trains the weights that are kept whole."""

import pytest
import torch

from clearspan.overview.answering.reader.network import ReaderNetwork, batch_of
from clearspan.overview.answering.reader.training import precision
from clearspan.overview.answering.reader.training.precision import Runner
from clearspan.overview.answering.reader.windows import WindowCutter


def gradients(network: ReaderNetwork, windows: WindowCutter) -> dict[str, torch.Tensor]:
    trained = dict(network.named_parameters())
    run = Runner(network, trained)
    long, short = (windows.body(text) for text in ("The toll is 4 crowns. The lamps are blue.", "It rains."))
    batch = batch_of([*windows.of("What is the toll?", "Tarrow", long), *windows.of("What?", "", short)])
    said = run(batch)
    (said.evidence[0, 0] - said.evidence[0, 1] + said.answers.sum()).backward()
    run.collect()
    return {name: one.grad.clone() for name, one in trained.items() if one.grad is not None}


@pytest.mark.parametrize("half", [torch.float32, torch.bfloat16])
def test_gradients_are_those_of_the_whole_weights(
    network: ReaderNetwork, windows: WindowCutter, half: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "preferred_dtype", lambda: torch.float32)
    exact = gradients(network, windows)
    network.zero_grad()
    monkeypatch.setattr(precision, "preferred_dtype", lambda: half)
    found = gradients(network, windows)
    assert found.keys() == exact.keys()
    for name, own in found.items():
        assert own.dtype is torch.float32
        alike = torch.nn.functional.cosine_similarity(own.flatten(), exact[name].flatten(), dim=0)
        assert float(alike) > 0.97 or float(exact[name].norm()) < 1e-4, name


def test_the_next_run_sees_the_weights_as_they_are_then(
    network: ReaderNetwork, windows: WindowCutter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "preferred_dtype", lambda: torch.bfloat16)
    trained = dict(network.named_parameters())
    run = Runner(network, trained)
    batch = batch_of(windows.of("What is the toll?", "Tarrow", windows.body("The toll is 4 crowns.")))
    before = run(batch).evidence.detach()
    with torch.no_grad():
        trained["heads.evidence.bias"].add_(1.0)
    assert torch.allclose(run(batch).evidence.detach(), before + 1.0)
