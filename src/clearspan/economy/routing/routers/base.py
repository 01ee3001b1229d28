"""What a router is: from questions to the quality that each tier's answer is expected to have."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.measure.estimate import Array

Need = Literal["vectors", "scores"]


@dataclass(frozen=True)
class Router(ABC):
    """A fitted router. Its fields are arrays, so that a file keeps any router the same way.

    Attributes:
        name: as the command line names it.
        needs: what it looks at besides the question.
    """

    name: ClassVar[str]
    needs: ClassVar[frozenset[Need]] = frozenset()

    @classmethod
    @abstractmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """The router that fits outcomes best.

        Args:
            outcomes: with what `needs` names.
            seed: of what is drawn.
        """

    @abstractmethod
    def predict(self, asks: Asks) -> Array:
        """Expected quality of each tier's answer, (n, tiers), in the order of the outcomes that it was fitted to."""

    def paid(self, cost: Array) -> Array:
        """What a question costs that ends at each tier, (n, tiers), where one answer costs `cost`, (n, tiers)."""
        return cost
