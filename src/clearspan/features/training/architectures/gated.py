"""Gated (Rajamanoharan et al. 2024a): one path decides whether a feature is active, another how much.

The penalty acts on the gate alone, so that it does not make activations too small. The gate learns from its own
reconstruction, by a copy of the decoder that does not learn from it.
"""

import torch
from torch.nn import functional

from clearspan.features.training.architectures.penalised import PenalisedObjective
from clearspan.features.training.architectures.step import Tensors

GAIN, GATE_BIAS = "gain", "gate_bias"


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
        gate = sums.float() + parameters[GATE_BIAS]
        magnitude = sums.float() * parameters[GAIN].exp() + parameters["encoder_bias"]
        active = magnitude.relu() * (gate > 0)
        opened = gate.relu()
        with torch.autocast(batch.device.type, torch.bfloat16):
            made = active @ decoder
            by_gates = opened @ decoder.detach()
        errors = batch - decoder_bias - made.float()
        beside = (batch - decoder_bias.detach() - by_gates.float()).square().sum()
        return errors, beside, opened.sum(), active
