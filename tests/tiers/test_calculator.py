"""The calculator offers itself for calculations alone, those without a result among them."""

import pytest

from clearspan.errors import BadInput
from clearspan.overview.calculate import recognise
from clearspan.tiers.calculator import Calculator

CALCULATOR = Calculator(recognise)


@pytest.mark.parametrize(
    ("question", "quality"),
    [("What is 12 * 12?", 1.0), ("What is 5 metres in kilograms?", 1.0), ("Who built the bridge?", 0.0)],
)
def test_only_calculations_are_offered_on(question: str, quality: float) -> None:
    offer = CALCULATOR.offer(question)
    assert offer.quality == quality
    assert bool(offer.why_not) == (quality == 0.0)
    assert "exact" in CALCULATOR.why(question)


def test_a_calculation_is_done_or_says_why_it_cannot_be() -> None:
    assert CALCULATOR.calculate("What is 12 * 12?").result == "144"
    with pytest.raises(BadInput, match="cannot be converted to kilogram"):
        CALCULATOR.calculate("What is 5 metres in kilograms?")
    with pytest.raises(BadInput, match="asks for no calculation"):
        CALCULATOR.calculate("Who built the bridge?")
