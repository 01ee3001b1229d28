"""Tokens and embedding matrix of a transformers folder; no model is loaded."""

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clearspan.errors import BadInput, Refused
from clearspan.models.vocabularies.rows import PlainRows
from clearspan.models.vocabularies.splitting import ByTokenizer
from clearspan.models.weights.pretrained import read_tokenizer

_NAMES = ("embed_tokens.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight")
_TYPES = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}
_LARGEST_HEADER = 100_000_000


@dataclass(frozen=True, slots=True)
class FolderVocabulary:
    """As `GgufVocabulary`."""

    texts: list[str]
    ordinary: list[bool]
    rows: PlainRows
    splitter: ByTokenizer


def read_folder(folder: Path) -> FolderVocabulary:
    """Read a folder's vocabulary; the matrix stays on disk.

    Raises:
        BadInput: a file is damaged.
        Refused: there is no embedding matrix of a known name and number format.
    """
    rows = next(
        (rows for file in sorted(folder.glob("*.safetensors")) if (rows := _rows(file)) is not None), None
    )
    if rows is None:
        raise Refused(
            f"{folder.name} shows no embedding matrix.",
            why=f"Its safetensors hold no tensor that ends with one of {', '.join(_NAMES)} in float32 or 16 bits.",
            do="Use the folder of a language model.",
        )
    tokenizer = read_tokenizer(folder)
    special = set(tokenizer.all_special_ids)
    known = {number for number in tokenizer.get_vocab().values() if number < rows.count}
    texts = [tokenizer.decode([number]) if number in known else "" for number in range(rows.count)]
    ordinary = [
        number in known and number not in special and "\ufffd" not in texts[number]
        for number in range(rows.count)
    ]
    return FolderVocabulary(texts, ordinary, rows, ByTokenizer(tokenizer))


def _rows(path: Path) -> PlainRows | None:
    """The embedding matrix, if this file has it: a header of JSON behind its length, then the numbers."""
    with path.open("rb") as file:
        try:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(_LARGEST_HEADER, path.stat().st_size):
                raise ValueError(f"its header is said to have {length:,} bytes")
            header: dict[str, Any] = json.loads(file.read(length))
            name = next((name for name in header if name.endswith(_NAMES)), None)
            if name is None:
                return None
            entry = header[name]
            count, width = entry["shape"]
            begin, end = entry["data_offsets"]
            kind = _TYPES.get(entry["dtype"])
            if kind is None:
                return None
            start = 8 + length + begin
            if (
                end - begin != math.prod((count, width, np.dtype(kind).itemsize))
                or 8 + length + end > path.stat().st_size
            ):
                raise ValueError(f"{name} has other bytes than its shape says")
        except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
            raise BadInput(
                f"{path.name} is not a safetensors file that can be read.",
                why=f"{error}.",
                do="Download it again.",
            ) from error
    return PlainRows(np.memmap(path, kind, "r", offset=start, shape=(count, width)))
