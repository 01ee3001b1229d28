"""The compiled functions, and how they are called."""

import ctypes
import weakref
from pathlib import Path

import torch

from clearspan.errors import Refused
from clearspan.features.training.steps.selection import PATTERNS
from clearspan.models.backends.native import build
from clearspan.settings import Settings

PROGRAM = build.Program("training", (Path(__file__).parent / "cpp", build.SOURCES))

_POINTER, _INT, _LONG, _FLOAT = ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64, ctypes.c_float


class AdamSpec(ctypes.Structure):
    """`Adam` of training.cpp."""

    _fields_ = [
        ("rate", _FLOAT),
        ("first", _FLOAT),
        ("second", _FLOAT),
        ("epsilon", _FLOAT),
        ("first_correction", _FLOAT),
        ("second_correction", _FLOAT),
    ]


_SIGNATURES: dict[str, tuple[object, list[object]]] = {
    "trainer_open": (_POINTER, [_INT, _INT, _INT]),
    "trainer_close": (None, [_POINTER]),
    "trainer_begin": (None, [_POINTER]),
    "trainer_collect": (_INT, [_POINTER, _POINTER, _INT, _POINTER, _INT, _INT]),
    "trainer_count": (None, [_POINTER, _POINTER]),
    "trainer_keep": (_LONG, [_POINTER, _INT]),
    "trainer_decode": (
        _INT,
        [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER, _INT, _FLOAT, _POINTER, _POINTER, _POINTER],
    ),
    "trainer_backward": (None, [_POINTER, _POINTER, _POINTER, _POINTER, _INT, *[_POINTER] * 4]),
    "trainer_update": (
        None,
        [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER, _INT, _INT, _INT, _POINTER],
    ),
}


class NativeTrainer:
    """One training's memory and threads in the compiled library.

    Every tensor is contiguous, in the processor's memory, and of the shape and format that training.cpp names.

    Raises:
        Refused: there is no compiler, or no memory or threads.
    """

    def __init__(self, settings: Settings, width: int, features: int, *, portable: bool = False) -> None:
        self._library = build.load(build.build(settings, portable=portable, program=PROGRAM))
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
        self._handle = self._library.trainer_open(torch.get_num_threads(), width, features)
        if not self._handle:
            raise _no_memory()
        weakref.finalize(self, self._library.trainer_close, self._handle)

    def begin(self) -> None:
        """Forget the last batch."""
        self._library.trainer_begin(self._handle)

    def collect(self, before: torch.Tensor, bias: torch.Tensor, lowest: int, k: int) -> None:
        """Take the next rows, shape `(rows, features)`, bfloat16; see training.cpp."""
        failed = self._library.trainer_collect(
            self._handle, before.data_ptr(), len(before), bias.data_ptr(), lowest, k
        )
        _require(not failed)

    def count(self) -> torch.Tensor:
        """How many of what was collected have each bfloat16 pattern, int64."""
        counts = torch.empty(PATTERNS, dtype=torch.int64)
        self._library.trainer_count(self._handle, counts.data_ptr())
        return counts

    def keep(self, limit: int) -> int:
        """Settle what is active: what does not round below a pattern. Returns how many that are."""
        kept = int(self._library.trainer_keep(self._handle, limit))
        _require(kept >= 0)
        return kept

    def decode(
        self,
        target: torch.Tensor,
        decoder: torch.Tensor,
        decoder_bias: torch.Tensor,
        prefixes: torch.Tensor,
        factor: float,
        errors: torch.Tensor,
        slopes: torch.Tensor,
        bias_slope: torch.Tensor,
    ) -> None:
        """Reconstruct all rows; the last three are written."""
        failed = self._library.trainer_decode(
            self._handle,
            target.data_ptr(),
            decoder.data_ptr(),
            decoder_bias.data_ptr(),
            prefixes.data_ptr(),
            len(prefixes),
            factor,
            errors.data_ptr(),
            slopes.data_ptr(),
            bias_slope.data_ptr(),
        )
        _require(not failed)

    def backward(
        self,
        given: torch.Tensor,
        slopes: torch.Tensor,
        prefixes: torch.Tensor,
        encoder: torch.Tensor,
        encoder_bias: torch.Tensor,
        decoder: torch.Tensor,
        fired: torch.Tensor,
    ) -> None:
        """Sum the gradients of the weights; the last four are written."""
        self._library.trainer_backward(
            self._handle,
            given.data_ptr(),
            slopes.data_ptr(),
            prefixes.data_ptr(),
            len(prefixes),
            encoder.data_ptr(),
            encoder_bias.data_ptr(),
            decoder.data_ptr(),
            fired.data_ptr(),
        )

    def update(
        self,
        weights: torch.Tensor,
        gradient: torch.Tensor,
        first: torch.Tensor,
        second: torch.Tensor,
        copy: torch.Tensor | None,
        spec: AdamSpec,
        *,
        unit_rows: bool,
    ) -> None:
        """One update of Adam; a vector is one row."""
        self._library.trainer_update(
            self._handle,
            weights.data_ptr(),
            gradient.data_ptr(),
            first.data_ptr(),
            second.data_ptr(),
            copy.data_ptr() if copy is not None else None,
            len(weights) if weights.ndim == 2 else 1,
            weights.shape[-1],
            unit_rows,
            ctypes.byref(spec),
        )


def _require(enough: bool) -> None:
    if not enough:
        raise _no_memory()


def _no_memory() -> Refused:
    return Refused(
        "The training cannot go on.",
        why="The system gave it too little memory, or no threads.",
        do="Close other programs, or choose a smaller batch.",
    )
