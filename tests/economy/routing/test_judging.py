"""Which router is used: one that beats the best single tier on what nobody has seen, and else none."""

import numpy as np
import pytest

from clearspan.economy.routing.curve import curve, recovered
from clearspan.economy.routing.judging import judge, resampled_mean
from clearspan.economy.routing.outcomes import made
from clearspan.economy.routing.policy import Policy, break_even
from clearspan.economy.routing.routers import ROUTERS
from tests.economy.routing.outcomes_made import outcomes


def test_a_router_that_tells_hard_questions_is_used() -> None:
    verdict = judge(outcomes(), ("length",))
    assert verdict.used
    assert verdict.chosen.name == "length"
    assert (verdict.chosen.gain.low or 0) > 0
    assert "worth" in verdict.why
    assert verdict.chosen.quality == pytest.approx(0.98, abs=0.04)
    assert 0.3 < verdict.chosen.shares[0] < 0.7


def test_without_anything_to_tell_them_by_it_is_declined() -> None:
    """Each lets one set in forty through, so that of twelve hardly more than one is."""
    used = [judge(outcomes(seed=seed, told=False), ("length", "shape"), seed).used for seed in range(12)]
    assert sum(used) <= 2
    verdict = judge(outcomes(seed=0, told=False), ("length",), 0)
    assert "not used" in verdict.why or verdict.used


def test_a_best_tier_that_is_the_cheapest_leaves_nothing_to_route() -> None:
    found = outcomes(200)
    rows = [
        {"question": question, "good.quality": 1, "good.cost": 1, "bad.quality": 0, "bad.cost": 5}
        for question in found.asks.questions
    ]
    cheap = made(rows, "rows")
    assert break_even(cheap) == 0
    verdict = judge(cheap, ("length",))
    assert not verdict.used
    assert "nothing to route" in verdict.why


def test_a_cascade_pays_for_its_tries() -> None:
    found = outcomes(300)
    router = ROUTERS["cascade"].fit(found, 0)
    np.testing.assert_allclose(router.paid(found.cost)[0], [1.0, 11.0])
    expected = router.predict(found.asks)
    assert found.asks.scores is not None
    sure = found.asks.scores[:, 0] > 0.5
    assert expected[sure, 0].mean() > expected[~sure, 0].mean() + 0.3


@pytest.mark.parametrize("name", ["random", "single", "length", "shape", "neighbours", "linear", "cascade"])
def test_every_router_predicts_a_quality_for_each_tier(name: str) -> None:
    found = outcomes(120).with_vectors(np.random.default_rng(0).normal(size=(120, 8)))
    router = ROUTERS[name].fit(found, 0)
    expected = router.predict(found.asks)
    assert expected.shape == (120, 2)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(expected[:5], router.predict(found.where(np.arange(5)).asks))


def test_neighbours_and_lines_learn_what_stands_in_the_vectors() -> None:
    found = outcomes(800, told=False)
    hard = 1 - found.quality[:, 0]
    vectors = np.random.default_rng(0).normal(size=(800, 8)) * 0.3
    vectors[:, 0] += 2 * hard
    seen = found.with_vectors(vectors)
    for name in ("neighbours", "linear"):
        assert judge(seen, (name,)).used, name


def test_margins_send_more_and_more_to_the_best_tier() -> None:
    expected = np.random.default_rng(0).random((500, 3))
    cost = np.array([1.0, 2.0, 3.0])
    shares = [
        float((Policy(0.1, 2, margin).choose(expected, cost) == 2).mean()) for margin in (-2, -0.2, 0, 0.2, 2)
    ]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    policy = Policy(0.1, 2, float("inf"))
    assert (policy.choose(expected, cost) == 2).all()
    lead = policy.lead(expected, cost)
    edge = float(np.quantile(lead, 0.9)) - 1e-9
    assert (Policy(0.1, 2, edge).choose(expected, cost) != 2).mean() == pytest.approx(0.1, abs=0.005)


def test_the_curve_of_chance_and_of_the_oracle() -> None:
    random = np.random.default_rng(0)
    gain = random.choice([-1.0, 0.0, 1.0], 20_000, p=[0.1, 0.6, 0.3])
    groups = [str(number % 50) for number in range(len(gain))]
    chance = recovered(random.random(len(gain)), gain, groups)
    assert chance.apgr.value == pytest.approx(0.5, abs=0.03)
    assert chance.cpt80.value == pytest.approx(0.8, abs=0.04)
    # By hand: .3 rise to 1.5 times the gap, .6 stay there, .1 fall back to 1.
    oracle = recovered(gain, gain, groups)
    assert oracle.apgr.value == pytest.approx(0.3 * 0.75 + 0.6 * 1.5 + 0.1 * 1.25, abs=0.02)
    assert oracle.cpt50.value == pytest.approx(0.1, abs=0.01)
    shares, gap = curve(gain, gain, 11)
    assert (shares[0], gap[0], shares[-1], gap[-1]) == (0, 0, 1, 1)


def test_a_mean_is_varied_by_group() -> None:
    values = np.repeat([0.0, 1.0], 500)
    alone = resampled_mean(values, [str(number) for number in range(1000)])
    together = resampled_mean(values, [str(number // 100) for number in range(1000)])
    assert alone.low is not None
    assert together.low is not None
    assert together.low < alone.low < 0.5
