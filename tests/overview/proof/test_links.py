"""Causes, conditions and alternatives: of the same statements in claim and evidence, on the same sides."""

from time import process_time

import pytest

from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.links import links
from clearspan.overview.proof.verify import verify

CAUSE = "The Tarrow bridge is closed in winter because storms shake its deck, and ice falls from its towers in spring."
CONDITION = "Visitors may enter the tower if a guide goes with them."
EXCEPTION = "Visitors may enter the tower unless a guide forbids it."
SINCE = "The Tarrow bridge is closed in winter since storms shake its deck."
AS = "The Tarrow bridge is closed in winter, as storms shake its deck."
LED = "Storms led to the closing of the Tarrow bridge in winter."
SO_THAT = "Storms shake the deck so that the Tarrow bridge is closed in winter."
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
        ("Visitors may enter the tower if a guide forbids it.", EXCEPTION, "'unless', an exception"),
        ("Visitors may enter the tower unless a guide goes with them.", CONDITION, "not an exception"),
        (
            "Visitors may enter the tower if no guide goes with them.",
            CONDITION,
            "'if', a condition, not an exception",
        ),
        ("Visitors may enter the tower even if a guide forbids it.", EXCEPTION, "not a concession"),
        ("The Tarrow bridge is closed in winter despite storms that shake its deck.", CAUSE, "not a conc"),
        ("The Tarrow bridge is closed in winter if storms shake its deck.", SINCE, "'since', a cause"),
        ("The Tarrow bridge is closed in winter if storms shake its deck.", AS, "'as', a cause"),
        ("The Tarrow bridge is closed in winter since ice falls from its towers.", CAUSE, "names another"),
        ("The Tarrow bridge is closed in winter, as ice falls from its towers.", CAUSE, "names another"),
        ("The Tarrow bridge is closed in winter as it loses ice from its towers.", CAUSE, "names another"),
        ("The closing of the Tarrow bridge in winter led to storms.", LED, "other way round"),
        ("Storms resulted from the closing of the Tarrow bridge in winter.", LED, "other way round"),
        ("The Tarrow bridge is closing in winter if there are storms.", LED, "'led to', a cause"),
        ("The Tarrow bridge closed in winter so that storms shake the deck.", SO_THAT, "other way round"),
        ("Storms shake the deck if the Tarrow bridge is closed in winter.", SO_THAT, "not a condition"),
        ("Ice resulted in the closing of the Tarrow bridge in winter.", LED, "'Storms led to'"),
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
        ("The closing of the Tarrow bridge in winter resulted from storms.", LED),
        ("The Tarrow bridge is closed in winter because storms shake the deck.", SO_THAT),
        ("Storms resulted in the closing of the Tarrow bridge in winter.", LED),
        ("As storms shake its deck, the Tarrow bridge is closed in winter.", SINCE),
        ("Since storms shake its deck, the Tarrow bridge is closed in winter.", CAUSE),
        ("Visitors may enter the tower if a guide does not forbid it.", EXCEPTION),
        (
            "The bridge has carried trains since the war.",
            "The bridge has carried trains because it is strong.",
        ),
        ("The mill was closed since 1861.", "The mill was closed because its owner died."),
        ("The tower served as a prison.", "The tower served because the town was poor."),
        ("The tower is known as the old prison.", "The tower is known because the town was poor."),
        ("The tower, as well as the mill, is closed.", "The tower is closed because of ice."),
        ("The bridge has a red or orange deck.", "The bridge has a deck of red, or orange in the sun."),
    ],
)
def test_the_same_link_in_another_order_and_no_link_pass(claim: str, evidence: str) -> None:
    assert links(claim, [evidence]).score == 1.0


@pytest.mark.parametrize("again", ["because ", "or ", "a or b, and ", "because of    ", "since "])
def test_a_text_of_links_alone_is_not_read_to_its_end_and_proves_none(again: str) -> None:
    long = again * (100_000 // len(again))
    begun = process_time()
    for claim, evidence in ((long, CAUSE), (long, long), ("The mill is old because it is tall.", long)):
        assert links(claim, [evidence]).score == 0.0
    assert process_time() - begun < 10.0


def test_spaces_without_end_and_a_long_sentence_take_no_square_of_their_length() -> None:
    begun = process_time()
    for gap in (" " * 100_000, "(" * 100_000, "a " * 50_000, ", " * 50_000, "as a     " * 11_000):
        links(f"The bridge is closed because{gap}ice falls.", [f"It is as{gap}a result{gap}of ice."])
    assert process_time() - begun < 10.0


def test_a_distorted_cause_is_contradicted_however_alike_the_words_are() -> None:
    found = verify(
        "The Tarrow bridge is closed in winter because ice falls from its towers.", [Evidence(CAUSE)], 0.5
    )
    assert found.support == "contradicted"
    assert found.score < 0.2
    assert any("storms shake its deck" in part.decided_by for part in found.parts)
