"""The types of cpp/step.cpp as ctypes sees them, and the signatures of its functions; both must agree exactly."""

import ctypes
from ctypes import POINTER, Structure, c_float, c_int32, c_void_p
from enum import IntEnum
from typing import Any


class WeightFormat(IntEnum):
    """How a packed matrix keeps its numbers; see cpp/linear.h."""

    Q4 = 0
    Q8 = 1
    W16 = 2


class Linear(Structure):
    """A packed matrix."""

    _fields_ = (
        ("format", c_int32),
        ("outputs", c_int32),
        ("inputs", c_int32),
        ("numbers", c_void_p),
        ("halves", c_void_p),
        ("scales", c_void_p),
        ("bias", c_void_p),
    )


class LayerSpec(Structure):
    """The weights of one layer."""

    _fields_ = (
        ("qkv", Linear),
        ("output", Linear),
        ("gate_up", Linear),
        ("down", Linear),
        ("before_attention", c_void_p),
        ("before_mlp", c_void_p),
        ("query_norm", c_void_p),
        ("key_norm", c_void_p),
    )


class ModelSpec(Structure):
    """Sizes and weights of a model."""

    _fields_ = (
        ("width", c_int32),
        ("layers", c_int32),
        ("heads", c_int32),
        ("kv_heads", c_int32),
        ("head", c_int32),
        ("inner", c_int32),
        ("vocabulary", c_int32),
        ("context", c_int32),
        ("threads", c_int32),
        ("rows", c_int32),
        ("epsilon", c_float),
        ("embedding", Linear),
        ("unembedding", Linear),
        ("last_norm", c_void_p),
        ("cosines", c_void_p),
        ("sines", c_void_p),
        ("layer", POINTER(LayerSpec)),
    )


class DialSpec(Structure):
    """One dial of one sequence."""

    _fields_ = (
        ("layer", c_int32),
        ("part", c_int32),
        ("operation", c_int32),
        ("gated", c_int32),
        ("amount", c_float),
        ("bias", c_float),
        ("threshold", c_float),
        ("largest_norm", c_float),
        ("encoder", c_void_p),
        ("decoder", c_void_p),
    )


class Tap(Structure):
    """Where the hidden states of one site of one entry go."""

    _fields_ = (("layer", c_int32), ("part", c_int32), ("out", c_void_p))


class StepEntry(Structure):
    """Tokens that one sequence appends in a step."""

    _fields_ = (
        ("slot", c_void_p),
        ("tokens", c_void_p),
        ("count", c_int32),
        ("logits", c_int32),
        ("out", c_void_p),
        ("dials", c_void_p),
        ("dial_count", c_int32),
        ("taps", c_void_p),
        ("tap_count", c_int32),
    )


def declare(library: ctypes.CDLL) -> ctypes.CDLL:
    """Tell ctypes the signatures of a compiled library; returns it."""
    functions: dict[str, tuple[Any, list[Any]]] = {
        "pack": (None, [c_int32, c_void_p, c_void_p, c_int32, c_int32, c_void_p, c_void_p, c_void_p]),
        "model_open": (c_void_p, [POINTER(ModelSpec)]),
        "model_close": (None, [c_void_p]),
        "model_step": (c_int32, [c_void_p, POINTER(StepEntry), c_int32, c_int32, c_int32]),
        "slot_open": (c_void_p, [c_void_p]),
        "slot_fork": (c_void_p, [c_void_p, c_void_p]),
        "slot_begin": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p, c_int32]),
        "slot_close": (None, [c_void_p, c_void_p]),
    }
    for name, (result, arguments) in functions.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
