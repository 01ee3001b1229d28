"""Every law: monotone where it must be, limits right, bad input refused."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clearspan.economy.scaling.laws.accuracy import ErrorOfLoss, SigmoidOfLoss
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.gadre import Gadre
from clearspan.economy.scaling.laws.kaplan import Kaplan
from clearspan.economy.scaling.laws.law import LossLaw
from clearspan.economy.scaling.laws.muennighoff import DataConstrained, OnUnique, optimal_size
from clearspan.economy.scaling.laws.presets import (
    DATA_CONSTRAINED,
    DISTILLATION,
    ERROR_C4,
    MUENNIGHOFF_BASE,
    PRESETS,
    drawn,
    preset,
)
from clearspan.errors import BadInput

sizes = st.floats(6.0, 12.5).map(lambda x: 10.0**x)
tokens = st.floats(8.0, 14.0).map(lambda x: 10.0**x)
chinchillas = st.builds(
    Chinchilla,
    E=st.floats(0.5, 2.5),
    A=st.floats(50, 5_000),
    B=st.floats(50, 20_000),
    alpha=st.floats(0.15, 0.6),
    beta=st.floats(0.15, 0.6),
)
kaplans = st.builds(
    Kaplan,
    N_c=st.floats(12, 15).map(lambda x: 10.0**x),
    D_c=st.floats(12, 15).map(lambda x: 10.0**x),
    alpha_n=st.floats(0.03, 0.3),
    alpha_d=st.floats(0.03, 0.3),
)
gadres = st.builds(
    Gadre, E=st.floats(0.5, 2.5), a=st.floats(20, 900), b=st.floats(20, 900), eta=st.floats(0.05, 0.3)
)
loss_laws = st.one_of(chinchillas, kaplans, gadres)


def central_differences(function, values: list[float]) -> np.ndarray:
    """Richardson's central differences by each value."""
    slopes = []
    for i, value in enumerate(values):

        def moved(step: float, i: int = i, value: float = value) -> float:
            return float(function([*values[:i], value + step, *values[i + 1 :]]))

        step = 1e-4 * abs(value)
        wide = (moved(step) - moved(-step)) / (2 * step)
        narrow = (moved(step / 2) - moved(-step / 2)) / step
        slopes.append((4 * narrow - wide) / 3)
    return np.array(slopes)


@given(loss_laws, sizes, tokens, st.floats(1.01, 100))
def test_more_of_either_lowers_the_loss_towards_the_floor(
    law: LossLaw, size: float, data: float, factor: float
) -> None:
    here = float(law.loss(size, data))
    assert float(law.loss(size * factor, data)) <= here
    assert float(law.loss(size, data * factor)) <= here
    assert float(law.loss(size * factor, data * factor)) < here
    assert law.floor <= float(law.loss(1e40, 1e40)) < here


@given(loss_laws, sizes, tokens)
def test_tokens_for_inverts_the_loss(law: LossLaw, size: float, data: float) -> None:
    loss = float(law.loss(size, data))
    again = law.tokens_for(loss, size)
    assert float(law.loss(size, again)) == pytest.approx(loss, rel=1e-9)
    assert law.smallest_for(loss) <= size * (1 + 1e-9)
    assert law.tokens_for(loss, law.smallest_for(loss) * 0.99) == math.inf


@given(loss_laws, st.floats(18, 26).map(lambda x: 10.0**x), st.floats(-2, 2))
def test_optimum_spends_the_budget_and_no_other_split_is_better(
    law: LossLaw, flops: float, shift: float
) -> None:
    size, data = law.optimal(flops)
    assert 6 * size * data == pytest.approx(flops, rel=1e-9)
    best = float(law.loss(size, data))
    assert float(law.loss(size * 10**shift, data / 10**shift)) >= best * (1 - 1e-12)
    cheapest = law.optimal_for_loss(best)
    assert cheapest[0] == pytest.approx(size, rel=1e-6)
    assert cheapest[1] == pytest.approx(data, rel=1e-6)


@given(loss_laws, sizes)
def test_optimal_tokens_makes_the_size_optimal(law: LossLaw, size: float) -> None:
    data = law.optimal_tokens(size)
    assert law.optimal(6 * size * data)[0] == pytest.approx(size, rel=1e-8)


@given(chinchillas, sizes)
def test_the_size_that_data_can_feed_is_the_optimal_one(law: Chinchilla, size: float) -> None:
    assert float(optimal_size(law, np.array(law.optimal_tokens(size)))) == pytest.approx(size, rel=1e-8)


@given(gadres, sizes, tokens)
def test_gadre_is_a_chinchilla_with_one_exponent(law: Gadre, size: float, data: float) -> None:
    twin = law.as_chinchilla()
    assert twin.alpha == twin.beta == 2 * law.eta
    assert float(twin.loss(size, data)) == pytest.approx(float(law.loss(size, data)), rel=1e-9)


@given(sizes, tokens, st.floats(0, 4))
def test_repeated_data_is_worth_less_and_never_more_than_its_limit(
    size: float, data: float, log: float
) -> None:
    law, unique = DATA_CONSTRAINED, data / 10**log
    worth = float(law.effective_tokens(data, unique))
    assert unique * (1 - 1e-9) <= worth <= data * (1 + 1e-9)
    assert worth <= unique * (1 + law.R_D) * (1 + 1e-9)
    assert float(law.loss(size, data, unique)) >= float(law.loss(size, data, data)) - 1e-12
    assert float(law.effective_parameters(size, unique)) <= size * (1 + 1e-9)


def test_data_constrained_is_chinchilla_on_fresh_data_for_sizes_it_can_feed() -> None:
    law = DATA_CONSTRAINED
    size, data = law.base.optimal(1e21)
    assert float(law.loss(size / 2, data, data)) == pytest.approx(float(law.base.loss(size / 2, data)))
    assert law.optimal(1e21, 1e15) == law.base.optimal(1e21)


