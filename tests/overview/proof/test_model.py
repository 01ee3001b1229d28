"""The verifier's weights: which set is asked for which predictors, and what is written is what is read."""

import json
import math

import numpy as np
import pytest

from clearspan.overview.proof.model import Logistic, Weights, expit, trained


def constant(logit: float) -> Logistic:
    return Logistic({}, logit)


WEIGHTS = Weights(
    words=constant(0.1),
    meaning=constant(0.2),
    likelihood=constant(0.3),
    contradiction=constant(0.4),
    contradiction_words=constant(0.5),
    broken={"numbers": 0.123456789},
    kept={"name": 0.9},
    trained={"made": 7},
)


def probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


@pytest.mark.parametrize(
    ("predictors", "logit"),
    [
        ({"words": 1.0}, 0.1),
        ({"words": 1.0, "likelier": 1.0}, 0.1),
        ({"words": 1.0, "aligned": 1.0}, 0.2),
        ({"words": 1.0, "aligned": 1.0, "likelier": 1.0}, 0.3),
    ],
)
def test_the_predictors_at_hand_choose_the_weights(predictors: dict[str, float], logit: float) -> None:
    assert WEIGHTS.supported(predictors) == pytest.approx(probability(logit))


def test_contradiction_is_told_from_meaning_where_there_is_any() -> None:
    assert WEIGHTS.contradicted({"aligned": 0.5}) == pytest.approx(probability(0.4))
    assert WEIGHTS.contradicted({"words": 0.5}) == pytest.approx(probability(0.5))


def test_logits_are_weighted_sums_row_by_row() -> None:
    model = Logistic({"a": 2.0, "b": -1.0}, 0.5)
    assert model.logits([{"a": 1.0, "b": 3.0}, {"b": 1.0, "c": 9.0}]).tolist() == [-0.5, -0.5]
    assert model.probabilities([{"a": 1.0}])[0] == pytest.approx(probability(2.5))
    assert model.logits([]).shape == (0,)


def test_the_logistic_function_does_not_overflow() -> None:
    assert expit(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]
    assert expit(np.array([1.5]))[0] == pytest.approx(probability(1.5))


def test_the_file_rounds_to_five_figures_and_says_what_the_weights_are() -> None:
    text = WEIGHTS.as_json()
    raw = json.loads(text)
    assert text.endswith("}\n")
    assert text.startswith('{\n "words": {\n')
    assert raw["broken"] == {"numbers": 0.12346}
    assert raw["trained"] == {"made": 7}
    assert Weights.from_json(text).likelihood == WEIGHTS.likelihood
    assert Weights.from_json(text).kept == {"name": 0.9}


def test_what_ships_has_a_share_for_every_kind_of_part() -> None:
    assert {"number", "date", "name", "scope"} <= set(trained().kept)
    assert all(0.0 < share < 0.5 for share in trained().broken.values())
    assert all(0.9 < share <= 1.0 for share in trained().kept.values())
    assert trained() is trained()
