"""Causes, conditions and alternatives: of the same statements in claim and evidence, on the same sides."""

import pytest

from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.links import links
from clearspan.overview.proof.verify import verify

CAUSE = "The Tarrow bridge is closed in winter because storms shake its deck, and ice falls from its towers in spring."
CONDITION = "Visitors may enter the tower if a guide goes with them."
CHOICE = "The crane lifts the mast in calm weather, or divers cut the mast under water."


@pytest.mark.parametrize(
    ("claim", "evidence", "says"),
    [
        (
            "The Tarrow bridge is closed in winter because ice falls from its towers.",
            CAUSE,
            "storms shake its deck",
        ),
        ("The Tarrow bridge is closed in winter due to falling ice.", CAUSE, "names another"),
        ("Storms shake the deck because the Tarrow bridge is closed in winter.", CAUSE, "other way round"),
        (
            "The Tarrow bridge is closed in winter, or storms shake its deck.",
            CAUSE,
            "'because', a cause, not an alt",
        ),
        ("The Tarrow bridge is closed in winter if storms shake its deck.", CAUSE, "not a condition"),
        ("Visitors may enter the tower because a guide goes with them.", CONDITION, "'if', a condition"),
        ("Visitors may enter the tower if their ticket is valid.", CONDITION, "if a guide goes with them"),
        (
            "The crane lifts the mast in calm weather because divers cut the mast under water.",
            CHOICE,
            "alternative",
        ),
    ],
)
def test_another_link_is_found_and_said(claim: str, evidence: str, says: str) -> None:
    found = links(claim, [evidence])
    assert found.score == 0.0
    assert says in found.detail


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Because storms shake its deck, the Tarrow bridge is closed in winter.", CAUSE),
        ("The Tarrow bridge is closed in winter owing to storms that shake its deck.", CAUSE),
        ("The Tarrow bridge is closed in winter.", CAUSE),
        ("If a guide goes with them, visitors may enter the tower.", CONDITION),
        ("Divers cut the mast under water, or the crane lifts the mast in calm weather.", CHOICE),
        ("The mill is old because it was built in 1861.", CAUSE),
        ("The bridge has a red or orange deck.", "The bridge has a deck of red, or orange in the sun."),
    ],
)
def test_the_same_link_in_another_order_and_no_link_pass(claim: str, evidence: str) -> None:
    assert links(claim, [evidence]).score == 1.0


def test_a_distorted_cause_is_contradicted_however_alike_the_words_are() -> None:
    found = verify(
        "The Tarrow bridge is closed in winter because ice falls from its towers.", [Evidence(CAUSE)], 0.5
    )
    assert found.support == "contradicted"
    assert found.score < 0.2
    assert any("storms shake its deck" in part.decided_by for part in found.parts)
