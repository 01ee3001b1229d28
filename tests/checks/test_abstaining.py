"""What abstaining costs and saves, as a chart and a table."""

import numpy as np
import pytest

from clearspan.checks.abstaining import chart, measured
from clearspan.measure.risk import risk_coverage


def test_the_chart_has_its_baselines_and_the_place_where_the_settings_stop() -> None:
    random = np.random.default_rng(1)
    faulty = random.random(500) < 0.4
    probability = np.clip(0.5 * faulty + 0.5 * random.random(500), 0, 1)
    curve = risk_coverage(1 - probability, faulty)
    drawn = chart("unknowable", "Questions", curve, answered=int((probability <= 0.5).sum()), threshold=0.5)
    model, flat, oracle = drawn.series
    assert list(flat.y) == [curve.risk[-1]] * 2
    assert oracle.y[-1] == pytest.approx(curve.risk[-1])
    assert all(low <= y <= high for low, y, high in zip(model.low, model.y, model.high, strict=True))
    assert all(best <= y + 1e-12 for best, y in zip(oracle.y, model.y, strict=True))
    (mark,) = drawn.marks
    assert mark.x == pytest.approx(np.mean(1 - probability >= 0.5))
    assert mark.y == pytest.approx(faulty[1 - probability >= 0.5].mean())


def test_a_threshold_that_nothing_reaches_answers_nothing() -> None:
    plan = measured({"unknowable": ([0.4, 0.6], [False, True])}, threshold=0.99)
    assert plan.charts[0].marks == ()
    assert plan.tables[0].rows[0][3] == 0
