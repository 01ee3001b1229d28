"""JumpReLU (Rajamanoharan et al. 2024b): every feature learns a threshold, and pays for each time that it is active.

Neither the jump nor the count has a slope, so that both get one within a narrow window around the threshold
(straight-through estimators, section 3 there).
"""

from typing import Any

import torch
from torch.nn import functional

from clearspan.features.training.architectures.penalised import PenalisedObjective
from clearspan.features.training.architectures.step import Tensors

THRESHOLD = "log_threshold"


class JumpReluObjective(PenalisedObjective):
    """The squared error, and the number of active features; `log_threshold` of shape `(features,)`."""

    def losses(
        self, batch: torch.Tensor, parameters: Tensors
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """See `PenalisedObjective.losses`."""
        threshold = parameters[THRESHOLD].exp()
        with torch.autocast(batch.device.type, torch.bfloat16):
            sums = functional.linear(batch, parameters["encoder"])
        before = sums.float() + parameters["encoder_bias"]
        active, count = _jump(before, threshold, self.config.bandwidth)
        with torch.autocast(batch.device.type, torch.bfloat16):
            made = active @ parameters["decoder"]
        errors = batch - parameters["decoder_bias"] - made.float()
        return errors, errors.new_zeros(()), count, active


class _Jump(torch.autograd.Function):
    """x where x > threshold, and how many those are."""

    @staticmethod
    def forward(
        ctx: Any, before: torch.Tensor, threshold: torch.Tensor, bandwidth: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        ctx.save_for_backward(before, threshold)
        ctx.bandwidth = bandwidth
        above = before > threshold
        return before * above, above.sum().float()

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> tuple[torch.Tensor, torch.Tensor, None]:
        before, threshold = ctx.saved_tensors
        of_active, of_count = slopes
        window = (before - threshold).abs() < ctx.bandwidth / 2
        pull = (of_active * threshold + of_count) * window
        return of_active * (before > threshold), pull.sum(0) / -ctx.bandwidth, None


def _jump(
    before: torch.Tensor, threshold: torch.Tensor, bandwidth: float
) -> tuple[torch.Tensor, torch.Tensor]:
    function: Any = _Jump
    return function.apply(before, threshold, bandwidth)
