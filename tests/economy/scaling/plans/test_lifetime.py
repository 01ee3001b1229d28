"""Training and lifetime plans: the published examples, and what must hold for any law."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.economy.energy import ENERGY, served_on
from clearspan.economy.prices import HARDWARE, Prices, hardware, priced
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.presets import preset, presets
from clearspan.economy.scaling.plans.lifetime import (
    FLOP,
    Money,
    Quality,
    at_size,
    lifetime,
    training_optimal,
)
from clearspan.economy.scaling.plans.lifetime_plan import plan_lifetime
from clearspan.economy.scaling.plans.training import (
    candidate,
    over_training,
    plan_past_optimal,
    plan_training,
)
from clearspan.economy.serving.scenario import Scenario
from clearspan.economy.serving.speed import SPEED
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
    rates = Money(Scenario(priced(price_per_hour=2.0)))
    scaled = Money(Scenario(priced(price_per_hour=2.0 * scale)))
    one, other = lifetime(law, loss, traffic, rates), lifetime(law, loss, traffic, scaled)
    assert other.parameters == pytest.approx(one.parameters, rel=1e-4)
    assert other.total == pytest.approx(scale * one.total, rel=1e-6)


def test_money_energy_and_time_are_of_one_scenario() -> None:
    """8B on an H100 at batch 96: about 4,900 tokens a second, 8 % of peak; two thirds of the rent is idle."""
    scenario = Scenario(Prices(), output_share=1.0)
    assert scenario.step(8e9) == pytest.approx(SPEED.step(served_on(8e9, "h100"), 96))
    assert scenario.output_utilisation(8e9) == pytest.approx(2 * 8e9 * 96 / scenario.step(8e9) / 989e12)
    assert 0.05 < scenario.output_utilisation(8e9) < 0.12
    seconds = 1e12 * scenario.step(8e9) / 96
    assert scenario.seconds(8e9, 1e12) == pytest.approx(seconds)
    assert scenario.dollars(8e9, 1e12) == pytest.approx(3 * seconds / 3600 * 2.35)
    joules = ENERGY.joules_per_token(served_on(8e9, "h100", 96)).value
    idle = 2 * seconds * 700 / 3
    assert scenario.energy(8e9, 1e12).value == pytest.approx((1e12 * joules + idle) * 1.5 / 3.6e6)


@settings(max_examples=40)
@given(st.floats(8, 12).map(lambda x: 10.0**x), st.floats(1, 500), st.floats(1.05, 4))
def test_fuller_machines_cost_less_in_money_and_in_energy(size: float, batch: float, more: float) -> None:
    few, many = (Scenario(Prices(), batch=b) for b in (batch, batch * more))
    assert many.dollars(size, 1e12) < few.dollars(size, 1e12)
    assert many.energy(size, 1e12).value < few.energy(size, 1e12).value
    assert many.step(size) > few.step(size)


def test_a_choice_that_an_assumption_moves_says_depends() -> None:
    candidates = [candidate(p, 30) for p in presets(("besiroglu-2024",))]
    wide = plan_lifetime(Quality(like=13e9), 2e12, candidates, Scenario(Prices()))
    assert "depends on tokens served (667B to 6T)" in wide.summary[1]
    rows = {str(row[0]): row for row in wide.tables[-1].rows}
    assert {"requests at once", "peak over the mean", "share of output tokens"} < set(rows)
    assert wide.charts[-1].name == "assumptions"
    narrow = plan_lifetime(Quality(like=1e9), 1e6, candidates, Scenario(Prices()))
    assert "depends on" not in narrow.summary[1]


def test_training_is_paid_by_what_it_reaches_of_the_peak() -> None:
    prices = Prices()
    assert Money(Scenario(prices)).train(1e9, 1e9) == pytest.approx(6e18 * 2.35 / (989e12 * 0.4 * 3600))
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
    whole = plan_lifetime(Quality(like=13e9), 2e12, candidates, Scenario(Prices()))
    assert whole.numbers["saving"].value == pytest.approx(29.0, abs=0.1)
    assert len(whole.charts) == 3
    assert all(number.how for number in whole.numbers.values())


def test_ends_of_an_interval_that_read_alike_are_not_shown() -> None:
    assert str(Estimate(0.957, "USD", 0.9571, 0.9573)) == "0.957 USD"
    assert str(Estimate(6e9, "", 5e9, 7e9)) == "6B [5B to 7B]"


def test_a_law_that_cannot_reach_the_loss_says_so_in_its_row() -> None:
    candidates = [candidate(p) for p in presets(("hoffmann-2022", "gadre-2024-redpajama"))]
    plan = plan_lifetime(Quality(loss=1.83), 1e12, candidates, Scenario(Prices()))
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
        lambda: Scenario(Prices(), 1.2),
        lambda: Prices(training_utilisation=0.0),
        lambda: Scenario(Prices(), peak=0.5),
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
