"""What a training computes with: compiled for a processor that can, else PyTorch."""

import logging
from dataclasses import dataclass

import torch

from clearspan.errors import Refused
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.native.library import NativeTrainer
from clearspan.features.training.native.sparse import SparseAdam, SparsePass
from clearspan.features.training.parallel import Processes
from clearspan.features.training.steps.dense import DensePass, Selection
from clearspan.features.training.steps.largest import DictionaryPass
from clearspan.features.training.steps.optimiser import Adam
from clearspan.features.training.steps.step import Tensors
from clearspan.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Machinery:
    """Products and updates of one training.

    Attributes:
        adam: updates the parameters.
    """

    processes: Processes
    adam: Adam
    _trainer: NativeTrainer | None
    _copies: Tensors

    @classmethod
    def of(
        cls, config: TrainingConfig, parameters: Tensors, processes: Processes, settings: Settings
    ) -> "Machinery":
        """The fastest there is on the device of the parameters."""
        trainer = _compiled(parameters["decoder"], settings)
        if trainer is None:
            return cls(processes, Adam(config, parameters), None, {})
        copies = {name: parameters[name].bfloat16() for name in ("encoder", "decoder")}
        return cls(processes, SparseAdam(config, parameters, trainer, copies), trainer, copies)

    def forward(self, selection: Selection) -> DictionaryPass:
        """Forward and backward through a dictionary that keeps the largest activations."""
        if self._trainer:
            return SparsePass(self._trainer, selection, self._copies, self.processes)
        return DensePass(selection, torch.bfloat16, self.processes)


def _compiled(decoder: torch.Tensor, settings: Settings) -> NativeTrainer | None:
    if decoder.device.type != "cpu":
        return None
    try:
        return NativeTrainer(settings, decoder.shape[1], decoder.shape[0])
    except Refused as error:
        _log.warning("%s", error)
        return None
