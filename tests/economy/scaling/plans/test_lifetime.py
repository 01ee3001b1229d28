"""Training and lifetime plans: the published examples, and what must hold for any law."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.economy.prices import HARDWARE, Prices, hardware
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.presets import preset, presets
from clearspan.economy.scaling.plans.lifetime import (
    FLOP,
    Quality,
    Rates,
    at_size,
    lifetime,
    money,
    training_optimal,
)
from clearspan.economy.scaling.plans.lifetime_plan import plan_lifetime
from clearspan.economy.scaling.plans.training import (
    candidate,
    over_training,
    plan_past_optimal,
    plan_training,
)
from clearspan.errors import BadInput
from clearspan.measure.estimate import Estimate

laws = st.sampled_from(
    [preset(name).law for name in ("besiroglu-2024", "hoffmann-2022", "gadre-2024-c4", "kaplan-2020")]
)
likes = st.floats(8.5, 11).map(lambda x: 10.0**x)
served = st.floats(9, 15).map(lambda x: 10.0**x)


def test_sardanas_example() -> None:
    law = preset("sardana-2024").law
    loss = Quality(like=13e9).loss_under(law)
    best, usual = lifetime(law, loss, 2e12), training_optimal(law, loss, 2e12)
    assert best.parameters == pytest.approx(6.97e9, rel=0.002)
    assert best.tokens == pytest.approx(1.25e12, rel=0.004)
    assert usual.parameters == pytest.approx(13e9, rel=1e-6)
    assert 1 - best.total / usual.total == pytest.approx(0.174, abs=0.001)


def test_sardanas_example_with_besiroglus_constants() -> None:
    law = preset("besiroglu-2024").law
    loss = Quality(like=13e9).loss_under(law)
    saving = 1 - lifetime(law, loss, 2e12).total / training_optimal(law, loss, 2e12).total
    assert saving == pytest.approx(0.29, abs=0.001)


@pytest.mark.parametrize(
    ("name", "ratio"), [("hoffmann-2022", 92.6), ("hoffmann-2022-tex", 58.9), ("besiroglu-2024", 18.4)]
)
def test_tokens_per_parameter_at_chinchillas_compute(name: str, ratio: float) -> None:
    size, data = preset(name).law.optimal(5.76e23)
    assert data / size == pytest.approx(ratio, abs=0.05)


@pytest.mark.parametrize(
    ("name", "factor"), [("hoffmann-2022", 27), ("hoffmann-2022-tex", 43), ("besiroglu-2024", 91)]
)
def test_how_far_8b_on_15t_is_past_optimal(name: str, factor: float) -> None:
    assert over_training(preset(name).law, 8e9, 15e12) == pytest.approx(factor, abs=0.6)


@settings(max_examples=60)
@given(laws, likes, served, st.floats(-1.5, 1.5))
def test_no_other_size_is_cheaper(law, like: float, traffic: float, shift: float) -> None:
    loss = Quality(like=like).loss_under(law)
    best = lifetime(law, loss, traffic)
    other = at_size(law, loss, traffic, best.parameters * 10**shift, FLOP)
    assert other.total >= best.total * (1 - 1e-6)
    assert float(law.loss(best.parameters, best.tokens)) == pytest.approx(loss, rel=1e-6)
    assert best.parameters <= like * (1 + 1e-6)


@settings(max_examples=40)
@given(laws, likes, served, st.floats(1.1, 100))
def test_more_traffic_means_a_smaller_model_and_a_larger_saving(
    law, like: float, traffic: float, factor: float
) -> None:
    loss = Quality(like=like).loss_under(law)
    few, many = lifetime(law, loss, traffic), lifetime(law, loss, traffic * factor)
    assert many.parameters <= few.parameters * (1 + 1e-6)
    assert many.tokens >= few.tokens * (1 - 1e-6)
    assert many.total > few.total


@given(laws, likes)
def test_without_traffic_training_alone_counts(law, like: float) -> None:
    loss = Quality(like=like).loss_under(law)
    assert lifetime(law, loss, 0.0).total == pytest.approx(training_optimal(law, loss, 0.0).total, rel=1e-6)


@given(likes, served, st.floats(0.01, 100))
def test_scaling_all_prices_changes_the_bill_and_not_the_choice(
    like: float, traffic: float, scale: float
) -> None:
    law = preset("besiroglu-2024").law
    loss = Quality(like=like).loss_under(law)
    rates = Rates(2e-18, 3e-18, 8e-17, 0.3, "USD")
    scaled = Rates(2e-18 * scale, 3e-18 * scale, 8e-17 * scale, 0.3, "USD")
    one, other = lifetime(law, loss, traffic, rates), lifetime(law, loss, traffic, scaled)
    assert other.parameters == pytest.approx(one.parameters, rel=1e-4)
    assert other.total == pytest.approx(scale * one.total, rel=1e-6)


def test_money_weighs_output_by_its_utilisation() -> None:
    prices = Prices()
    rates = money(prices, 1.0)
    assert rates.output / rates.training == pytest.approx(0.40 / 0.01)
    assert rates.train(1e9, 1e9) == pytest.approx(6e18 * 2.35 / (989e12 * 0.4 * 3600))
    with_electricity = Prices(electricity_included=False)
    added = with_electricity.dollars_per_training_flop - prices.dollars_per_training_flop
    assert added == pytest.approx(0.7 * 1.5 * 0.08 / (989e12 * 0.4 * 3600))


def test_plans_hold_intervals_and_the_disagreement_between_laws() -> None:
    candidates = [candidate(p) for p in presets(("besiroglu-2024", "hoffmann-2022", "hoffmann-2022-tex"))]
    trained = plan_training(5.76e23, candidates, Prices())
    assert "92.6" in trained.summary[1]
    number = trained.numbers["tokens_per_parameter"]
    assert number.low is not None
    assert number.high is not None
    assert number.low < 18.4 < number.high
    assert [row[0] for row in trained.tables[0].rows] == [c.name for c in candidates]
    past = plan_past_optimal(8e9, 15e12, candidates)
    assert "27.3 to 91.5 times" in past.summary[0]
    whole = plan_lifetime(Quality(like=13e9), 2e12, candidates, Prices(), 0.2)
    assert whole.numbers["saving"].value == pytest.approx(29.0, abs=0.1)
    assert len(whole.charts) == 2
    assert all(number.how for number in whole.numbers.values())


def test_ends_of_an_interval_that_read_alike_are_not_shown() -> None:
    assert str(Estimate(0.957, "USD", 0.9571, 0.9573)) == "0.957 USD"
    assert str(Estimate(6e9, "", 5e9, 7e9)) == "6B [5B to 7B]"


def test_a_law_that_cannot_reach_the_loss_says_so_in_its_row() -> None:
    candidates = [candidate(p) for p in presets(("hoffmann-2022", "gadre-2024-redpajama"))]
    plan = plan_lifetime(Quality(loss=1.83), 1e12, candidates, Prices(), 0.2)
    assert plan.tables[0].rows[1][1] == "cannot reach it"


@pytest.mark.parametrize("loss", [1.69, 1.2, -3.0, math.nan])
def test_losses_below_the_irreducible_one_are_refused(loss: float) -> None:
    with pytest.raises(BadInput, match="irreducible"):
        lifetime(preset("hoffmann-2022").law, loss, 1e12)


@pytest.mark.parametrize(
    "make",
    [
        lambda: lifetime(preset("hoffmann-2022").law, 2.0, -1.0),
        lambda: lifetime(preset("hoffmann-2022").law, 2.0, math.nan),
        lambda: Quality(),
        lambda: Quality(loss=2.0, like=1e9),
        lambda: Quality(like=-1.0).loss_under(Chinchilla(1, 1, 1, 1, 1)),
        lambda: money(Prices(), 1.2),
        lambda: Prices(training_utilisation=0.0),
        lambda: Prices(output_utilisation=1.5),
        lambda: Prices(overhead=0.5),
        lambda: hardware("abacus"),
        lambda: hardware("h100", -1.0),
        lambda: plan_training(0.0, [], Prices()),
        lambda: plan_past_optimal(1e9, -1.0, []),
    ],
)
def test_impossible_requests_are_refused(make) -> None:
    with pytest.raises(BadInput):
        make()


def test_every_shipped_figure_has_a_source() -> None:
    assert all(h.source and h.price_source for h in HARDWARE.values())
    assert hardware("h100", 1.5).price_source == "given by you"
    assert any("EIA" in s for s in Prices().sources())
