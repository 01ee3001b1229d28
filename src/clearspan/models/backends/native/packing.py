"""From a model's configuration and tensors to what the C++ step runs on: packed once, at load."""

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from clearspan.errors import Refused
from clearspan.models.backends.native.structs import LayerSpec, Linear, ModelSpec, WeightFormat
from clearspan.models.backends.native.tensors import Kind, Matrix, Tensors, as_float32

ROWS = 512
"""Most tokens of one step; buffers are made for as many."""
_WIDEST = 16_384
"""Of cpp/step.cpp."""

_TILE = 16
_GROUP = 32
_FORMATS = {
    Kind.Q4_0: WeightFormat.Q4,
    Kind.Q4_1: WeightFormat.Q4,
    Kind.Q8_0: WeightFormat.Q8,
    Kind.FLOAT32: WeightFormat.W16,
}
_STORED = {Kind.Q4_0: 18, Kind.Q4_1: 20, Kind.Q8_0: 34, Kind.FLOAT32: 128}
"""Bytes of a group of numbers in the file."""
_BYTES = {WeightFormat.Q4: 256, WeightFormat.Q8: 512, WeightFormat.W16: 1024}
_HALVES = {WeightFormat.Q4: 32, WeightFormat.Q8: 16, WeightFormat.W16: 0}
_SCALES = {WeightFormat.Q4: 0, WeightFormat.Q8: 0, WeightFormat.W16: 16}
_FAMILIES = frozenset({"llama", "mistral", "qwen2", "qwen3"})


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a configuration says of a model that the step can run."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    head: int
    inner: int
    vocabulary: int
    context: int
    epsilon: float

    @classmethod
    def of(cls, config: Any) -> "Sizes":
        """Read a transformers configuration.

        Raises:
            Refused: the step cannot run such a model; says why.
        """
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        sizes = cls(
            width=config.hidden_size,
            layers=config.num_hidden_layers,
            heads=config.num_attention_heads,
            kv_heads=config.num_key_value_heads,
            head=head,
            inner=config.intermediate_size,
            vocabulary=config.vocab_size,
            context=config.max_position_embeddings,
            epsilon=config.rms_norm_eps,
        )
        sizes._check(config)
        return sizes

    def _check(self, config: Any) -> None:
        window = getattr(config, "sliding_window", None)
        windowed = (
            window is not None and getattr(config, "use_sliding_window", True) and window < self.context
        )
        reasons = (
            (config.hidden_act != "silu", f"its feed-forward part uses {config.hidden_act}, not SiLU"),
            (windowed, "it attends to a sliding window"),
            (self.head % _GROUP != 0, f"its heads have {self.head} numbers, not a multiple of {_GROUP}"),
            (self.width % _GROUP != 0 or self.inner % _GROUP != 0, f"a width is not a multiple of {_GROUP}"),
            (self.width > _WIDEST, f"it is wider than {_WIDEST:,} numbers"),
            (self.heads % self.kv_heads != 0, "its query heads cannot be shared out evenly"),
            (self.heads // self.kv_heads > _TILE, "too many query heads share one key head"),
        )
        for applies, why in reasons:
            if applies:
                raise unsupported(why)


def unsupported(why: str) -> Refused:
    """The error for a model that stays on the plain path."""
    return Refused(
        "This model stays on the plain path.",
        why=f"The fast path does not run it: {why}.",
        do="Nothing needs to be done; everything works, more slowly.",
    )


def require_family(config: Any) -> None:
    """Raise unless the model is of a family that the step was written for.

    Raises:
        Refused: it is of another.
    """
    if config.model_type not in _FAMILIES:
        raise unsupported(f"it is a {config.model_type}, and {', '.join(sorted(_FAMILIES))} are known")


@dataclass(slots=True, eq=False)
class Packed:
    """A model as the step reads it; keeps alive every array that the structures point to."""

    sizes: Sizes
    spec: ModelSpec
    layers: Any
    arrays: list[NDArray[Any]] = field(default_factory=list[NDArray[Any]])


class Packer:
    """Packs one model.

    Args:
        library: compiled and declared.
    """

    def __init__(self, library: ctypes.CDLL, tensors: Tensors, sizes: Sizes) -> None:
        self._library = library
        self._tensors = tensors
        self._sizes = sizes
        self._arrays: list[NDArray[Any]] = []

    def pack(
        self, inverse_frequencies: NDArray[np.float32], attention_scaling: float, threads: int
    ) -> Packed:
        """Pack all weights.

        Args:
            inverse_frequencies: of the rotary positions, shape `(head / 2,)`.
            attention_scaling: factor of the rotary tables (YaRN and the like); 1 for most models.

        Raises:
            Refused: a tensor is missing or of another size than the configuration says, or the memory does not
                suffice.
        """
        self._require_memory(threads)
        s = self._sizes
        layers = (LayerSpec * s.layers)(*(self._layer(number) for number in range(s.layers)))
        embedding = self._linear({"model.embed_tokens": s.vocabulary}, s.width)
        tied = not self._tensors.has("lm_head.weight")
        angles = np.arange(s.context, dtype=np.float32)[:, None] * inverse_frequencies[None, :]
        spec = ModelSpec(
            width=s.width,
            layers=s.layers,
            heads=s.heads,
            kv_heads=s.kv_heads,
            head=s.head,
            inner=s.inner,
            vocabulary=embedding.outputs,
            context=s.context,
            threads=threads,
            rows=ROWS,
            epsilon=s.epsilon,
            embedding=embedding,
            unembedding=embedding if tied else self._linear({"lm_head": s.vocabulary}, s.width),
            last_norm=self._vector("model.norm.weight", s.width),
            cosines=self._keep(np.cos(angles) * attention_scaling),
            sines=self._keep(np.sin(angles) * attention_scaling),
            layer=layers,
        )
        return Packed(s, spec, layers, self._arrays)

    def _layer(self, number: int) -> LayerSpec:
        s, attention, mlp = self._sizes, f"model.layers.{number}.self_attn.", f"model.layers.{number}.mlp."
        heads = {"q": s.heads, "k": s.kv_heads, "v": s.kv_heads}
        rows = {f"{attention}{name}_proj": count * s.head for name, count in heads.items()}
        return LayerSpec(
            qkv=self._linear(rows, s.width),
            output=self._linear({f"{attention}o_proj": s.width}, s.heads * s.head),
            gate_up=self._linear({f"{mlp}gate_proj": s.inner, f"{mlp}up_proj": s.inner}, s.width),
            down=self._linear({f"{mlp}down_proj": s.width}, s.inner),
            before_attention=self._vector(f"model.layers.{number}.input_layernorm.weight", s.width),
            before_mlp=self._vector(f"model.layers.{number}.post_attention_layernorm.weight", s.width),
            query_norm=self._optional(f"{attention}q_norm.weight", s.head),
            key_norm=self._optional(f"{attention}k_norm.weight", s.head),
        )

    def _linear(self, rows_of: Mapping[str, int], inputs: int) -> Linear:
        """One matrix of the rows of several, one after another; in one format, float32 if theirs differ."""
        parts = [self._matrix(f"{name}.weight", rows, inputs) for name, rows in rows_of.items()]
        if len({_FORMATS[part.kind] for part in parts}) > 1:
            parts = [as_float32(part) for part in parts]
        chosen = _FORMATS[parts[0].kind]
        outputs = sum(-(-len(part.rows) // _TILE) * _TILE for part in parts)
        blocks = outputs // _TILE * (inputs // _GROUP)
        numbers = aligned(blocks * _BYTES[chosen], np.uint8)
        halves = aligned(blocks * _HALVES[chosen], np.uint16)
        scales = aligned(blocks * _SCALES[chosen], np.float32)
        self._arrays += [numbers, halves, scales]
        first = 0
        for part in parts:
            rows = len(part.rows)
            padded = -(-rows // _TILE) * _TILE
            order = np.full(padded, -1, np.int32)
            order[:rows] = np.arange(rows)
            source = np.ascontiguousarray(part.rows)
            self._library.pack(
                int(part.kind),
                source.ctypes.data,
                order.ctypes.data,
                padded,
                inputs,
                numbers[first * _BYTES[chosen] :].ctypes.data,
                halves[first * _HALVES[chosen] :].ctypes.data,
                scales[first * _SCALES[chosen] :].ctypes.data,
            )
            first += padded // _TILE * (inputs // _GROUP)
        return Linear(
            format=int(chosen),
            outputs=outputs,
            inputs=inputs,
            numbers=numbers.ctypes.data,
            halves=halves.ctypes.data,
            scales=scales.ctypes.data,
            bias=self._bias(rows_of),
        )

    def _bias(self, rows_of: Mapping[str, int]) -> int | None:
        if not any(self._tensors.has(f"{name}.bias") for name in rows_of):
            return None
        pieces: list[NDArray[np.float32]] = []
        for name, rows in rows_of.items():
            piece = np.zeros(-(-rows // _TILE) * _TILE, np.float32)
            if self._tensors.has(f"{name}.bias"):
                piece[:rows] = self._numbers(f"{name}.bias", rows)
            pieces.append(piece)
        return self._keep(np.concatenate(pieces))

    def _matrix(self, name: str, rows: int, inputs: int) -> Matrix:
        self._require(name)
        matrix = self._tensors.matrix(name)
        # The step trusts these sizes: it would read beyond the end of a smaller matrix.
        stored = rows, inputs // _GROUP * _STORED[matrix.kind]
        if matrix.inputs != inputs or matrix.rows.shape != stored:
            raise unsupported(f"its tensor '{name}' is not of {rows:,} rows of {inputs:,} numbers")
        return matrix

    def _numbers(self, name: str, count: int) -> NDArray[np.float32]:
        self._require(name)
        values = self._tensors.vector(name)
        if values.shape != (count,):
            raise unsupported(f"its tensor '{name}' is not a row of {count:,} numbers")
        return values

    def _vector(self, name: str, count: int) -> int:
        return self._keep(self._numbers(name, count))

    def _optional(self, name: str, count: int) -> int | None:
        return self._vector(name, count) if self._tensors.has(name) else None

    def _require(self, name: str) -> None:
        if not self._tensors.has(name):
            raise unsupported(f"it has no tensor '{name}'")

    def _keep(self, values: NDArray[Any]) -> int:
        array = aligned(values.size, np.float32)
        array[:] = values.reshape(-1)
        self._arrays.append(array)
        return array.ctypes.data

    def _require_memory(self, threads: int) -> None:
        s = self._sizes
        numbers = s.layers * s.width * ((s.heads * 2 + s.kv_heads * 2) * s.head + 3 * s.inner)
        # Two bytes a number is the largest of the formats.
        needed = 2.2 * (numbers + 2 * s.vocabulary * s.width)
        # A long context takes its part: the rotary tables while they are made, and each thread's attention scores.
        needed += s.context * (16 * s.head + 64 * threads)
        if needed > psutil.virtual_memory().available:
            raise unsupported(f"packed, it may take {needed / 1e9:.1f} GB, and less memory is free")


def aligned(count: int, dtype: Any) -> NDArray[Any]:
    """Zeros that begin at a cache line."""
    size = np.dtype(dtype).itemsize
    raw = np.zeros(count * size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + count * size].view(dtype)
