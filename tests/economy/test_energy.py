"""The energy model: units and limits, known constants found again, and the measured rows."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.economy.energy import (
    ENERGY,
    Measurements,
    Serving,
    comparison,
    ecologits_joules,
    error_factor,
    errors_on_unseen,
    fit_energy,
    read_measurements,
    served_on,
)
from clearspan.errors import BadInput

sizes = st.floats(8.5, 11.5).map(lambda x: 10.0**x)
batches = st.floats(0, 3.3).map(lambda x: 10.0**x)


@given(sizes, batches, st.floats(1.1, 20))
def test_a_larger_batch_costs_less_a_token_and_more_a_step(size: float, batch: float, factor: float) -> None:
    few, many = (
        ENERGY.joules_per_token(Serving(size, size, "h100", 1, b)).value for b in (batch, batch * factor)
    )
    assert many < few
    assert many * batch * factor > few * batch


@given(sizes, batches, st.floats(0.05, 1))
def test_fewer_active_parameters_cost_less(size: float, batch: float, active: float) -> None:
    dense = ENERGY.joules_per_token(Serving(size, size, "b200", 2, batch)).value
    sparse = ENERGY.joules_per_token(Serving(size * active, size, "b200", 2, batch)).value
    assert sparse <= dense * (1 + 1e-12)


def test_units_and_limits() -> None:
    """At batch 1 a dense model reads all its weights: w · 2 bytes · N / bandwidth · watts."""
    one = ENERGY.joules_per_token(Serving(8e9, 8e9, "h100", 1, 1.0))
    reading = ENERGY.weights * 2 * 8e9 / 3.35e12 * 700
    assert reading < one.value < reading * 1.1
    huge = ENERGY.joules_per_token(Serving(8e9, 8e9, "h100", 1, 1e9)).value
    assert huge == pytest.approx(
        ENERGY.compute * 2 * 8e9 / 989e12 * 700 + ENERGY.overhead * 700 * 1e-4, rel=1e-3
    )


def test_an_unknown_batch_widens_the_interval_and_is_said() -> None:
    known = ENERGY.joules_per_token(Serving(8e9, 8e9, "h100", 1, ENERGY.usual_batch))
    unknown = ENERGY.joules_per_token(Serving(8e9, 8e9, "h100", 1))
    assert unknown.value == known.value
    assert (unknown.high or 0) > (known.high or 0)
    assert "batch size unknown" in unknown.how


def test_known_constants_are_found_again() -> None:
    generator = np.random.default_rng(0)
    servings = [
        Serving(a, a * e, str(g), int(n), float(b))
        for a, e, g, n, b in zip(
            10 ** generator.uniform(9, 11, 80),
            generator.choice([1.0, 4.0, 10.0], 80),
            generator.choice(["h100", "b200"], 80),
            generator.choice([1, 2, 4, 8], 80),
            10 ** generator.uniform(0.5, 3, 80),
            strict=True,
        )
    ]
    joules = np.array([ENERGY.joules_per_token(s).value for s in servings])
    found = fit_energy(
        Measurements(tuple(str(i % 8) for i in range(80)), tuple(servings), joules, np.ones(80))
    )
    assert found == pytest.approx((ENERGY.weights, ENERGY.compute, ENERGY.overhead), rel=1e-3)


def test_error_factor() -> None:
    assert error_factor(np.zeros(3)) == 1
    assert error_factor(np.log(np.array([2.0, 0.5]))) == pytest.approx(2.0)


def test_ecologits_formula() -> None:
    """One 80 GB accelerator holds 14B: (alpha·e^(beta·8)·14 + gamma) Wh."""
    serving = Serving(14e9, 14e9, "h100", 1, 8.0)
    expected = (
        1.1665273170451914e-06 * np.exp(-0.011205921025579175 * 8) * 14 + 4.052928146734005e-05
    ) * 3600
    assert ecologits_joules(serving, 8.0) == pytest.approx(expected)
    assert ecologits_joules(Serving(70e9, 70e9, "h100", 4, 8.0), 8.0) > 4 * expected


def test_accelerators_for_a_size() -> None:
    assert served_on(8e9, "h100").gpus == 1
    assert served_on(70e9, "h100").gpus == 4
    assert served_on(70e9, "b200").gpus == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: Serving(-1, 1e9, "h100", 1),
        lambda: Serving(2e9, 1e9, "h100", 1),
        lambda: Serving(1e9, 1e9, "abacus", 1),
        lambda: Serving(1e9, 1e9, "h100", 0),
        lambda: Serving(1e9, 1e9, "h100", 1, 0.0),
        lambda: served_on(0.0, "h100"),
        lambda: served_on(1e9, "abacus"),
    ],
)
def test_impossible_servings_are_refused(make) -> None:
    with pytest.raises(BadInput):
        make()


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("model_id,gpu_model\nm,H100\n", "utf-8")
    with pytest.raises(BadInput, match="num_gpus"):
        read_measurements(tmp_path / "rows.csv")


def test_on_models_that_were_not_fitted(energy_rows: Path) -> None:
    measured = read_measurements(energy_rows)
    assert error_factor(errors_on_unseen(measured)) <= 1.4
    ours, ecologits, mean = comparison(measured)
    assert ours[1] < ecologits[1]
    assert ours[2] < mean[2]
    assert fit_energy(measured) == pytest.approx((ENERGY.weights, ENERGY.compute, ENERGY.overhead), rel=0.01)
    inside = np.abs(errors_on_unseen(measured)) < np.log(ENERGY.factor)
    assert inside.mean() >= 0.95
