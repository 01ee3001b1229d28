"""Rarity: rare words weigh more, unknown ones most, and the table says what it was made from."""

import math

import pytest

from clearspan.overview.proof.rarity import as_table, rarity, weight


def test_a_rare_stem_weighs_more_than_a_common_one_and_a_stranger_as_much_as_the_rarest() -> None:
    found = rarity(["peopl", "bridg", "whale", "qqxz"])
    assert found["peopl"] < found["bridg"] < found["whale"] < found["qqxz"]
    assert found["qqxz"] == max(rarity(["zymurgi", "qqxz", "whale"]).values())


def test_a_weight_is_the_sum_of_the_stems_rarities() -> None:
    assert weight(["peopl", "whale", "qqxz"]) == pytest.approx(
        sum(rarity(["peopl", "whale", "qqxz"]).values())
    )
    assert weight([]) == 0


def test_a_table_has_a_line_for_each_weight_rarest_last() -> None:
    table = as_table(999, {"mill": 99, "barn": 99, "whale": 9, "once": 5, "six": 6})

    def line(count: int, *stems: str) -> str:
        return f"{' '.join((str(round(math.log(1000 / (count + 1)) + 1, 1)), *stems))}"

    assert [each.strip() for each in table.splitlines()] == [
        line(99, "barn", "mill"),
        line(9, "whale"),
        line(6, "six"),
        line(1),
    ]
    assert "once" in as_table(999, {"once": 5}, least=5)


def test_stems_as_rare_as_the_rarest_share_its_line() -> None:
    assert as_table(9, {"mill": 1}, least=1) == "2.6 mill\n"
