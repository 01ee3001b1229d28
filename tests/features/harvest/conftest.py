"""A tiny random model in a folder, with a byte-level tokenizer, and made-up texts for it to read."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clearspan.settings import Settings

if TYPE_CHECKING:
    from clearspan.models.serving.engine import LanguageModel

WORDS = "ferry lamp harbour seven bridge quiet bread under window green letter tide map stone and the of a".split()


def texts(count: int, seed: int, words: int = 60) -> list[str]:
    """Made-up texts of about so many words, each different."""
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS, k=draw.randint(words // 2, words))) + "." for _ in range(count)]


def write_lines(path: Path, of: Sequence[str]) -> Path:
    """A JSONL corpus."""
    path.write_text(
        "".join(json.dumps({"text": text, "title": f"Text {n}"}) + "\n" for n, text in enumerate(of))
    )
    return path


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights and tokenizer of a random model: 3 layers, 32 numbers wide, a token a byte."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("tiny-model")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<end>": 0, **{letter: n for n, letter in enumerate(alphabet, start=1)}}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
    fast.save_pretrained(folder)
    torch.manual_seed(5)
    config = transformers.LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        bos_token_id=None,
        eos_token_id=0,
    )
    model = transformers.LlamaForCausalLM(config).eval()
    with torch.no_grad():
        model.model.embed_tokens.weight.mul_(50)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[LanguageModel]":
    """The tiny model, on the plain path."""
    from clearspan.models.serving.engine import LanguageModel

    settings = Settings(home=tmp_path_factory.mktemp("tiny-home"), backend="plain", threads=1)
    with LanguageModel.load(f"dir:{tiny_folder}", settings) as model:
        yield model


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """150 made-up texts, about 37,000 bytes."""
    return write_lines(tmp_path / "ferries.jsonl", texts(150, 1))


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a folder with its bytes."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    return read
