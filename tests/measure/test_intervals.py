"""Intervals hold what they promise: simulated sessions with a known effect are recovered as often as 95 % says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.measure import intervals
from clearspan.measure.estimate import Estimate

ROUNDS = 200
# Of 200 intervals of 95 %, fewer than this would hold the truth once in a thousand times.
SELDOM = 0.895


def held(estimate: Estimate, truth: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= truth <= estimate.high


def visits(random: np.random.Generator, sessions: int, mean: float) -> np.ndarray:
    """Questions of each session: at least one, and skewed, as people are."""
    return 1 + random.negative_binomial(1.5, 1.5 / (1.5 + mean - 1), sessions)


@given(trials=st.integers(0, 500), data=st.data())
def test_wilson_holds_the_share_and_stays_between_nothing_and_all(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = intervals.wilson(successes, trials)
    assert 0 <= low <= high <= 1
    if trials:
        assert low <= successes / trials <= high
        other_low, other_high = intervals.wilson(trials - successes, trials)
        assert (other_low, other_high) == pytest.approx((1 - high, 1 - low))
        narrower_low, narrower_high = intervals.wilson(4 * successes, 4 * trials)
        assert narrower_high - narrower_low <= high - low + 1e-12


def test_wilson_on_published_figures() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 857-872), table I, method 3.
    assert intervals.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert intervals.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_difference_of_shares_on_published_figures() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 873-890), table II, method 10, contrast 56/70 - 48/80.
    def known(successes: int, trials: int) -> Estimate:
        return Estimate(successes / trials, "", *intervals.wilson(successes, trials))

    gap = intervals.difference_of_shares(known(56, 70), known(48, 80))
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40))
def test_a_share_is_always_inside_its_interval(counted: list[tuple[int, int]]) -> None:
    trials = [max(pair) for pair in counted]
    found = intervals.share([min(pair) for pair in counted], trials)
    if sum(trials) == 0:
        assert math.isnan(found.value)
        assert found.low is None
        return
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_one_busy_reader_is_one_reader() -> None:
    many = intervals.share([1] * 30 + [0] * 70, [1] * 100)
    one = intervals.share([30, 0], [30, 70])
    assert many.value == one.value == 0.3
    assert many.low is not None
    assert many.high is not None
    assert one.low is not None
    assert one.high is not None
    assert one.high - one.low > 3 * (many.high - many.low)


def test_shares_of_sessions_that_differ_are_covered_where_counting_clicks_alone_would_not_do() -> None:
    random = np.random.default_rng(1)
    good, naive = 0, 0
    for _ in range(ROUNDS):
        tried = visits(random, 60, 4.0)
        hits = random.binomial(tried, random.beta(0.45, 2.55, 60))
        found = intervals.share(hits, tried)
        good += held(found, 0.15)
        low, high = intervals.wilson(hits.sum(), tried.sum())
        naive += low <= 0.15 <= high
    assert SELDOM <= good / ROUNDS <= 0.99
    assert naive / ROUNDS < SELDOM


def test_a_known_difference_of_shares_is_recovered() -> None:
    random = np.random.default_rng(2)
    good = 0
    for _ in range(ROUNDS):
        sides: list[Estimate] = []
        for share in (0.30, 0.12):
            tried = visits(random, 80, 3.0)
            sides.append(
                intervals.share(random.binomial(tried, random.beta(4 * share, 4 - 4 * share, 80)), tried)
            )
        good += held(intervals.difference_of_shares(*sides), 0.18)
    assert SELDOM <= good / ROUNDS <= 0.99


@pytest.mark.parametrize("sessions", [(25, 25), (200, 40)])
def test_a_known_difference_of_questions_per_session_is_recovered(sessions: tuple[int, int]) -> None:
    random = np.random.default_rng(3)
    good = 0
    for _ in range(ROUNDS):
        first, second = visits(random, sessions[0], 2.4), visits(random, sessions[1], 3.1)
        good += held(intervals.difference_of_means(first, second), -0.7)
    assert SELDOM <= good / ROUNDS <= 0.99


def test_no_effect_is_called_one_no_more_often_than_promised() -> None:
    random = np.random.default_rng(4)
    alarms = 0
    for _ in range(ROUNDS):
        gap = intervals.difference_of_means(visits(random, 60, 2.5), visits(random, 60, 2.5))
        alarms += not held(gap, 0)
    assert alarms / ROUNDS <= 1 - SELDOM


def test_the_median_is_covered_whatever_the_values_are() -> None:
    random = np.random.default_rng(5)
    good = sum(held(intervals.median(random.lognormal(3, 1.2, 31)), math.exp(3)) for _ in range(ROUNDS))
    assert good / ROUNDS >= SELDOM


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30))
def test_means_and_medians_lie_in_their_intervals(values: list[int]) -> None:
    for found in (intervals.mean(values), intervals.median(values)):
        if found.low is not None and found.high is not None:
            assert found.low <= found.value <= found.high
        else:
            assert "interval" in found.how


@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=20), st.lists(st.integers(1, 9), min_size=2, max_size=20)
)
def test_a_difference_is_repeatable(one: list[int], other: list[int]) -> None:
    assert intervals.difference_of_means(one, other) == intervals.difference_of_means(one, other)


def test_nothing_counted_is_no_number() -> None:
    for found in (
        intervals.share([], []),
        intervals.mean([]),
        intervals.median([]),
        intervals.difference_of_means([], [1, 2]),
        intervals.difference_of_shares(intervals.share([], []), intervals.share([1], [2])),
    ):
        assert math.isnan(found.value)
        assert found.low is None
        assert found.how


def test_a_large_count_has_a_median_too() -> None:
    found = intervals.median(range(5_001))
    assert found.value == 2_500
    assert held(found, 2_500)
