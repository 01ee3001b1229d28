"""Probabilities of answers from scores of derivations."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.overview.answering.tables.ranking import weigh


def test_derivations_of_one_answer_count_together() -> None:
    found = weigh([1.0, 0.5, 0.5], ["a", "b", "b"])
    assert [one.best for one in found] == [1, 0]
    assert found[0].share == pytest.approx(2 * math.exp(-0.5) / (1 + 2 * math.exp(-0.5)))
    assert found[0].rival == pytest.approx(found[1].share)


def test_nothing_is_weighed() -> None:
    assert weigh([], []) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-30, 30), st.integers(0, 3)), min_size=1, max_size=20))
def test_shares_add_up_to_one(scored: list[tuple[float, int]]) -> None:
    ordered = sorted(scored, reverse=True)
    found = weigh([score for score, _ in ordered], [answer for _, answer in ordered])
    assert sum(one.share for one in found) == pytest.approx(1)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert all(one.answers == len(found) for one in found)
