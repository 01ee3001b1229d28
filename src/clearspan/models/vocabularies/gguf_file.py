"""Tokens and embedding matrix of a GGUF file; nothing else of it is read."""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from clearspan.errors import Refused
from clearspan.models.vocabularies.rows import BlockRows
from clearspan.models.vocabularies.splitting import ByMerges, ByScore, Splitter
from clearspan.models.weights.gguf_header import check_gguf

_WANTED = frozenset(
    f"tokenizer.ggml.{name}" for name in ("model", "tokens", "scores", "token_type", "merges")
)
_MATRIX = "token_embd.weight"
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
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
    check_gguf(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        fields, tensors = _Reader(data).header()
    if "tokenizer.ggml.tokens" not in fields or _MATRIX not in tensors:
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
    return GgufVocabulary(
        texts, [kind in _ORDINARY for kind in kinds], _rows(path, *tensors[_MATRIX]), splitter
    )


def _rows(path: Path, shape: list[int], kind: int, place: int) -> BlockRows:
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    known = GGMLQuantizationType(kind)
    width, count = shape
    block, size = GGML_QUANT_SIZES[known]
    stored = np.memmap(path, np.uint8, "r", offset=place, shape=(count, width // block * size))
    return BlockRows(stored, known, width)


class _Reader:
    """Reads the header of a file that has been checked."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 4

    def header(self) -> tuple[dict[str, Any], dict[str, tuple[list[int], int, int]]]:
        """Fields that are wanted, and for each tensor its shape, its type and where it begins."""
        self._number("I")
        tensor_count, field_count = self._number("Q"), self._number("Q")
        fields: dict[str, Any] = {}
        alignment = 32
        for _ in range(field_count):
            name = self._string()
            value = self._value(self._number("I"), keep=name in _WANTED or name == "general.alignment")
            if name == "general.alignment":
                alignment = int(value)
            elif name in _WANTED:
                fields[name] = value
        found: dict[str, tuple[list[int], int, int]] = {}
        for _ in range(tensor_count):
            name = self._string()
            shape = [self._number("Q") for _ in range(self._number("I"))]
            found[name] = (shape, self._number("I"), self._number("Q"))
        start = self._at + -self._at % alignment
        return fields, {name: (shape, kind, start + at) for name, (shape, kind, at) in found.items()}

    def _number(self, form: str) -> Any:
        (value,) = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return value

    def _string(self) -> str:
        length = self._number("Q")
        self._at += length
        return self._data[self._at - length : self._at].decode("utf-8", "replace")

    def _value(self, kind: int, *, keep: bool) -> Any:
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY:
            return self._number(_FORMATS[kind])
        inner, count = self._number("I"), self._number("Q")
        if inner in (_STRING, _ARRAY):
            values = (self._value(inner, keep=keep) for _ in range(count))
            return list(values) if keep else sum(1 for _ in values)
        size = count * struct.calcsize(f"<{_FORMATS[inner]}")
        self._at += size
        if not keep:
            return None
        return np.frombuffer(
            self._data[self._at - size : self._at], f"<{np.dtype(_FORMATS[inner]).str[1:]}"
        ).tolist()


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
