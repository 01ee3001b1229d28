"""The trained reader as an ONNX graph that reads one window: weights of the products in 8 bits, all else in float32.

The graph is written by hand: the operators that ONNX Runtime fuses for encoders of BERT's kind are named directly, so
that no exporter and no optimizer decide what ships. Weights of a product have one scale a column and stay within 7
bits, because processors with AVX2 alone add two 8-bit products in 16 bits, where more would saturate and another
machine would say otherwise. The states that go into a product are quantised over one window, so that what stands
beside it in a batch changes nothing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from clearspan.errors import BadInput
from clearspan.overview.answering.reader.network import ReaderNetwork

_OPSET, _CONTRIBUTED = 17, "com.microsoft"
_IR_VERSION = 9
_LARGEST = 63

_helper: Any = helper
_numpy_helper: Any = numpy_helper

Array = NDArray[np.float32]


def graph_of(network: ReaderNetwork) -> bytes:
    """The network as the bytes of an ONNX file.

    Inputs `ids` and `types`: int64, shape `(1, tokens)`. Outputs: `tokens`, float32, shape `(1, tokens, 5)` with the
    logits of attention, of evidence as a mean and as weighted by attention, of the answer's start and end; `whole`,
    shape `(1, 2 + kinds)`, as `Heads.window`.
    """
    weights = {name: one.detach().float().numpy() for name, one in network.state_dict().items()}
    config = network.encoder.config
    writer = _Writer(weights, int(config.num_attention_heads), float(config.layer_norm_eps))
    states = writer.embedded()
    writer.distances()
    for layer in range(int(config.num_hidden_layers)):
        states = writer.layer(states, f"encoder.encoder.layer.{layer}.")
    writer.heads(states)
    graph = _helper.make_graph(
        writer.nodes,
        "reader",
        [_helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in ("ids", "types")],
        [
            _helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "tokens", 5]),
            _helper.make_tensor_value_info("whole", TensorProto.FLOAT, [1, "heads"]),
        ],
        writer.constants,
    )
    opsets = [_helper.make_opsetid("", _OPSET), _helper.make_opsetid(_CONTRIBUTED, 1)]
    model = _helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="clearspan")
    cast("Any", onnx).checker.check_model(model)
    return cast("bytes", model.SerializeToString())


def lay_out(graph: bytes, path: Path, weights: str) -> None:
    """Write a graph as a file, and its weights beside it, where ONNX Runtime maps them instead of copying them.

    Args:
        weights: name of their file.
    """
    whole = cast("Any", onnx).load_from_string(graph)
    cast("Any", onnx).save_model(whole, path, save_as_external_data=True, location=weights)
    # onnx gives the weights to nobody else, whatever the umask says of the graph.
    path.with_name(weights).chmod(path.stat().st_mode)


def weights_of(graph: bytes) -> dict[str, Array]:
    """The weights that `graph_of` wrote, by their names in the network, as far as 8 bits kept them.

    Raises:
        BadInput: it is not such a graph.
    """
    try:
        model = cast("Any", onnx).load_from_string(graph)
        kept = {one.name: _numpy_helper.to_array(one) for one in model.graph.initializer}
        layers = sum(name.endswith("attention.self.query.weight") for name in kept)
        return _embeddings(kept) | _layers(kept, layers) | _heads(kept)
    except Exception as error:  # onnx names no kind of its own for bytes that are no graph
        raise BadInput(
            "A training cannot begin with this reader.",
            why=f"{type(error).__name__}: {error}",
            do="Name a folder in which `clearspan train reader` left a reader.",
        ) from error


def _embeddings(kept: dict[str, NDArray[Any]]) -> dict[str, Array]:
    prefix = "encoder.embeddings."
    return {
        f"{prefix}word_embeddings.weight": kept["words"] * kept["words.scale"],
        f"{prefix}token_type_embeddings.weight": kept["types.weight"],
        f"{prefix}position_embeddings.weight": kept["places"],
        **_normed(kept, f"{prefix}LayerNorm"),
    }


def _layers(kept: dict[str, NDArray[Any]], count: int) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for layer in range(count):
        prefix = f"encoder.encoder.layer.{layer}."
        mixed = [f"{prefix}attention.self.{name}" for name in ("query", "key", "value")]
        alone = [f"{prefix}{name}.dense" for name in ("attention.output", "intermediate", "output")]
        for names in (mixed, *([name] for name in alone)):
            whole = (kept[f"{names[0]}.weight"] * kept[f"{names[0]}.scale"]).T
            for name, weight, bias in zip(
                names,
                np.split(whole, len(names)),
                np.split(kept[f"{names[0]}.bias"], len(names)),
                strict=True,
            ):
                found |= {f"{name}.weight": weight, f"{name}.bias": bias}
        for name in ("attention.output", "output"):
            found |= _normed(kept, f"{prefix}{name}.LayerNorm")
    return found


def _heads(kept: dict[str, NDArray[Any]]) -> dict[str, Array]:
    pooling, mean, weighted, *span = kept["each"].T
    bias = kept["each.bias"]
    return {
        "heads.pooling.weight": pooling[None],
        "heads.pooling.bias": bias[:1],
        "heads.evidence.weight": np.concatenate([mean, weighted])[None],
        "heads.evidence.bias": bias[1:2],
        "heads.span.weight": np.stack(span),
        "heads.span.bias": bias[3:],
        "heads.window.weight": kept["window"].T,
        "heads.window.bias": kept["window.bias"],
    }


def _normed(kept: dict[str, NDArray[Any]], name: str) -> dict[str, Array]:
    return {f"{name}.weight": kept[f"{name}.gamma"], f"{name}.bias": kept[f"{name}.beta"]}


class _Writer:
    def __init__(self, weights: dict[str, Array], heads: int, epsilon: float) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._weights = weights
        self._heads = heads
        self._epsilon = epsilon
        self._by_distance = ""

    def embedded(self) -> str:
        """Embeddings of words in 8 bits with one scale a word, of places and of the two parts in full."""
        words = self._weights["encoder.embeddings.word_embeddings.weight"]
        scale = _scale(words, 1, 127)
        rows = self._constant("words", _whole(words / scale))
        scales = self._constant("words.scale", scale)
        found = self._node("Cast", [self._node("Gather", [rows, "ids"])], to=TensorProto.FLOAT)
        found = self._node("Mul", [found, self._node("Gather", [scales, "ids"])])
        kinds = self._constant(
            "types.weight", self._weights["encoder.embeddings.token_type_embeddings.weight"]
        )
        found = self._node("Add", [found, self._node("Gather", [kinds, "types"])])
        places = self._constant("places", self._weights["encoder.embeddings.position_embeddings.weight"])
        length = self._node("Shape", ["ids"], start=1, end=2)
        zero, one = (
            self._constant("zero", np.array([0], np.int64)),
            self._constant("one", np.array([1], np.int64)),
        )
        here = self._node("Slice", [places, zero, length, zero, one])
        found = self._node("Add", [found, here])
        gamma, beta = self._norm("encoder.embeddings.LayerNorm")
        return self._node("LayerNormalization", [found, gamma, beta], epsilon=self._epsilon, axis=-1)

    def distances(self) -> None:
        """What every layer adds to the scores of attention by distance, where the encoder knows it."""
        if (table := self._weights.get("by_distance")) is None:
            return
        middle = self._constant("middle", np.array(table.shape[1] // 2, np.int64))
        origin, step = (
            self._constant(name, np.array(value, np.int64)) for name, value in (("origin", 0), ("step", 1))
        )
        length = self._node("Squeeze", [self._node("Shape", ["ids"], start=1, end=2)])
        places = self._node("Range", [origin, length, step])
        rows, columns = (
            self._constant(name, np.array([axis], np.int64)) for name, axis in (("rows", 1), ("columns", 0))
        )
        after = self._node("Unsqueeze", [self._node("Add", [places, middle]), columns])
        distance = self._node("Sub", [after, self._node("Unsqueeze", [places, rows])])
        found = self._node("Gather", [self._constant("by_distance", table), distance], axis=1)
        self._by_distance = self._node("Unsqueeze", [found, columns])

    def layer(self, states: str, prefix: str) -> str:
        """Attention and the two products after it."""
        names = [f"{prefix}attention.self.{name}" for name in ("query", "key", "value")]
        mixed = self._product(states, names)
        width = self._weights[f"{names[0]}.bias"].shape[0]
        sizes = self._constant(f"{prefix}sizes", np.array([width] * 3, np.int64))
        split = self._node("Split", [mixed, sizes], outputs=3, axis=-1)
        parts = [f"{split}.{index}" for index in range(3)]
        if self._by_distance:
            parts += ["", "", self._by_distance]
        attended = self._node("MultiHeadAttention", parts, domain=_CONTRIBUTED, num_heads=self._heads)
        states = self._added(
            self._product(attended, [f"{prefix}attention.output.dense"]), states, f"{prefix}attention.output"
        )
        wide = self._node(
            "Gelu", [self._product(states, [f"{prefix}intermediate.dense"])], domain=_CONTRIBUTED
        )
        return self._added(self._product(wide, [f"{prefix}output.dense"]), states, f"{prefix}output")

    def heads(self, states: str) -> None:
        """Of each token, and of the first."""
        width = self._weights["heads.pooling.weight"].shape[1]
        mean, weighted = np.split(self._weights["heads.evidence.weight"], [width], axis=1)
        each = np.concatenate(
            [self._weights["heads.pooling.weight"], mean, weighted, self._weights["heads.span.weight"]]
        )
        bias = np.concatenate(
            [
                self._weights["heads.pooling.bias"],
                self._weights["heads.evidence.bias"],
                np.zeros(1, np.float32),
                self._weights["heads.span.bias"],
            ]
        )
        tokens = self._node("MatMul", [states, self._constant("each", np.ascontiguousarray(each.T))])
        self._node("Add", [tokens, self._constant("each.bias", bias)], named="tokens")
        first = self._node("Gather", [states, self._constant("first", np.array(0, np.int64))], axis=1)
        whole = np.ascontiguousarray(self._weights["heads.window.weight"].T)
        found = self._node("MatMul", [first, self._constant("window", whole)])
        self._node(
            "Add", [found, self._constant("window.bias", self._weights["heads.window.bias"])], named="whole"
        )

    def _product(self, states: str, names: Sequence[str]) -> str:
        """One product with the weights of several layers side by side."""
        weight: Array = np.concatenate([self._weights[f"{name}.weight"] for name in names]).T
        scale = _scale(weight, 0, _LARGEST)[0]
        name = names[0]
        inputs = [
            states,
            self._constant(f"{name}.weight", _whole(weight / scale)),
            self._constant(f"{name}.scale", scale),
            self._constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
            self._constant(f"{name}.bias", np.concatenate([self._weights[f"{one}.bias"] for one in names])),
        ]
        return self._node("DynamicQuantizeMatMul", inputs, domain=_CONTRIBUTED)

    def _added(self, new: str, old: str, prefix: str) -> str:
        # ONNX Runtime's fused sum and norm takes five times as long on processors as the two by themselves.
        gamma, beta = self._norm(f"{prefix}.LayerNorm")
        found = self._node("Add", [new, old])
        return self._node("LayerNormalization", [found, gamma, beta], epsilon=self._epsilon, axis=-1)

    def _norm(self, prefix: str) -> tuple[str, str]:
        return (
            self._constant(f"{prefix}.gamma", self._weights[f"{prefix}.weight"]),
            self._constant(f"{prefix}.beta", self._weights[f"{prefix}.bias"]),
        )

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(_numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def _node(
        self, kind: str, inputs: Sequence[str], *, named: str = "", outputs: int = 1, **attributes: Any
    ) -> str:
        name = named or f"{kind}.{len(self.nodes)}"
        made = [name] if outputs == 1 else [f"{name}.{index}" for index in range(outputs)]
        self.nodes.append(_helper.make_node(kind, list(inputs), made, name=name, **attributes))
        return name


def _scale(weights: Array, axis: int, largest: int) -> Array:
    """What one step of a whole number stands for, in each row or column."""
    return np.maximum(np.abs(weights).max(axis, keepdims=True), np.float32(1e-8)) / np.float32(largest)


def _whole(values: Array) -> NDArray[np.int8]:
    return np.round(values).astype(np.int8)
