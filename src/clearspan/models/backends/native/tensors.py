"""A model's numbers as its files keep them: GGUF blocks as they are, everything else as float32."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Protocol, cast

import gguf
import numpy as np
import safetensors
from numpy.typing import NDArray


class Kind(IntEnum):
    """Forms that cpp/pack.h reads."""

    Q4_0 = 0
    Q4_1 = 1
    Q8_0 = 2
    FLOAT32 = 3


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Rows of a weight matrix.

    Attributes:
        rows: shape `(outputs, bytes of a row)`, uint8.
        inputs: numbers of a row.
    """

    kind: Kind
    rows: NDArray[np.uint8]
    inputs: int


class Tensors(Protocol):
    """Named tensors, by the names that transformers gives them."""

    def has(self, name: str) -> bool:
        """Whether there is a tensor of this name."""
        ...

    def matrix(self, name: str) -> Matrix:
        """A weight matrix; its rows are in transformers' order."""
        ...

    def vector(self, name: str) -> NDArray[np.float32]:
        """A norm's weights or a bias, shape `(n,)`."""
        ...


def as_float32(matrix: Matrix) -> Matrix:
    """The same numbers, each as float32."""
    if matrix.kind is Kind.FLOAT32:
        return matrix
    kind = {
        Kind.Q4_0: gguf.GGMLQuantizationType.Q4_0,
        Kind.Q4_1: gguf.GGMLQuantizationType.Q4_1,
        Kind.Q8_0: gguf.GGMLQuantizationType.Q8_0,
    }[matrix.kind]
    return _floats(gguf.quants.dequantize(matrix.rows, kind))


def _floats(values: NDArray[np.float32]) -> Matrix:
    values = np.ascontiguousarray(values, dtype=np.float32)
    return Matrix(Kind.FLOAT32, values.view(np.uint8).reshape(len(values), -1), values.shape[1])


_IN_LAYER = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_OUTSIDE = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
_LAYER = re.compile(r"model\.layers\.(\d+)\.(.+)")


def _gguf_name(name: str) -> str:
    module, _, kind = name.rpartition(".")
    if match := _LAYER.fullmatch(module):
        return f"blk.{match[1]}.{_IN_LAYER[match[2]]}.{kind}"
    return f"{_OUTSIDE[module]}.{kind}"


class GgufTensors:
    """Tensors of a GGUF file.

    Files of the `llama` architecture keep the rows of queries and keys in the order that rotates neighbours;
    transformers rotates halves. Rows are put in its order here, whole, so that no block is requantised.

    Args:
        heads: by 'q_proj' and 'k_proj', how many heads the rows are of.
    """

    def __init__(self, path: Path, heads: dict[str, int]) -> None:
        reader: Any = gguf.GGUFReader(path)
        self._tensors: dict[str, Any] = {tensor.name: tensor for tensor in reader.tensors}
        architecture = cast("str", reader.get_field("general.architecture").contents())
        self._heads = heads if architecture == "llama" else {}

    def has(self, name: str) -> bool:
        """See `Tensors.has`."""
        return _gguf_name(name) in self._tensors

    def matrix(self, name: str) -> Matrix:
        """See `Tensors.matrix`."""
        tensor = self._tensors[_gguf_name(name)]
        stored = cast("str", tensor.tensor_type.name)
        inputs = int(tensor.shape[0])
        if stored in Kind.__members__:
            rows = np.asarray(tensor.data).view(np.uint8).reshape(int(tensor.shape[1]), -1)
            matrix = Matrix(Kind[stored], rows, inputs)
        else:
            values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
            matrix = _floats(values.reshape(-1, inputs))
        order = self._order(name, len(matrix.rows))
        return matrix if order is None else Matrix(matrix.kind, matrix.rows[order], inputs)

    def vector(self, name: str) -> NDArray[np.float32]:
        """See `Tensors.vector`."""
        tensor = self._tensors[_gguf_name(name)]
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(-1).astype(np.float32)
        order = self._order(name, len(values))
        return values if order is None else values[order]

    def _order(self, name: str, rows: int) -> NDArray[np.int64] | None:
        heads = next((count for part, count in self._heads.items() if f".{part}." in name), None)
        if heads is None:
            return None
        return np.arange(rows).reshape(heads, rows // heads // 2, 2).swapaxes(1, 2).reshape(rows)


class FolderTensors:
    """Tensors of the safetensors files of a transformers folder."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, Any] = {}
        with ExitStack() as stack:
            for path in sorted(folder.glob("*.safetensors")):
                file = cast("Any", stack.enter_context(safetensors.safe_open(path, framework="pt")))
                self._files.update(dict.fromkeys(cast("Iterator[str]", file.keys()), file))
            self._open = stack.pop_all()

    def has(self, name: str) -> bool:
        """See `Tensors.has`."""
        return name in self._files

    def matrix(self, name: str) -> Matrix:
        """See `Tensors.matrix`."""
        return _floats(self._files[name].get_tensor(name).float().numpy())

    def vector(self, name: str) -> NDArray[np.float32]:
        """See `Tensors.vector`."""
        return cast("NDArray[np.float32]", self._files[name].get_tensor(name).float().numpy())
