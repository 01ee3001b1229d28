"""Quotes can always be asked, and are good enough for one fact."""

import pytest

from clearspan.economy.routing.choose import GOOD_ENOUGH
from clearspan.tiers.base import is_wide
from clearspan.tiers.quote import Quote


@pytest.mark.parametrize(
    ("question", "wide"),
    [
        ("When did it open?", False),
        ("How long is it?", False),
        ("Which birds nest there?", False),
        ("Why is it orange?", True),
        ("How does it carry its load?", True),
        ("Tell me about the bridge.", True),
        ("What are the advantages of tar?", True),
        ("What is the difference between rope and wire?", True),
    ],
)
def test_one_fact_is_a_quotes_business_and_reasons_are_not(question: str, wide: bool) -> None:
    offer = Quote().offer(question)
    assert is_wide(question) is wide
    assert (offer.quality >= GOOD_ENOUGH) is not wide
    assert offer.why_not == ""
    assert ("one fact" in Quote().why(question)) is not wide