@settings(max_examples=25)
@given(st.floats(19, 24).map(lambda x: 10.0**x), st.floats(8, 12).map(lambda x: 10.0**x), st.floats(-1, 1))
def test_data_constrained_optimum(flops: float, unique: float, shift: float) -> None:
    law = DATA_CONSTRAINED
    size, data = law.optimal(flops, unique)
    assert 6 * size * data == pytest.approx(flops, rel=1e-6)
    moved = float(law.loss(size * 10**shift, data / 10**shift, min(unique, data / 10**shift)))
    assert moved >= float(law.loss(size, data, unique)) * (1 - 1e-6)


def test_four_epochs_are_nearly_fresh_and_forty_are_not() -> None:
    """Muennighoff et al. 2023: up to 4 epochs repeated data is worth about as much as fresh data."""
    law = DATA_CONSTRAINED
    assert float(law.effective_tokens(4e9, 1e9)) > 3.7e9
    assert float(law.effective_tokens(40e9, 1e9)) < 16e9


def test_error_falls_with_loss_and_is_a_probability() -> None:
    losses = np.linspace(0.01, 12, 50)
    errors = ERROR_C4.error(losses)
    assert np.all(np.diff(errors) >= 0)
    assert np.all((errors >= 0) & (errors <= 1))
    assert float(SigmoidOfLoss(0.25, 0.75, 4.0, 2.0).accuracy(-50.0)) == pytest.approx(1.0)
    assert float(SigmoidOfLoss(0.25, 0.75, 4.0, 2.0).accuracy(50.0)) == pytest.approx(0.25)


def test_a_far_better_teacher_stops_helping() -> None:
    """The capacity gap of Busbridge et al. 2025: the slope by the teacher's loss changes its sign."""
    near, far = (
        central_differences(lambda v: DISTILLATION.loss(v[0], 1e8, 2e10), [teacher])[0]
        for teacher in (2.3, 1.4)
    )
    assert near > 0 > far


@given(st.floats(1.9, 2.5), sizes, tokens)
def test_distillation_tokens_invert_the_loss(teacher: float, size: float, data: float) -> None:
    loss = float(DISTILLATION.loss(teacher, size, data))
    again = DISTILLATION.tokens_for(loss, teacher, size)
    if math.isfinite(again):
        assert float(DISTILLATION.loss(teacher, size, again)) <= loss + 1e-9
        fewer = float(DISTILLATION.loss(teacher, size, again * 0.999))
        assert fewer > loss - 1e-12 or again < 1.1e6
    assert DISTILLATION.tokens_for(1.0, teacher, size) == math.inf


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_say_where_they_come_from_and_predict_sensible_losses(name: str) -> None:
    chosen = preset(name)
    assert "arXiv" in chosen.source
    assert chosen.interval
    assert isinstance(chosen.law, LossLaw)
    assert 1.5 < float(chosen.law.loss(70e9, 1.4e12)) < 2.5


def test_drawn_laws_have_the_published_errors() -> None:
    laws = [law for law in drawn(preset("besiroglu-2024"), 3000) if isinstance(law, Chinchilla)]
    for name, error in (("E", 0.0257), ("alpha", 0.0154), ("beta", 0.0206), ("A", 124.5)):
        assert np.std([getattr(law, name) for law in laws]) == pytest.approx(error, rel=0.15)
    assert drawn(preset("kaplan-2020")) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: Chinchilla(-0.1, 1, 1, 1, 1),
        lambda: Chinchilla(1, math.nan, 1, 1, 1),
        lambda: Chinchilla(1, 1, 1, 0, 1),
        lambda: Kaplan(-1, 1, 1, 1),
        lambda: Gadre(1, 1, 1, math.inf),
        lambda: DataConstrained(DATA_CONSTRAINED.base, 0, 1),
        lambda: ErrorOfLoss(0.8, -1, 1),
        lambda: SigmoidOfLoss(0.5, 0.7, 1, 1),
        lambda: preset("chinchila"),
    ],
)
def test_impossible_constants_are_refused(make) -> None:
    with pytest.raises(BadInput):
        make()


@settings(max_examples=20)
@given(st.floats(1, 40), st.floats(1, 15), st.floats(9, 11), st.floats(19, 24), st.floats(8, 11))
def test_a_number_of_unique_tokens_makes_a_law_of_size_and_tokens(
    repeats: float, excess: float, log_unique: float, log_flops: float, log_size: float
) -> None:
    """Each of its answers is the inverse of another, or beats its neighbours."""
    law = OnUnique(DataConstrained(MUENNIGHOFF_BASE, repeats, excess), 10**log_unique)
    assert isinstance(law, LossLaw)
    size, tokens = law.optimal(10**log_flops)
    loss = float(law.loss(size, tokens))
    assert law.floor <= loss
    # Where repetition is used up, every size is as good as another to the last digits.
    assume(loss > 1.01 * law.floor)
    assert law.optimal_tokens(size) == pytest.approx(tokens, rel=0.03)
    assert law.optimal_for_loss(loss) == pytest.approx((size, tokens), rel=0.02)
    assert law.smallest_for(loss) < size
    given_size = 10**log_size
    needed = law.tokens_for(loss, given_size)
    assert (needed == math.inf) == (given_size <= law.smallest_for(loss) * (1 + 1e-9))
    if needed < math.inf:
        assert float(law.loss(given_size, needed)) == pytest.approx(loss, rel=1e-6)
    assert law.tokens_for(law.floor * 0.999, given_size) == math.inf
    assert law.optimal_for_loss(law.floor * 0.999) == (math.inf, math.inf)
