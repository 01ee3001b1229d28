"""Receipts keep what they held: fields that came later have defaults, and text says each part of an answer."""

import json

import pytest

from clearspan.receipts import Claim, Layout, Overview, Receipt, RouteDecision, Verdict, Versions, beginning

LATER = {"layout", "verdict", "missing", "more"}
LATER_OF_CLAIMS = {"role", "mark", "depth", "emphasis"}


def claim(text: str = "The pier is 90 metres long.", **more: object) -> Claim:
    fields = {"text": text, "origin": "quoted", "support": "supported", "score": 1.0}
    return Claim.model_validate(fields | more)


def test_a_receipt_from_before_there_were_shapes_is_read_as_a_fact() -> None:
    receipt = Receipt(
        question="How long is the pier?",
        library="samples",
        route=RouteDecision(tier="quote", why=""),
        overview=Overview(claims=(claim(),)),
        versions=Versions(clearspan="0.1.0", library_revision=1),
    )
    old = json.loads(receipt.model_dump_json())
    for name in LATER:
        del old["overview"][name]
    for name in LATER_OF_CLAIMS:
        del old["overview"]["claims"][0][name]
    assert Receipt.model_validate(old) == receipt
    assert receipt.overview.layout == "fact"


@pytest.mark.parametrize(
    ("more", "before"),
    [
        ({}, ""),
        ({"role": "item"}, "• "),
        ({"role": "step", "mark": "2"}, "2. "),
        ({"role": "step", "mark": "b", "depth": 1}, "  b. "),
        ({"role": "event", "mark": "1937"}, "1937: "),
        ({"role": "side", "mark": "Bay Bridge"}, "Bay Bridge: "),
    ],
)
def test_what_stands_before_a_claim(more: dict[str, object], before: str) -> None:
    assert beginning(claim(**more)) == before


def test_text_says_the_word_the_steps_and_what_is_missing() -> None:
    layout: Layout = "yes_no"
    overview = Overview(
        claims=(claim("You own a car", role="condition"),),
        layout=layout,
        verdict=Verdict(answer="yes", probability=0.9),
        missing=("What was found does not say when.",),
        more=True,
    )
    assert overview.as_text().splitlines() == [
        "Yes.",
        "• “You own a car”",
        "… and perhaps more.",
        "What was found does not say when.",
    ]
