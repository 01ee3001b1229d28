"""An encoder of BERT's kind as an ONNX graph in float32 that uses the weights where they lie.

The graph names the weights as parts of the safetensors file, which ONNX Runtime maps into memory: nothing is copied,
and of the embeddings of words only those rows are read that a text has. Devlin et al. 2019, 'BERT'.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

_WEIGHTS = "model.safetensors"
_OPSET, _CONTRIBUTED, _IR_VERSION = 17, "com.microsoft", 9
_LARGEST_HEADER = 100_000_000
"""Bytes; the limit that safetensors itself has."""


class BertGraph:
    """See `encoder.Encoder`.

    Args:
        folder: with the weights in one safetensors file.
        config: of the model, as `config.json` has it.
        threads: of the arithmetic; 0 takes all cores.

    Raises:
        ValueError: it is another kind of encoder.
        KeyError, OSError, RuntimeError: the weights cannot be read, or are others than the configuration says.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any], threads: int) -> None:
        import onnxruntime as runtime  # pyright: ignore[reportMissingTypeStubs]

        kind = config["model_type"], config["hidden_act"], config.get("position_embedding_type", "absolute")
        if kind != ("bert", "gelu", "absolute"):
            raise ValueError(f"it is of the kind {', '.join(map(str, kind))}")
        self.dimension = int(config["hidden_size"])
        self.positions = int(config["max_position_embeddings"])
        options: Any = cast("Any", runtime).SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Two products of one step, and batches of every length, would keep what the largest of them needed.
        options.enable_cpu_mem_arena = False
        for key, value in (
            ("session.model_external_initializers_file_folder_path", str(folder)),
            # Packed weights are a second copy.
            ("session.disable_prepacking", "1"),
            ("session.intra_op.allow_spinning", "0"),
        ):
            options.add_session_config_entry(key, value)
        graph = _Graph(_places(folder / _WEIGHTS), config).written()
        self._session: Any = cast("Any", runtime).InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )

    def states(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Encoder.states`."""
        (found,) = self._session.run(None, {"ids": ids, "mask": mask.astype(np.int32)})
        return cast("NDArray[np.float32]", found)


def _places(path: Path) -> dict[str, tuple[list[int], int, int]]:
    """Shape, first byte and number of bytes of each float32 tensor of a safetensors file."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > _LARGEST_HEADER:
            raise ValueError("it is no safetensors file")
        header = cast("dict[str, dict[str, Any]]", json.loads(file.read(size)))
    whole = path.stat().st_size
    found: dict[str, tuple[list[int], int, int]] = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = entry["data_offsets"]
            if not 0 <= begin <= end <= whole - 8 - size:
                raise ValueError(f"'{name:.80}' lies outside of the file")
            found[name] = entry["shape"], 8 + size + begin, end - begin
    return found


class _Graph:
    """States are kept as rows, texts one after another, except within attention."""

    def __init__(self, places: Mapping[str, tuple[list[int], int, int]], config: Mapping[str, Any]) -> None:
        import onnx

        self._onnx: Any = onnx
        self._helper: Any = cast("Any", onnx).helper
        self._places = places
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._width = int(config["hidden_size"])
        self._epsilon = float(config["layer_norm_eps"])
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def written(self) -> bytes:
        kinds = self._onnx.TensorProto
        inner, width = self._number("inner", [-1, self._width]), self._number("width", [self._width])
        self._apart = self._node("Concat", [self._node("Shape", ["ids"]), width], axis=0)
        self._together = inner
        states = self._embedded()
        for layer in range(self._layers):
            states = self._layer(states, f"encoder.layer.{layer}")
        self._node("Reshape", [states, self._apart], named="states")
        value = self._helper.make_tensor_value_info
        graph = self._helper.make_graph(
            self._nodes,
            "encoder",
            [
                value(name, kind, ["texts", "tokens"])
                for name, kind in (("ids", kinds.INT64), ("mask", kinds.INT32))
            ],
            [value("states", kinds.FLOAT, ["texts", "tokens", self._width])],
            self._constants,
        )
        opsets = [self._helper.make_opsetid("", _OPSET), self._helper.make_opsetid(_CONTRIBUTED, 1)]
        model = self._helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="clearspan"
        )
        return cast("bytes", model.SerializeToString())

    def _embedded(self) -> str:
        words = self._node("Gather", [self._weight("embeddings.word_embeddings.weight"), "ids"])
        zero, one = self._number("zero", [0]), self._number("one", [1])
        # A text that stands alone is the first of two.
        kinds = self._weight("embeddings.token_type_embeddings.weight")
        first = self._node("Slice", [kinds, zero, one, zero, one])
        length = self._node("Shape", ["ids"], start=1, end=2)
        places = self._weight("embeddings.position_embeddings.weight")
        here = self._node("Slice", [places, zero, length, zero, one])
        found = self._node("Add", [self._node("Add", [words, here]), first])
        return self._normed(self._node("Reshape", [found, self._together]), "embeddings")

    def _layer(self, states: str, prefix: str) -> str:
        parts = [
            self._node("Reshape", [self._product(states, f"{prefix}.attention.self.{name}"), self._apart])
            for name in ("query", "key", "value")
        ]
        attended = self._node(
            "MultiHeadAttention", [*parts, "", "mask"], domain=_CONTRIBUTED, num_heads=self._heads
        )
        new = self._product(
            self._node("Reshape", [attended, self._together]), f"{prefix}.attention.output.dense"
        )
        states = self._normed(self._node("Add", [new, states]), f"{prefix}.attention.output")
        wide = self._node(
            "Gelu", [self._product(states, f"{prefix}.intermediate.dense")], domain=_CONTRIBUTED
        )
        new = self._product(wide, f"{prefix}.output.dense")
        return self._normed(self._node("Add", [new, states]), f"{prefix}.output")

    def _product(self, states: str, name: str) -> str:
        inputs = [states, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]
        return self._node("Gemm", inputs, transB=1)

    def _normed(self, states: str, prefix: str) -> str:
        inputs = [states, *(self._weight(f"{prefix}.LayerNorm.{name}") for name in ("weight", "bias"))]
        return self._node("LayerNormalization", inputs, epsilon=self._epsilon, axis=-1)

    def _weight(self, name: str) -> str:
        shape, begin, size = self._places[name]
        kinds = self._onnx.TensorProto
        tensor = kinds(name=name, data_type=kinds.FLOAT, dims=shape, data_location=kinds.EXTERNAL)
        for key, value in (("location", _WEIGHTS), ("offset", begin), ("length", size)):
            tensor.external_data.add(key=key, value=str(value))
        self._constants.append(tensor)
        return name

    def _number(self, name: str, values: Sequence[int]) -> str:
        self._constants.append(self._onnx.numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def _node(self, kind: str, inputs: Sequence[str], *, named: str = "", **attributes: Any) -> str:
        name = named or f"{kind}.{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name
