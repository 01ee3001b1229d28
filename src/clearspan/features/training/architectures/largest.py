"""What BatchTopK, TopK and Matryoshka share: the largest activations are kept, and a threshold is fitted at the end."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.training.architectures.base import Architecture
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.machinery import Machinery
from clearspan.features.training.steps.dense import Selection
from clearspan.features.training.steps.largest import LargestObjective
from clearspan.features.training.steps.step import Objective, Tensors
from clearspan.features.training.trained import TrainedWeights


@dataclass(frozen=True, slots=True)
class Largest(Architecture):
    """An architecture that differs from its siblings in what is kept."""

    selection: Callable[[TrainingConfig], Selection]

    def objective(self, config: TrainingConfig, parameters: Tensors, machinery: Machinery) -> Objective:
        """See `Architecture.objective`."""
        forward = machinery.forward(self.selection(config))
        return LargestObjective(config, parameters, forward, machinery.processes)

    def dictionary(self, trained: TrainedWeights) -> Dictionary:
        """See `Architecture.dictionary`: one threshold for all features."""
        threshold = torch.full_like(trained.parameters["b_enc"], trained.fitted_threshold())
        return trained.made(JumpReluDictionary, trained.parameters | {"threshold": threshold})
