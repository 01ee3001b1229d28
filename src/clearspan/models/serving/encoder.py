"""What computes the states of an encoder's tokens: a graph on the weights as they lie on the disk, or PyTorch.

A question needs a few short texts embedded, for which importing PyTorch and transformers would take many times as long
as the arithmetic; encoders of BERT's kind therefore run without both, where that is not slower over many texts.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from clearspan.measure.processor import instructions
from clearspan.settings import Settings

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)

_FAST_BFLOAT16 = {"AMX", "AVX-512 BF16"}

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """Reads tokens of several texts at a time; used by one thread at a time."""

    @property
    def dimension(self) -> int:
        """Numbers in the state of a token."""
        ...

    @property
    def positions(self) -> int:
        """Most tokens of a text."""
        ...

    def states(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        """States of tokens.

        Args:
            ids: shape `(texts, tokens)`, padded.
            mask: 1 for tokens and 0 for padding, of the same shape.

        Returns:
            Shape `(texts, tokens, dimension)`; those of padding mean nothing.
        """
        ...


class TorchEncoder:
    """Any encoder that transformers knows.

    Args:
        model: of transformers, without any head.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.dimension = int(model.config.hidden_size)
        self.positions = int(model.config.max_position_embeddings)

    @classmethod
    def load(cls, folder: Path, settings: Settings, dtype: "torch.dtype | None" = None) -> "TorchEncoder":
        """Read the weights of a folder.

        Args:
            dtype: number format of the arithmetic; `runtime.preferred_dtype()` by default.
        """
        from clearspan.models.serving.runtime import preferred_dtype, set_threads
        from clearspan.models.weights.pretrained import read_encoder

        set_threads(settings)
        return cls(read_encoder(folder, dtype or preferred_dtype()))

    def states(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        """See `Encoder.states`."""
        import torch

        # Without padding there is nothing to mask, and attention takes its quicker path.
        shown = None if mask.all() else torch.as_tensor(mask)
        with torch.inference_mode():
            output = self._model(input_ids=torch.as_tensor(ids), attention_mask=shown)
        return cast("Floats", output.last_hidden_state.float().numpy())


def open_encoder(folder: Path, settings: Settings, dtype: "torch.dtype | None" = None) -> Encoder:
    """The encoder of a folder: the graph, which computes in float32.

    In PyTorch if a number format is asked for, where no graph can be made, and on processors that multiply bfloat16
    in hardware: they index documents twice as fast that way, and up to ten times with AMX.
    """
    if dtype is None and not _FAST_BFLOAT16.intersection(instructions()):
        from clearspan.models.serving.bert import BertGraph

        try:
            config = cast("dict[str, Any]", json.loads((folder / "config.json").read_text("utf-8")))
            return BertGraph(folder, config, settings.threads)
        except Exception as error:  # noqa: BLE001 - transformers reads it, or says what is wrong with it
            _log.info("%s is read by PyTorch: %s", folder, error)
    return TorchEncoder.load(folder, settings, dtype)


def padded(tokens: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tokens of several texts and their mask, as `Encoder.states` takes them."""
    longest = max(len(ids) for ids in tokens)
    ids = np.zeros((len(tokens), longest), np.int64)
    mask = np.zeros_like(ids)
    for row, sequence in enumerate(tokens):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return ids, mask
