"""Verification: what the evidence says passes; one changed number, name, negation or direction does not."""

from collections.abc import Iterable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clearspan.models.embedder import Embedder
from clearspan.overview.verify import verify

SPAN = "The main span of the Golden Gate Bridge is 4,200 feet (1,280 metres) long."
AKASHI = "The main span of the Akashi Kaikyo Bridge is 1,991 metres long."
COLOUR = "The Golden Gate Bridge is painted International Orange so that ships can see it in fog."


def flat(words: Iterable[str]) -> dict[str, float]:
    return dict.fromkeys(words, 1.0)


def support(claim: str, *evidence: str) -> str:
    return verify(claim, evidence, flat, None, 0.5).support


@pytest.mark.parametrize(
    "claim",
    [
        SPAN,
        "The Golden Gate Bridge has a main span of 4,200 feet.",
        "The main span of the Golden Gate Bridge is 1,280 metres long.",
        "The main span of the Golden Gate Bridge is 1.28 km long.",
        "The Golden Gate Bridge is painted International Orange and its main span is 4,200 feet long.",
    ],
)
def test_what_the_evidence_says_is_supported(claim: str) -> None:
    assert support(claim, SPAN, COLOUR) == "supported"


@pytest.mark.parametrize(
    ("claim", "veto"),
    [
        ("The main span of the Golden Gate Bridge is 4,300 feet long.", "numbers"),
        ("The main span of the Golden Gate Bridge is 4,200 metres long.", "numbers"),
        ("The main span of the Brooklyn Bridge is 4,200 feet long.", "names"),
        ("The main span of the Golden Gate Bridge is not 4,200 feet long.", "negation"),
        ("The main span of the Golden Gate Bridge is 1,991 metres long.", "numbers"),
    ],
)
def test_one_changed_fact_is_caught_by_name(claim: str, veto: str) -> None:
    found = verify(claim, [SPAN, AKASHI], flat, None, 0.5)
    assert found.support != "supported"
    assert veto in {check.name for check in found.checks if check.score < 1.0}


def test_an_opposite_comparison_is_a_contradiction() -> None:
    evidence = "The Akashi Kaikyo Bridge is longer than the Golden Gate Bridge."
    claim = "The Akashi Kaikyo Bridge is shorter than the Golden Gate Bridge."
    assert support(claim, evidence) == "contradicted"


def test_without_evidence_nothing_is_supported() -> None:
    assert support(SPAN) == "unsupported"


def test_unrelated_text_is_unsupported() -> None:
    assert support("Blue whales eat krill.", SPAN, COLOUR) == "unsupported"


def test_meaning_is_a_part_when_there_are_embeddings(embedder: Embedder) -> None:
    found = verify("The Golden Gate Bridge's central span measures 4,200 feet.", [SPAN], flat, embedder, 0.5)
    assert found.support == "supported"
    assert "meaning" in {check.name for check in found.checks}


@given(st.integers(min_value=2, max_value=9999), st.integers(min_value=2, max_value=9999))
def test_a_number_is_supported_only_by_itself(stated: int, found: int) -> None:
    assume(abs(stated - found) > 0)
    evidence = f"The harbour wall of Tarrow is {found} bricks high."
    assert support(f"The harbour wall of Tarrow is {found} bricks high.", evidence) == "supported"
    assert support(f"The harbour wall of Tarrow is {stated} bricks high.", evidence) != "supported"
