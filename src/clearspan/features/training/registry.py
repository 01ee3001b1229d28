"""Which architecture is which: its first parameters, what computes its gradients, and what updates them."""

import logging
import math
from collections.abc import Callable

import torch

from clearspan.errors import Refused
from clearspan.features.training.architectures import batch_topk, matryoshka, topk
from clearspan.features.training.architectures.dense import DensePass, Selection
from clearspan.features.training.architectures.gated import GAIN, GATE_BIAS, GatedObjective
from clearspan.features.training.architectures.jumprelu import THRESHOLD, JumpReluObjective
from clearspan.features.training.architectures.largest import LargestObjective
from clearspan.features.training.architectures.optimiser import Adam
from clearspan.features.training.architectures.step import Objective, Tensors
from clearspan.features.training.beginning import begun
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.native.library import NativeTrainer
from clearspan.features.training.native.sparse import SparseAdam, SparsePass
from clearspan.features.training.parallel import Processes
from clearspan.settings import Settings

_log = logging.getLogger(__name__)

_LEAST_THRESHOLD = 0.01
"""A JumpReLU's threshold is above 0 however many features are wanted."""

_SELECTIONS: dict[str, Callable[[TrainingConfig], Selection]] = {
    "batchtopk": batch_topk.selection,
    "topk": topk.selection,
    "matryoshka": matryoshka.selection,
}


def first_of(config: TrainingConfig, given: torch.Tensor) -> Tensors:
    """The parameters that an architecture begins with; see `beginning.begun`."""
    beginning = begun(config, given)
    parameters = beginning.parameters
    zeros = torch.zeros_like(parameters["encoder_bias"])
    # Thresholds begin where k features are active, which the penalty would otherwise take hundreds of steps to reach.
    if config.architecture == "jumprelu":
        return parameters | {THRESHOLD: zeros + math.log(max(beginning.threshold, _LEAST_THRESHOLD))}
    if config.architecture == "gated":
        return parameters | {GAIN: zeros, GATE_BIAS: zeros - beginning.threshold}
    return parameters


def machinery(
    config: TrainingConfig, parameters: Tensors, processes: Processes, settings: Settings
) -> tuple[Objective, Adam]:
    """What computes gradients, and what updates: compiled on a processor that can, else with PyTorch."""
    trainer = _compiled(parameters["decoder"], settings)
    copies = {name: parameters[name].bfloat16() for name in ("encoder", "decoder")} if trainer else {}
    adam = SparseAdam(config, parameters, trainer, copies) if trainer else Adam(config, parameters)
    if config.architecture == "jumprelu":
        return JumpReluObjective(config, parameters, processes), adam
    if config.architecture == "gated":
        return GatedObjective(config, parameters, processes), adam
    selection = _SELECTIONS[config.architecture](config)
    if trainer:
        forward = SparsePass(trainer, selection, copies, processes)
    else:
        forward = DensePass(selection, torch.bfloat16, processes)
    return LargestObjective(config, parameters, forward, processes), adam


def _compiled(decoder: torch.Tensor, settings: Settings) -> NativeTrainer | None:
    if decoder.device.type != "cpu":
        return None
    try:
        return NativeTrainer(settings, decoder.shape[1], decoder.shape[0])
    except Refused as error:
        _log.warning("%s", error)
        return None
