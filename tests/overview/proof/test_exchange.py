"""Names in the wrong place, where every word of the claim is somewhere in the evidence."""

import pytest

from clearspan.overview.proof.exchange import exchange

EVIDENCE = [
    "Mary Hollis designed the stone bridge at Tarrow.",
    "Joan Pardew painted the mill at Wexcombe green.",
]


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ("Joan Pardew designed the stone bridge at Tarrow.", "Mary Hollis"),
        ("The mill was painted green by Joan Pardew at Tarrow.", "Wexcombe"),
    ],
)
def test_another_name_in_its_place_is_found(claim: str, named: str) -> None:
    sentences = [f"Everybody knows that {each}" for each in EVIDENCE]
    found = exchange(claim, sentences)
    assert found.score == 0.0
    assert named in found.detail


def test_two_names_that_changed_places_are_found() -> None:
    evidence = ["In that year Mary Hollis defeated Joan Pardew at chess."]
    assert exchange("Joan Pardew defeated Mary Hollis at chess.", evidence).score == 0.0
    assert exchange("Mary Hollis defeated Joan Pardew at chess.", evidence).score == 1.0


@pytest.mark.parametrize("claim", [*EVIDENCE, "Mary Hollis designed a bridge.", "Whales sing."])
def test_names_in_their_place_pass(claim: str) -> None:
    assert exchange(claim, EVIDENCE).score == 1.0


def test_a_name_in_the_sentence_before_is_whom_it_speaks_of() -> None:
    evidence = ["Mary Hollis was an engineer.", "She designed the stone bridge at Tarrow with Joan Pardew."]
    assert exchange("Mary Hollis designed the stone bridge at Tarrow.", evidence).score == 1.0
