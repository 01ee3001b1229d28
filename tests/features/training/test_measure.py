"""Figures of a dictionary against their definitions."""

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.measure import reconstruction
from clearspan.features.training.scale import Scale
from clearspan.features.training.schedule import learning_rate
from clearspan.features.training.steps.selection import cut, histogram, pattern_of, value_of
from clearspan.features.training.thresholds import fitted_threshold, with_threshold

from .conftest import MadeUpSource


def dictionary(features: int = 40, width: int = 12, threshold: float = 1.0) -> JumpReluDictionary:
    """Random, with one threshold."""
    generator = torch.Generator().manual_seed(3)
    decoder = torch.nn.functional.normalize(torch.randn(features, width, generator=generator), dim=1)
    return JumpReluDictionary(
        Card(name=f"smollm2-135m/layers.15.residual/{features}", architecture="jumprelu"),
        {
            "W_enc": decoder.T.clone(),
            "b_enc": torch.full([features], 0.1),
            "threshold": torch.full([features], threshold),
            "W_dec": decoder,
            "b_dec": torch.randn(width, generator=generator),
        },
    )


def test_unexplained_variance_is_about_the_mean_and_batches_do_not_matter() -> None:
    rows = torch.randn(500, 12, generator=torch.Generator().manual_seed(1)) + 30
    made = dictionary()
    one, many = reconstruction(made, [rows]), reconstruction(made, rows.split(77))
    left = made.decode(made.encode(rows)) - rows
    wanted = float(left.square().sum() / (rows - rows.mean(0)).square().sum())
    assert one.unexplained_variance == pytest.approx(wanted, rel=1e-4)
    assert many.unexplained_variance == pytest.approx(one.unexplained_variance, rel=1e-6)
    assert torch.equal(one.density, many.density)
    assert one.active == pytest.approx(float((made.encode(rows) > 0).sum(1).float().mean()))
    assert sum(one.histogram().values()) == 40
    with pytest.raises(BadInput, match="no activations"):
        reconstruction(made, [])


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=200), st.integers(1, 250))
def test_the_cut_is_the_n_th_largest(values: list[float], wanted: int) -> None:
    rounded = torch.tensor(values).bfloat16().float()
    limit = value_of(cut(histogram(torch.tensor(values)), wanted))
    if wanted <= len(values):
        assert limit == float(rounded.sort(descending=True).values[wanted - 1])
        assert pattern_of(limit) == cut(histogram(torch.tensor(values)), wanted)
    else:
        assert limit < float(rounded.min())


def test_a_fitted_threshold_lets_as_many_be_active_as_wanted() -> None:
    rows = torch.randn(20_000, 12, generator=torch.Generator().manual_seed(2))
    made = dictionary()
    threshold = fitted_threshold(rows.split(3000), made.encoder, made.bias, active=2.5)
    assert reconstruction(dictionary(threshold=threshold), [rows]).active == pytest.approx(2.5, rel=0.01)
    with pytest.raises(BadInput, match="without activations"):
        fitted_threshold([], made.encoder, made.bias, 2.5)


def test_folding_gives_the_same_reconstruction_on_the_activations_as_they_are() -> None:
    generator = torch.Generator().manual_seed(5)
    parameters = {
        "encoder": torch.randn(30, 8, generator=generator),
        "encoder_bias": torch.randn(30, generator=generator),
        "decoder": torch.randn(30, 8, generator=generator),
        "decoder_bias": torch.randn(8, generator=generator),
    }
    scale = Scale(torch.randn(8, generator=generator) * 4, 0.3)
    rows = torch.randn(50, 8, generator=generator) * 3
    inner = scale.normalised(rows)
    active = torch.addmm(parameters["encoder_bias"], inner, parameters["encoder"].T).relu()
    made = (active @ parameters["decoder"] + parameters["decoder_bias"]) / scale.factor + scale.mean
    folded = scale.folded(parameters)
    outer = torch.addmm(folded["b_enc"], rows, folded["W_enc"]).relu()
    torch.testing.assert_close(outer @ folded["W_dec"] + folded["b_dec"], made, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("steps", "rate"), [(6000, 1e-3), (3000, 1e-3), (750, 2e-3), (100, 4e-3)])
def test_shorter_trainings_learn_faster(steps: int, rate: float) -> None:
    config = TrainingConfig(tokens=steps * 2048)
    assert config.highest_rate == pytest.approx(rate)
    assert TrainingConfig(tokens=steps * 2048, learning_rate=5e-4).highest_rate == 5e-4


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.integers(1, 300), st.floats(0, 0.5), st.floats(0, 0.5))
def test_the_learning_rate_rises_stays_and_falls(steps: int, warm_up: float, decay: float) -> None:
    config = TrainingConfig(tokens=steps * 8, batch=8, features=8, k=2, warm_up=warm_up, decay=decay)
    rates = [learning_rate(config, step) for step in range(steps)]
    assert all(0 < rate <= config.highest_rate for rate in rates)
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_a_topk_dictionary_gets_a_threshold() -> None:
    generator = torch.Generator().manual_seed(8)
    plain = dictionary().parameters
    parameters = {name: plain[name] for name in ("W_enc", "b_enc", "W_dec", "b_dec")}
    card = Card(name="smollm2-135m/layers.15.residual/40", architecture="topk")
    source = MadeUpSource(torch.randn(8192, 12, generator=generator))
    made = with_threshold(TopKDictionary(card, parameters, k=4), source)
    assert reconstruction(made, source.batches(4096)).active == pytest.approx(4, rel=0.01)
    assert (made.card.architecture, made.card.trained_as) == ("jumprelu", "topk")
    with pytest.raises(Refused, match="needs no thresholds"):
        with_threshold(dictionary(), source)
    other = card.model_copy(update={"name": "smollm2-135m/layers.3.residual/40"})
    with pytest.raises(BadInput, match="not of"):
        with_threshold(TopKDictionary(other, parameters, k=4), source)
