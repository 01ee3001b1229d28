"""Small networks of the readers' builds."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

from clearspan.overview.answering.reader.network import ReaderNetwork
from clearspan.overview.answering.reader.reader import SHIPPED, VOCABULARY
from clearspan.overview.answering.reader.windows import WindowCutter


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(SHIPPED / VOCABULARY))


@pytest.fixture(scope="session")
def windows(tokenizer: Tokenizer) -> WindowCutter:
    return WindowCutter(tokenizer)


@pytest.fixture
def network() -> ReaderNetwork:
    torch.manual_seed(1)
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=256,
    )
    return ReaderNetwork(BertModel(config, add_pooling_layer=False))


@pytest.fixture(scope="session")
def small_mpnet(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Path:
    """A folder as the large weights come in, of a small MPNet with the vocabulary in an order of its own."""
    torch.manual_seed(2)
    special = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
    words = [special.get(word, word) for word in sorted(tokenizer.get_vocab(), reverse=True)]
    config = MPNetConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=514,
        pad_token_id=words.index("<pad>"),
    )
    model = MPNetModel(config, add_pooling_layer=False)
    with torch.no_grad():
        model.encoder.relative_attention_bias.weight.normal_()
    folder = tmp_path_factory.mktemp("mpnet")
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")
    return folder
