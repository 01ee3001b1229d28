"""From a model's configuration and tensors to what the C++ step runs on: packed once, at load."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from clearspan.errors import Refused
from clearspan.models.backends.native.structs import Format, LayerSpec, Linear, ModelSpec
from clearspan.models.backends.native.tensors import Kind, Matrix, Tensors, as_float32

ROWS = 512
"""Most tokens of one step; buffers are made for as many."""

_TILE = 16
_GROUP = 32
_FORMATS = {Kind.Q4_0: Format.Q4, Kind.Q4_1: Format.Q4, Kind.Q8_0: Format.Q8, Kind.FLOAT32: Format.W16}
_BYTES = {Format.Q4: 256, Format.Q8: 512, Format.W16: 1024}
_HALVES = {Format.Q4: 32, Format.Q8: 16, Format.W16: 0}
_SCALES = {Format.Q4: 0, Format.Q8: 0, Format.W16: 16}
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

    @property
    def bytes(self) -> int:
        """Memory of the packed weights."""
        return sum(array.nbytes for array in self.arrays)


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
            Refused: a tensor is missing, or the memory does not suffice.
        """
        self._require_memory()
        s = self._sizes
        layers = (LayerSpec * s.layers)(*(self._layer(number) for number in range(s.layers)))
        embedding = self._linear(["model.embed_tokens"])
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
            unembedding=embedding if tied else self._linear(["lm_head"]),
            last_norm=self._vector("model.norm.weight"),
            cosines=self._keep(np.cos(angles) * attention_scaling),
            sines=self._keep(np.sin(angles) * attention_scaling),
            layer=layers,
        )
        return Packed(s, spec, layers, self._arrays)

    def _layer(self, number: int) -> LayerSpec:
        at = f"model.layers.{number}."
        return LayerSpec(
            qkv=self._linear([f"{at}self_attn.{name}_proj" for name in "qkv"]),
            output=self._linear([f"{at}self_attn.o_proj"]),
            gate_up=self._linear([f"{at}mlp.gate_proj", f"{at}mlp.up_proj"]),
            down=self._linear([f"{at}mlp.down_proj"]),
            before_attention=self._vector(f"{at}input_layernorm.weight"),
            before_mlp=self._vector(f"{at}post_attention_layernorm.weight"),
            query_norm=self._optional(f"{at}self_attn.q_norm.weight"),
            key_norm=self._optional(f"{at}self_attn.k_norm.weight"),
        )

    def _linear(self, names: Sequence[str]) -> Linear:
        """One matrix of the rows of several, one after another; in one format, float32 if theirs differ."""
        parts = [self._matrix(f"{name}.weight") for name in names]
        if len({_FORMATS[part.kind] for part in parts}) > 1:
            parts = [as_float32(part) for part in parts]
        chosen = _FORMATS[parts[0].kind]
        inputs = parts[0].inputs
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
            bias=self._bias(names, parts),
        )

    def _bias(self, names: Sequence[str], parts: Sequence[Matrix]) -> int | None:
        if not any(self._tensors.has(f"{name}.bias") for name in names):
            return None
        pieces: list[NDArray[np.float32]] = []
        for name, part in zip(names, parts, strict=True):
            rows = len(part.rows)
            piece = np.zeros(-(-rows // _TILE) * _TILE, np.float32)
            if self._tensors.has(f"{name}.bias"):
                piece[:rows] = self._tensors.vector(f"{name}.bias")
            pieces.append(piece)
        return self._keep(np.concatenate(pieces))

    def _matrix(self, name: str) -> Matrix:
        self._require(name)
        return self._tensors.matrix(name)

    def _vector(self, name: str) -> int:
        self._require(name)
        return self._keep(self._tensors.vector(name))

    def _optional(self, name: str) -> int | None:
        return self._vector(name) if self._tensors.has(name) else None

    def _require(self, name: str) -> None:
        if not self._tensors.has(name):
            raise unsupported(f"it has no tensor '{name}'")

    def _keep(self, values: NDArray[Any]) -> int:
        array = aligned(values.size, np.float32)
        array[:] = values.reshape(-1)
        self._arrays.append(array)
        return array.ctypes.data

    def _require_memory(self) -> None:
        s = self._sizes
        numbers = s.layers * s.width * ((s.heads * 2 + s.kv_heads * 2) * s.head + 3 * s.inner)
        # Two bytes a number is the largest of the formats.
        needed = 2.2 * (numbers + 2 * s.vocabulary * s.width)
        if needed > psutil.virtual_memory().available:
            raise unsupported(f"its packed weights may take {needed / 1e9:.1f} GB, and less memory is free")


def aligned(count: int, dtype: Any) -> NDArray[Any]:
    """Zeros that begin at a cache line."""
    size = np.dtype(dtype).itemsize
    raw = np.zeros(count * size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + count * size].view(dtype)
