"""What every way to train a dictionary is made of. One file a way beside this one."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clearspan.features.dictionaries.base import Dictionary
    from clearspan.features.training.beginning import Beginning
    from clearspan.features.training.config import TrainingConfig
    from clearspan.features.training.machinery import Machinery
    from clearspan.features.training.steps.step import Objective, Tensors
    from clearspan.features.training.trained import TrainedWeights


class Architecture(ABC):
    """A way to make few features active, from the first weights to the finished dictionary; without a state."""

    def first(self, beginning: "Beginning") -> "Tensors":
        """The parameters that a training begins with; see `step.Objective` for those that there must be."""
        return beginning.parameters

    @abstractmethod
    def objective(
        self, config: "TrainingConfig", parameters: "Tensors", machinery: "Machinery"
    ) -> "Objective":
        """What computes the gradients of its loss."""

    @abstractmethod
    def dictionary(self, trained: "TrainedWeights") -> "Dictionary":
        """What a training came to, as it is used."""
