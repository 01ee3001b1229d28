"""The calculator: exact, nearly free, and for calculations alone."""

from collections.abc import Callable

from clearspan.errors import BadInput
from clearspan.receipts import Calculation, Offer
from clearspan.tiers.base import Tier


class Calculator(Tier):
    """Answers what can be computed from the question alone.

    Args:
        recognise: a question's calculation, done; None when it asks for none. Raises BadInput when it asks for one
            that has no result, which is an answer, too.
    """

    name = "calculator"

    def __init__(self, recognise: Callable[[str], Calculation | None]) -> None:
        self._recognise = recognise

    def offer(self, question: str) -> Offer:
        """Certain for a calculation, nothing for anything else."""
        known = self._recognises(question)
        return Offer(
            tier=self.name,
            quality=1.0 if known else 0.0,
            joules=0.1,
            seconds=0.01,
            why_not="" if known else "the question asks for no calculation",
        )

    def why(self, question: str) -> str:
        """Why this tier is the one to answer."""
        del question
        return "a calculation: the calculator is exact and costs next to nothing"

    def calculate(self, question: str) -> Calculation:
        """The calculation that a question asks for.

        Raises:
            BadInput: it has no result, or the question asks for none.
        """
        calculation = self._recognise(question)
        if calculation is None:
            raise BadInput("The question asks for no calculation.")
        return calculation

    def _recognises(self, question: str) -> bool:
        try:
            return self._recognise(question) is not None
        except BadInput:
            return True
