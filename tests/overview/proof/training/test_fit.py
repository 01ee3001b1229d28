"""The fit keeps its signs, does not learn sources, and gives probabilities that come true."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.overview.proof.model import Logistic, Weights, expit, trained
from clearspan.overview.proof.training.fit import calibrated, fit


def drawn(count: int = 600) -> tuple[list[dict[str, float]], list[bool], list[str]]:
    generator = np.random.default_rng(0)
    rows, truth, sources = [], [], []
    for number in range(count):
        source = number % 3
        good, noise = generator.normal(), generator.normal()
        truth.append(bool(generator.random() < expit(np.array(2.0 * good + source - 1.0))))
        rows.append({"good": good + source, "noise": noise, "wrong": -good + generator.normal()})
        sources.append(f"set {source}")
    return rows, truth, sources


def test_weights_keep_their_signs_and_find_what_matters() -> None:
    rows, truth, sources = drawn()
    model = fit(rows, truth, sources, {"good": 1, "noise": 1, "wrong": 1}, penalty=1.0, most=1_000)
    assert model.weights["good"] > 1.0
    assert model.weights.get("noise", 0.0) < 0.3
    assert "wrong" not in model.weights  # it may not speak against


def test_probabilities_are_right_on_average() -> None:
    rows, truth, sources = drawn()
    model = fit(rows, truth, sources, {"good": 1, "noise": 0}, penalty=1.0, most=1_000)
    better = calibrated(model, model.logits(rows), truth, sources)
    said = better.probabilities(rows)
    assert abs(float(said[np.array(truth)].mean() + said[~np.array(truth)].mean()) - 1.0) < 0.1


def test_weights_survive_their_file() -> None:
    weights = trained()
    assert Weights.from_json(weights.as_json()) == weights


def test_what_ships_ranks_a_quote_above_a_stranger() -> None:
    weights = trained()
    told = dict.fromkeys(weights.meaning.weights, 0.0)
    quote = {name: float(value > 0) for name, value in weights.meaning.weights.items()} | {"aligned": 1.0}
    assert weights.supported(quote) > 0.85
    assert weights.supported(told | {"aligned": 0.0, "unaligned": 1.0}) < 0.3


@settings(deadline=None)
@given(st.floats(min_value=-1e4, max_value=1e4))
def test_the_logistic_function_is_one(logit: float) -> None:
    found = float(expit(np.array(logit)))
    assert 0.0 <= found <= 1.0
    assert found + float(expit(np.array(-logit))) == pytest.approx(1.0)


def test_a_missing_predictor_counts_as_nothing() -> None:
    model = Logistic({"a": 2.0, "b": 1.0}, -1.0)
    assert model.logits([{"a": 1.0}])[0] == pytest.approx(1.0)
