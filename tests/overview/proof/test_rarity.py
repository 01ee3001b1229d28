"""Rarity: rare words weigh more, unknown ones most."""

import pytest

from clearspan.overview.proof.rarity import rarity, weight


def test_a_rare_stem_weighs_more_than_a_common_one_and_a_stranger_as_much_as_the_rarest() -> None:
    found = rarity(["peopl", "bridg", "whale", "qqxz"])
    assert found["peopl"] < found["bridg"] < found["whale"] < found["qqxz"]
    assert found["qqxz"] == max(rarity(["zymurgi", "qqxz", "whale"]).values())


def test_a_weight_is_the_sum_of_the_stems_rarities() -> None:
    assert weight(["peopl", "whale", "qqxz"]) == pytest.approx(
        sum(rarity(["peopl", "whale", "qqxz"]).values())
    )
    assert weight([]) == 0
