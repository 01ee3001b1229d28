"""Fusion of the ways of searching: a passage found by both comes before one that either finds first."""

import pytest

from clearspan.library.documents import Leg
from clearspan.library.search import RANK_OFFSET, WEIGHTS, fuse


def test_a_score_is_the_sum_of_weights_over_ranks() -> None:
    found = fuse({"words": [("a", 9.0), ("b", 5.0)], "meaning": [("b", 0.8), ("c", 0.7)]})
    scores = {identity: score for identity, score, _ in found}
    assert scores == {
        "a": pytest.approx(1.0 / 11),
        "b": pytest.approx(1.0 / 12 + 0.8 / 11),
        "c": pytest.approx(0.8 / 12),
    }
    assert [identity for identity, *_ in found] == ["b", "a", "c"]
    assert RANK_OFFSET == 10
    assert WEIGHTS == {"words": 1.0, "meaning": 0.8}


def test_the_legs_say_where_each_was_found() -> None:
    found = {
        identity: legs
        for identity, _, legs in fuse({"words": [("a", 9.0)], "meaning": [("b", 0.9), ("a", 0.8)]})
    }
    assert found["a"] == (Leg("words", 1, 9.0), Leg("meaning", 2, 0.8))
    assert found["b"] == (Leg("meaning", 1, 0.9),)


def test_ties_go_by_identity_and_nothing_gives_nothing() -> None:
    assert [each[0] for each in fuse({"words": [("b", 1.0)]}) + fuse({"words": [("a", 1.0)]})] == ["b", "a"]
    tied = fuse({"words": [], "meaning": []})
    assert tied == []
