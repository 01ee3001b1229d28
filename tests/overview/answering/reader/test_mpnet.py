"""MPNet as an encoder of BERT's kind says what transformers' own says, and its graph says it in eight bits."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import MPNetModel

from clearspan.errors import BadInput
from clearspan.overview.answering.reader.adapters import adapt, adapters_of, packed, unpacked
from clearspan.overview.answering.reader.mpnet import graph_with, read_mpnet
from clearspan.overview.answering.reader.network import ReaderNetwork, batch_of
from clearspan.overview.answering.reader.reader import SHIPPED, VOCABULARY
from clearspan.overview.answering.reader.session import Session
from clearspan.overview.answering.reader.windows import Window, WindowCutter

TEXT = "The bridge opened in 1931. Its toll is 4 crowns, and its lamps are blue. " * 6


@pytest.fixture
def read(small_mpnet: Path, tokenizer: Tokenizer) -> ReaderNetwork:
    return ReaderNetwork(*read_mpnet(small_mpnet, tokenizer)).eval()


@pytest.fixture
def window(windows: WindowCutter) -> Window:
    return windows.of("What is the toll?", "Tarrow", windows.body(TEXT))[0]


def test_it_says_what_transformers_says(
    read: ReaderNetwork, window: Window, small_mpnet: Path, tokenizer: Tokenizer
) -> None:
    theirs = MPNetModel.from_pretrained(small_mpnet).eval()
    words = (small_mpnet / "vocab.txt").read_text("utf-8").splitlines()
    special = {"[CLS]": "<s>", "[SEP]": "</s>"}
    tokens = [tokenizer.id_to_token(one) for one in window.ids]
    ids = torch.tensor([[words.index(special.get(one, one)) for one in tokens]])
    states: list[torch.Tensor] = []
    read.heads.register_forward_pre_hook(lambda _, given: states.append(given[0]))
    # Beside a longer one, so that it is padded.
    longer = Window((*window.ids, *window.ids[1:20]), window.second, window.offset, (0, 0), 0, ())
    with torch.inference_mode():
        read(batch_of([window, longer]))
        expected = theirs(input_ids=ids).last_hidden_state[0]
    assert len(window.ids) > 100, "distances beyond the exact ones are among them"
    assert torch.allclose(states[0][0, : len(window.ids)], expected, atol=1e-4)


def test_adapters_begin_with_nothing_and_are_folded_into_the_graph(
    read: ReaderNetwork, window: Window, small_mpnet: Path
) -> None:
    batch = batch_of([window])
    with torch.inference_mode():
        before = read(batch)
    adapt(read, rank=4, frozen=1)
    trained = adapters_of(read)
    assert {name.split(".layer.")[1][0] for name in trained if ".layer." in name} == {"1"}
    with torch.inference_mode():
        assert torch.allclose(read(batch).starts, before.starts, atol=1e-6)
        for one in trained.values():
            one.normal_(std=0.2)
        said = read(batch)
    assert not torch.allclose(said.starts, before.starts, atol=0.05)
    kept = unpacked(packed(trained))
    assert kept.keys() == trained.keys()
    assert all(torch.allclose(kept[name], one, atol=0.01) for name, one in trained.items())
    found = Session(graph_with(small_mpnet, SHIPPED / VOCABULARY, packed(trained))).read(window)
    assert np.corrcoef(found.tokens[:, 3], said.starts[0].numpy())[0, 1] > 0.98
    assert found.answers == pytest.approx(float(said.answers[0]), abs=0.3)


def test_adapters_of_something_else_are_refused(small_mpnet: Path) -> None:
    other = packed({"encoder.encoder.layer.7.output.dense.down.weight": torch.zeros(4, 64)})
    with pytest.raises(BadInput, match="do not fit"):
        graph_with(small_mpnet, SHIPPED / VOCABULARY, other)


def test_weights_of_something_else_are_refused(tmp_path: Path, tokenizer: Tokenizer) -> None:
    with pytest.raises(BadInput, match="not MPNet's"):
        read_mpnet(tmp_path, tokenizer)
