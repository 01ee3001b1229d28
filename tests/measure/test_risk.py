"""Risk against coverage: known areas, ties, and the curve of somebody who is always as sure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.measure.risk import risk_coverage


def test_the_area_of_four_answers_by_hand() -> None:
    curve = risk_coverage([0.9, 0.8, 0.7, 0.6], [0, 1, 0, 1])
    assert curve.risk.tolist() == [0, 1 / 2, 1 / 3, 1 / 2]
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert curve.at([0.5, 1.0]) == [0.5, 0.5]


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_always_as_sure_risks_the_share_of_errors_everywhere(wrong: list[bool]) -> None:
    curve = risk_coverage([0.5] * len(wrong), wrong)
    assert np.allclose(curve.risk, np.mean(wrong))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_no_order_beats_wrong_ones_last(answers: list[tuple[float, bool]]) -> None:
    sure, wrong = zip(*answers, strict=True)
    best = risk_coverage([not each for each in wrong], wrong).area
    worst = risk_coverage(wrong, wrong).area
    assert best - 1e-9 <= risk_coverage(sure, wrong).area <= worst + 1e-9
