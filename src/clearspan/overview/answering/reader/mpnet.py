"""MPNet's weights as an encoder of BERT's kind that reads the windows of every reader.

Song et al. 2020, 'MPNet: Masked and Permuted Pre-training for Language Understanding': twelve layers of BERT's, whose
scores of attention are moved by how far two tokens stand apart. Its vocabulary is BERT's in another order; the rows of
its embeddings are put in BERT's, so that one tokenizer serves both.
"""

import math
from pathlib import Path
from typing import Any, cast

import safetensors.torch
import torch
import transformers
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import Tensor

from clearspan.errors import BadInput
from clearspan.overview.answering.reader.adapters import fold, put_on, unpacked
from clearspan.overview.answering.reader.graph import graph_of
from clearspan.overview.answering.reader.network import ReaderNetwork
from clearspan.overview.answering.reader.windows import LONGEST

_auto = cast("Any", transformers)
_safetensors = cast("Any", safetensors.torch)

_BEFORE = 2
"""Rows of its embeddings of places that come before that of the first token."""

_FURTHEST = 128
"""Tokens from which on two stand equally far apart: MPNet's and T5's."""

_SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
_NAMES = {
    "attention.attn.q": "attention.self.query",
    "attention.attn.k": "attention.self.key",
    "attention.attn.v": "attention.self.value",
    "attention.attn.o": "attention.output.dense",
    "attention.LayerNorm": "attention.output.LayerNorm",
}


def read_mpnet(folder: Path, tokenizer: Tokenizer) -> tuple[Any, Tensor]:
    """The encoder, and what is added to each head's scores by how far the second token stands after the first.

    Args:
        folder: with `config.json`, `model.safetensors` and `vocab.txt` of MPNet.
        tokenizer: of the reader, whose order of words the encoder takes.

    Returns: a `BertModel` without pooler, and the table as `ReaderNetwork` takes it.

    Raises:
        BadInput: these are not MPNet's weights.
    """
    try:
        given: dict[str, Tensor] = _safetensors.load_file(folder / "model.safetensors")
        config = _auto.AutoConfig.from_pretrained(folder, local_files_only=True)
        words = (folder / "vocab.txt").read_text("utf-8").splitlines()
        encoder = _auto.BertModel(_bert(config, tokenizer.get_vocab_size()), add_pooling_layer=False)
        encoder.load_state_dict(_named(given, words, tokenizer))
        table = _by_distance(given["encoder.relative_attention_bias.weight"])
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        raise BadInput(
            f"The weights in {folder} are not MPNet's.",
            why=f"{type(error).__name__}: {error}"[:500],
            do="Take out what is damaged with `clearspan models verify`, then run `clearspan models fetch mpnet`.",
        ) from error
    return encoder.eval(), table


def graph_with(folder: Path, vocabulary: Path, adapters: bytes) -> bytes:
    """MPNet with adapters folded into it, as the ONNX graph that `graph.graph_of` writes.

    Args:
        folder: of MPNet's weights.
        vocabulary: the reader's tokenizer.
        adapters: as `adapters.packed` keeps them.

    Raises:
        BadInput: these are not MPNet's weights, or adapters of something else.
    """
    encoder, table = read_mpnet(folder, Tokenizer.from_file(str(vocabulary)))
    network = ReaderNetwork(encoder, table)
    try:
        put_on(network, unpacked(adapters))
    except (LookupError, ValueError, RuntimeError, SafetensorError) as error:
        raise BadInput(
            "The adapters of the close reader do not fit MPNet's weights.",
            why=f"{type(error).__name__}: {error}"[:500],
            do="Install Clearspan again, or train it with `clearspan train reader --close`.",
        ) from error
    fold(network)
    return graph_of(network)


def _bert(config: Any, words: int) -> Any:
    return _auto.BertConfig(
        vocab_size=words,
        hidden_size=config.hidden_size,
        num_hidden_layers=config.num_hidden_layers,
        num_attention_heads=config.num_attention_heads,
        intermediate_size=config.intermediate_size,
        max_position_embeddings=config.max_position_embeddings - _BEFORE,
        layer_norm_eps=config.layer_norm_eps,
    )


def _named(given: dict[str, Tensor], words: list[str], tokenizer: Tokenizer) -> dict[str, Tensor]:
    """The weights under BERT's names, words in the tokenizer's order."""
    rows = {word: row for row, word in enumerate(words)}
    order = [
        rows[_SPECIAL.get(word, word)]
        for word, _ in sorted(tokenizer.get_vocab().items(), key=lambda one: one[1])
    ]
    width = given["embeddings.word_embeddings.weight"].shape[1]
    named = {
        "embeddings.word_embeddings.weight": given["embeddings.word_embeddings.weight"][order],
        "embeddings.position_embeddings.weight": given["embeddings.position_embeddings.weight"][_BEFORE:],
        # MPNet tells its two texts apart by their places alone.
        "embeddings.token_type_embeddings.weight": torch.zeros(2, width),
        "embeddings.LayerNorm.weight": given["embeddings.LayerNorm.weight"],
        "embeddings.LayerNorm.bias": given["embeddings.LayerNorm.bias"],
    }
    for name, weight in given.items():
        if name.startswith("encoder.layer."):
            for theirs, ours in _NAMES.items():
                name = name.replace(f".{theirs}.", f".{ours}.")
            named[name] = weight
    return named


def _by_distance(buckets: Tensor) -> Tensor:
    """For each head and distance, from `1 - LONGEST` to `LONGEST - 1`, shape `(heads, 2 LONGEST - 1)`."""
    return buckets[
        [_bucket(distance, len(buckets)) for distance in range(1 - LONGEST, LONGEST)]
    ].T.contiguous()


def _bucket(distance: int, buckets: int) -> int:
    """Raffel et al. 2020, 'Exploring the Limits of Transfer Learning', section 2.1: far ones by logarithms."""
    half = buckets // 2
    exact = half // 2
    apart, after = abs(distance), half if distance > 0 else 0
    if apart < exact:
        return after + apart
    far = exact + int(math.log(apart / exact) / math.log(_FURTHEST / exact) * (half - exact))
    return after + min(far, half - 1)
