"""Gated dictionaries (Rajamanoharan et al. 2024, "Improving dictionary learning with gated sparse autoencoders").

With tied weights (eq. 7), W_mag = exp(r_mag) · W_gate, so that a gate that is open or shut is a threshold on the
magnitude: a gated feature is a JumpReLU feature (section 3.2 there) and is used as one.
"""

from functools import cached_property

import torch

from clearspan.features.dictionaries.base import FEATURES, WIDTH, Dictionary


class GatedDictionary(Dictionary):
    """σ opens a gate where `W_enc · h + b_gate` is above 0, and lets `exp(r_mag) W_enc · h + b_mag` through."""

    architecture = "gated"
    shapes = {  # noqa: RUF012 (declared in the base class)
        "W_enc": (WIDTH, FEATURES),
        "b_gate": (FEATURES,),
        "r_mag": (FEATURES,),
        "b_mag": (FEATURES,),
        "W_dec": (FEATURES, WIDTH),
        "b_dec": (WIDTH,),
    }

    @cached_property
    def encoder(self) -> torch.Tensor:
        """See `Dictionary.encoder`: the rows that read the magnitude."""
        gain = self.parameters["r_mag"].float().exp()
        return (self.parameters["W_enc"].float() * gain).T.contiguous()

    @cached_property
    def _open(self) -> torch.Tensor:
        gain = self.parameters["r_mag"].float().exp()
        return (self.parameters["b_mag"].float() - gain * self.parameters["b_gate"].float()).clamp(min=0)

    @property
    def thresholds(self) -> torch.Tensor:
        """See `Dictionary.thresholds`: the magnitude at which the gate opens."""
        return self._open

    def _encoder_bias(self) -> torch.Tensor:
        return self.parameters["b_mag"]

    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        return torch.where(before > self._open, before, 0.0)
