"""Tokens and embedding matrix of a GGUF file; nothing else of it is read."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from clearspan.errors import Refused
from clearspan.models.vocabularies.rows import BlockRows
from clearspan.models.vocabularies.splitting import ByMerges, ByScore, Splitter
from clearspan.models.weights.gguf_header import GgufHeader, read_header

_WANTED = frozenset(
    f"tokenizer.ggml.{name}" for name in ("model", "tokens", "scores", "token_type", "merges")
)
_MATRIX = "token_embd.weight"
_ORDINARY = frozenset({1, 4})
"""Token types: normal, and added by its makers; not unknown, control, unused or single bytes."""


@dataclass(frozen=True, slots=True)
class GgufVocabulary:
    """What the file says of its tokens.

    Attributes:
        texts: of tokens, as a person would write them.
        ordinary: whether each is text, and not a mark, a placeholder or a byte.
    """

    texts: list[str]
    ordinary: list[bool]
    rows: BlockRows
    splitter: Splitter


def read_gguf(path: Path) -> GgufVocabulary:
    """Read a file's vocabulary; the matrix stays on disk.

    Raises:
        BadInput: the file is damaged or hostile.
        Refused: it has no tokens, no embedding matrix, or splits text in a way that is not known here.
    """
    header = read_header(path, _WANTED)
    fields = header.fields
    if "tokenizer.ggml.tokens" not in fields or _MATRIX not in header.tensors:
        raise Refused(
            f"{path.name} shows no vocabulary.",
            why="It holds no tokens, or no embedding matrix.",
            do="Use the GGUF file of a language model.",
        )
    raw = cast("list[str]", fields["tokenizer.ggml.tokens"])
    kinds = cast("list[int]", fields.get("tokenizer.ggml.token_type") or [1] * len(raw))
    numbers = {text: number for number, text in enumerate(raw)}
    model = str(fields.get("tokenizer.ggml.model"))
    if model == "gpt2":
        letters = _byte_of_letter()
        texts = [_from_letters(text, letters) for text in raw]
        splitter: Splitter = ByMerges(numbers, cast("list[str]", fields["tokenizer.ggml.merges"]))
    elif model == "llama":
        texts = [text.replace("▁", " ") for text in raw]
        splitter = ByScore(numbers, cast("list[float]", fields["tokenizer.ggml.scores"]))
    else:
        raise Refused(
            f"{path.name} splits text in a way that is not known here: '{model:.40}'.",
            why="Known are gpt2 (byte-level merges) and llama (merges by score).",
            do="Use the model's transformers folder instead, as dir:PATH.",
        )
    return GgufVocabulary(texts, [kind in _ORDINARY for kind in kinds], _rows(path, header), splitter)


def _rows(path: Path, header: GgufHeader) -> BlockRows:
    from gguf.constants import GGMLQuantizationType

    matrix = header.tensors[_MATRIX]
    width, count = matrix.shape
    place = header.data + matrix.offset
    stored = np.memmap(path, np.uint8, "r", offset=place, shape=(count, matrix.size // count))
    return BlockRows(stored, GGMLQuantizationType(matrix.kind), width)


def _byte_of_letter() -> dict[str, int]:
    """GPT-2 writes bytes that are no visible character as letters from 256 on."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    letters = {chr(byte): byte for byte in visible}
    return letters | {chr(256 + place): byte for place, byte in enumerate(hidden)}


def _from_letters(text: str, letters: dict[str, int]) -> str:
    if all(letter in letters for letter in text):
        return bytes(letters[letter] for letter in text).decode("utf-8", "replace")
    return text
