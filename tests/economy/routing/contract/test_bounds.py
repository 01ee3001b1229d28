"""Bounds: how often they err where the mean is not below the bound, and that they are of use where it is."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.economy.routing.contract.bounds import betting_p, hoeffding_bentkus_p, pairs_needed


@settings(max_examples=15, deadline=None)
@given(st.floats(0.1, 0.9), st.floats(0.3, 20), st.integers(0, 2**31))
def test_a_mean_at_the_bound_is_seldom_called_lower(bound: float, spread: float, seed: int) -> None:
    """2,000 columns whose mean is the bound: p ≤ .05 for a share of .05 at most, but for chance (6 standard errors)."""
    random = np.random.default_rng(seed)
    values = random.beta(bound * spread, (1 - bound) * spread, (150, 2_000))
    for p in (betting_p(values, bound, 0.05), hoeffding_bentkus_p(values, bound)):
        assert (p <= 0.05).mean() <= 0.05 + 6 * math.sqrt(0.05 * 0.95 / 2_000)


def test_a_lower_mean_is_found_with_fewer_values_than_by_the_mean_alone() -> None:
    values = 0.46 + 0.02 * np.random.default_rng(0).random((400, 50))
    assert (betting_p(values, 0.5, 0.05) < 0.01).all()
    assert (hoeffding_bentkus_p(values, 0.5) > betting_p(values, 0.5, 0.05)).all()


def test_no_values_show_nothing() -> None:
    assert betting_p(np.empty((0, 3)), 0.5, 0.05).tolist() == [1, 1, 1]


def test_the_pairs_needed_are_about_those_that_are() -> None:
    random = np.random.default_rng(0)
    values = random.random(4_000) * 0.8
    needed = pairs_needed(values, 0.5, 0.05)
    enough = betting_p(random.random((round(2.5 * needed), 200)) * 0.8, 0.5, 0.05) <= 0.05
    few = betting_p(random.random((round(needed / 4), 200)) * 0.8, 0.5, 0.05) <= 0.05
    assert enough.mean() > 0.7
    assert few.mean() < 0.3
    assert pairs_needed(values, float(values.mean()) - 0.01, 0.05) == math.inf


def test_by_hand() -> None:
    # One value of 0 against .5: the stake is sqrt(2 ln 20 / (.25 · 1)), cut at .75 / .5; capital 1 + 1.5 · .5.
    assert betting_p(np.zeros((1, 1)), 0.5, 0.05)[0] == pytest.approx(1 / 1.75)
