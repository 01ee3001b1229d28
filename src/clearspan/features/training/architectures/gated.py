"""Gated (Rajamanoharan et al. 2024a): one path decides whether a feature is active, another how much.

The penalty acts on the gate alone, so that it does not make activations too small. The gate learns from its own
reconstruction, by a copy of the decoder that does not learn from it.
"""

import torch
from torch.nn import functional

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.gated import GatedDictionary
from clearspan.features.training.architectures.base import Architecture
from clearspan.features.training.beginning import Beginning
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.machinery import Machinery
from clearspan.features.training.steps.penalised import PenalisedObjective
from clearspan.features.training.steps.step import Objective, Tensors
from clearspan.features.training.trained import TrainedWeights

_GAIN, _GATE_BIAS = "gain", "gate_bias"


class Gated(Architecture):
    """Gates begin where k features are active, and read what their magnitudes read."""

    def first(self, beginning: Beginning) -> Tensors:
        """See `Architecture.first`."""
        zeros = torch.zeros_like(beginning.parameters["encoder_bias"])
        return beginning.parameters | {_GAIN: zeros, _GATE_BIAS: zeros - beginning.threshold}

    def objective(self, config: TrainingConfig, parameters: Tensors, machinery: Machinery) -> Objective:
        """See `Architecture.objective`."""
        return GatedObjective(config, parameters, machinery.processes)

    def dictionary(self, trained: TrainedWeights) -> Dictionary:
        """See `Architecture.dictionary`: the gate's bias is folded as the magnitude's, which reads with its gain."""
        found, raw, factor = trained.parameters, trained.raw, trained.scale.factor
        off = found["W_enc"].float().T @ trained.scale.mean
        gates = {
            "r_mag": raw[_GAIN],
            "b_gate": raw[_GATE_BIAS] / factor - off,
            "b_mag": raw["encoder_bias"] / factor - raw[_GAIN].exp() * off,
        }
        kept = {name: found[name] for name in ("W_enc", "W_dec", "b_dec")}
        return trained.made(GatedDictionary, kept | gates)


class GatedObjective(PenalisedObjective):
    """The errors of both paths, and the sum of the gates.

    Beside `encoder_bias`, which is that of the magnitudes: `gain` and `gate_bias` of shape `(features,)`; a magnitude
    reads `exp(gain)` times what its gate reads.
    """

    def losses(
        self, batch: torch.Tensor, parameters: Tensors
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """See `PenalisedObjective.losses`."""
        decoder, decoder_bias = parameters["decoder"], parameters["decoder_bias"]
        with torch.autocast(batch.device.type, torch.bfloat16):
            sums = functional.linear(batch, parameters["encoder"])
        gate = sums.float() + parameters[_GATE_BIAS]
        magnitude = sums.float() * parameters[_GAIN].exp() + parameters["encoder_bias"]
        active = magnitude.relu() * (gate > 0)
        opened = gate.relu()
        with torch.autocast(batch.device.type, torch.bfloat16):
            made = active @ decoder
            by_gates = opened @ decoder.detach()
        errors = batch - decoder_bias - made.float()
        beside = (batch - decoder_bias.detach() - by_gates.float()).square().sum()
        return errors, beside, opened.sum(), active


ARCHITECTURE = Gated()
