"""Shingles: what of two texts is compared, and what an edit leaves standing."""

import zlib

import pytest

from clearspan.overview.trust.shingles import containment, pair_run, pairs, phrases


def hashed(*runs: str) -> list[int]:
    return [zlib.crc32(run.encode()) for run in runs]


def test_pairs_are_of_words_next_to_each_other_and_one_apart() -> None:
    assert list(pair_run("Old mills burn down")) == hashed(
        "old mills", "mills burn", "burn down", "old burn", "mills down"
    )


def test_pairs_of_two_stop_words_say_nothing() -> None:
    assert list(pair_run("It is the mill")) == hashed("the mill", "is mill")


def test_a_run_counts_a_pair_as_often_as_it_occurs_and_a_set_once() -> None:
    text = "mill mill mill"
    assert len(pair_run(text)) == 3
    assert pairs(text) == frozenset(hashed("mill mill"))


def test_phrases_are_runs_of_five_words() -> None:
    assert phrases("One two three four five, six.") == frozenset(
        hashed("one two three four five", "two three four five six")
    )
    assert phrases("One two.") == frozenset(hashed("one two"))
    assert phrases("…") == frozenset()


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [((1, 2, 2, 3), {1, 2}, 0.75), ((), {1}, 0.0), ((1,), set(), 0.0), ((1, 1), {1}, 1.0)],
)
def test_containment_is_the_share_of_a_part_in_a_whole(
    part: tuple[int, ...], whole: set[int], share: float
) -> None:
    assert containment(part, frozenset(whole)) == share


def test_half_of_the_pairs_survive_when_three_words_in_ten_are_changed() -> None:
    words = [f"word{n}" for n in range(100)]
    edited = [f"other{n}" if n % 10 in (1, 4, 7) else word for n, word in enumerate(words)]
    kept = containment(pair_run(" ".join(edited)), pairs(" ".join(words)))
    assert 0.35 < kept < 0.6
    assert not phrases(" ".join(edited)) & phrases(" ".join(words))
