"""Queues against what is known exactly, and placements that hold their limit at the lowest cost."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.economy.scaling.plans.place import Load, placements, plan_place
from clearspan.economy.scaling.plans.queueing import Queue
from clearspan.economy.scaling.plans.traffic import AnswerTokens, measure
from clearspan.economy.serving.curves import EXAMPLE, read_curves
from clearspan.errors import BadInput


@given(st.floats(0.05, 0.95), st.floats(0.1, 10), st.floats(0.5, 0.99))
def test_one_place_with_exponential_service_is_exact(load: float, service: float, share: float) -> None:
    """M/M/1: waits with probability rho, mean wait rho·S/(1 − rho), response time exponential."""
    queue = Queue(load / service, service, 1)
    assert queue.waits == pytest.approx(load)
    assert queue.mean_wait == pytest.approx(load * service / (1 - load))
    exact = -math.log(1 - share) * service / (1 - load)
    assert queue.quantile(share) == pytest.approx(exact, rel=0.03)


def test_erlang_c_of_the_tables() -> None:
    """Two erlangs on three places: 4/9 wait (a textbook value)."""
    assert Queue(2.0, 1.0, 3).waits == pytest.approx(4 / 9)


@given(st.floats(0.1, 0.9), st.floats(0.0, 3.0))
def test_pollaczek_khinchine_for_one_place(load: float, variation: float) -> None:
    """M/G/1 is exact: W = rho·S·(1 + c²)/(2·(1 − rho))."""
    queue = Queue(load, 1.0, 1, service_variation=variation)
    assert queue.mean_wait == pytest.approx(load * (1 + variation) / (2 * (1 - load)))


@given(st.floats(0.2, 40), st.floats(0.1, 2), st.integers(1, 60), st.floats(0.0, 2.0))
def test_another_place_shortens_the_wait(
    arrivals: float, service: float, places: int, variation: float
) -> None:
    few = Queue(arrivals, service, places, service_variation=variation)
    many = Queue(arrivals, service, places + 1, service_variation=variation)
    assert many.mean_wait <= few.mean_wait
    assert many.within(3 * service) >= few.within(3 * service) - 1e-12
    assert few.within(1e9) == pytest.approx(1.0 if few.load < 1 else 0.0)


def test_against_a_simulation() -> None:
    generator = np.random.default_rng(0)
    arrivals = np.cumsum(generator.exponential(1 / 3.0, 60_000))
    service = generator.gamma(2.0, 0.5, 60_000)
    free = np.zeros(4)
    times = np.empty(60_000)
    for i in range(60_000):
        place = int(free.argmin())
        start = max(arrivals[i], free[place])
        free[place] = start + service[i]
        times[i] = free[place] - arrivals[i]
    queue = Queue(3.0, 1.0, 4, service_variation=0.5)
    assert queue.mean_wait + 1.0 == pytest.approx(times[5000:].mean(), rel=0.05)
    assert queue.quantile(0.95) == pytest.approx(np.percentile(times[5000:], 95), rel=0.07)


def test_the_shipped_example_says_that_it_is_one_and_can_be_planned_with() -> None:
    assert "EXAMPLE, INVENTED" in EXAMPLE.read_text("utf-8")
    points = read_curves(EXAMPLE)
    repeated = next(p for p in points if p.hardware == "example-gpu" and p.batch == 8)
    assert repeated.tokens_per_second == pytest.approx(940)
    assert repeated.spread > 0
    plan = plan_place(points, Load(5.0, 200, 20.0), 0.08)
    assert plan.numbers["dollars_per_hour"].low is not None
    assert plan.charts[0].series


@settings(max_examples=15)
@given(st.floats(0.5, 200), st.floats(2, 60), st.floats(0.0, 1.5))
def test_placements_hold_the_limit_with_no_replica_to_spare(
    arrivals: float, limit: float, variation: float
) -> None:
    load = Load(arrivals, 150, limit, 0.95, variation)
    found = placements(read_curves(EXAMPLE), load, 0.1)
    costs = [p.dollars_per_hour for p in found]
    assert costs == sorted(costs)
    for p in found:
        service = load.tokens * p.point.batch / p.point.tokens_per_second
        queue = Queue(arrivals, service, p.replicas * p.point.batch, service_variation=variation)
        assert queue.within(limit) >= 0.95
        assert p.seconds <= limit * 1.001
        if p.replicas > 1:
            fewer = Queue(arrivals, service, (p.replicas - 1) * p.point.batch, service_variation=variation)
            assert fewer.load >= 1 or fewer.within(limit) < 0.95


def test_a_million_requests_a_second_are_a_question_too() -> None:
    found = placements(read_curves(EXAMPLE), Load(1e6, 200, 30.0), 0.1)
    assert found[0].replicas > 10_000
    assert found[0].busy > 0.95


def test_a_limit_that_nothing_meets_is_explained() -> None:
    with pytest.raises(BadInput, match="fastest"):
        plan_place(read_curves(EXAMPLE), Load(1.0, 5000, 0.5), 0.08)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hardware,batch,tokens_per_second,watts\na,1,10,100\n", "no column for price_per_hour"),
        ("hardware,batch,tokens_per_second,watts,price_per_hour\na,1.5,10,100,1\n", "whole number"),
        ("hardware,batch,tokens_per_second,watts,price_per_hour\na,1,-10,100,1\n", "tokens_per_second"),
        ("hardware,batch,tokens_per_second,watts,price_per_hour\na,1,10,nan,1\n", "watts"),
    ],
)
def test_bad_curves_are_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "c.csv").write_text(text, "utf-8")
    with pytest.raises(BadInput, match=says):
        read_curves(tmp_path / "c.csv")


def test_idle_power_and_price_may_be_left_out_or_zero(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "hardware,batch,tokens_per_second,watts,price_per_hour\nown,1,10,90,0\n", "utf-8"
    )
    point = read_curves(tmp_path / "c.csv")[0]
    assert point.idle_watts == 30
    assert point.price_per_hour == 0
    assert point.spread == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Load(-1, 10, 1),
        lambda: Load(1, 0, 1),
        lambda: Load(1, 10, math.nan),
        lambda: Load(1, 10, 1, 1.0),
        lambda: Queue(1, 1, 0),
        lambda: Queue(1, -1, 1),
        lambda: Queue(1, 1, 1, service_variation=-1),
        lambda: Queue(0.5, 1, 1).quantile(1.0),
        lambda: plan_place([], Load(1, 10, 1), 0.0),
    ],
)
def test_impossible_requests_are_refused(make) -> None:
    with pytest.raises(BadInput):
        make()


def test_demand_from_counted_answers() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    answers = [AnswerTokens(start + timedelta(hours=i), 300, 100 if i % 2 else 0) for i in range(100)]
    demand = measure(answers, start + timedelta(hours=100))
    assert demand.rate == pytest.approx(1 / 3600)
    assert demand.low < demand.rate < demand.high
    assert demand.tokens == 100
    assert demand.variation == 0
    assert demand.output_share == pytest.approx(5000 / 35000)
    assert demand.tokens_per_year == pytest.approx(35000 / (100 * 3600) * 365.25 * 86400)
    with pytest.raises(BadInput, match="too few"):
        measure(answers[:5], start + timedelta(hours=100))
    with pytest.raises(BadInput, match="no tokens"):
        measure([AnswerTokens(a.at, 0, 0) for a in answers], start + timedelta(hours=100))
    with pytest.raises(BadInput, match="future"):
        measure(answers, start - timedelta(hours=1))
