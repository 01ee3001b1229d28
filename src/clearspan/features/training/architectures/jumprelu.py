"""JumpReLU (Rajamanoharan et al. 2024b): every feature learns a threshold, and pays for each time that it is active.

Neither the jump nor the count has a slope, so that both get one within a narrow window around the threshold
(straight-through estimators, section 3 there).
"""

import math
from typing import Any

import torch
from torch.nn import functional

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.training.architectures.base import Architecture
from clearspan.features.training.beginning import Beginning
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.machinery import Machinery
from clearspan.features.training.steps.penalised import PenalisedObjective
from clearspan.features.training.steps.step import Objective, Tensors
from clearspan.features.training.trained import TrainedWeights

_THRESHOLD = "log_threshold"
_LEAST_THRESHOLD = 0.01
"""A threshold is above 0 however many features are wanted."""


class JumpRelu(Architecture):
    """Thresholds begin where k features are active: the penalty would take hundreds of steps to get there."""

    def first(self, beginning: Beginning) -> Tensors:
        """See `Architecture.first`."""
        zeros = torch.zeros_like(beginning.parameters["encoder_bias"])
        threshold = math.log(max(beginning.threshold, _LEAST_THRESHOLD))
        return beginning.parameters | {_THRESHOLD: zeros + threshold}

    def objective(self, config: TrainingConfig, parameters: Tensors, machinery: Machinery) -> Objective:
        """See `Architecture.objective`."""
        return JumpReluObjective(config, parameters, machinery.processes)

    def dictionary(self, trained: TrainedWeights) -> Dictionary:
        """See `Architecture.dictionary`: each feature has learned its threshold."""
        threshold = trained.raw[_THRESHOLD].exp() / trained.scale.factor
        return trained.made(JumpReluDictionary, trained.parameters | {"threshold": threshold})


class JumpReluObjective(PenalisedObjective):
    """The squared error, and the number of active features; `log_threshold` of shape `(features,)`."""

    def losses(
        self, batch: torch.Tensor, parameters: Tensors
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """See `PenalisedObjective.losses`."""
        threshold = parameters[_THRESHOLD].exp()
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


ARCHITECTURE = JumpRelu()
