"""Corruptions change one thing, say which, and are caught by the checks that look for it."""

import random

import pytest

from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.training.corruptions import corruptions
from clearspan.overview.proof.verify import verify

SENTENCE = (
    "In May 1937 the bridge at Tarrow, which is 4,200 feet long and higher than the mill, was opened by Mary Hollis; "
    "it may close."
)
AROUND = "The stone came from Wexcombe, and it was Joan Pardew who had asked the council of Merrow for it."


def of_kind(kind: str) -> str:
    for seed in range(20):
        for one in corruptions(SENTENCE, AROUND, random.Random(seed)):
            if one.kind == kind:
                return one.text
    return ""


def test_one_thing_is_changed_and_named() -> None:
    found = corruptions(SENTENCE, AROUND, random.Random(3))
    assert {"number", "date", "name", "negation", "direction", "scope"} <= {one.kind for one in found}
    for one in found:
        assert one.text != SENTENCE
        if one.kind != "negation":
            assert one.changed in SENTENCE
            assert one.into in one.text


def test_the_same_generator_gives_the_same() -> None:
    assert corruptions(SENTENCE, AROUND, random.Random(7)) == corruptions(SENTENCE, AROUND, random.Random(7))


@pytest.mark.parametrize("kind", ["number", "unit", "date", "negation", "direction", "scope"])
def test_what_was_changed_is_caught(kind: str) -> None:
    text = of_kind(kind)
    assert text
    assert verify(SENTENCE, [Evidence(SENTENCE)], 0.5).support == "supported"
    assert verify(text, [Evidence(SENTENCE)], 0.5).support != "supported", text


def test_a_sentence_with_nothing_to_change_is_left() -> None:
    assert corruptions("Hello there.", "", random.Random(0)) == []
