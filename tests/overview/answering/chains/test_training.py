"""What is fitted finds what made the examples, and is measured on others."""

import numpy as np
import pytest

from clearspan.errors import BadInput
from clearspan.overview.answering.chains.predictors import PREDICTORS
from clearspan.overview.answering.chains.training import ChainExample, fit

BRIDGE = PREDICTORS.index("bridge")


def examples(count: int, answerable: bool = True) -> list[ChainExample]:
    """Pairs of noise, one of which is a bridge, which mostly answers."""
    random = np.random.default_rng(count)
    made: list[ChainExample] = []
    for number in range(count):
        predictors = random.normal(size=(12, len(PREDICTORS)))
        predictors[:, BRIDGE] = 0.0
        predictors[3, BRIDGE] = 1.0
        right = np.zeros(12, np.bool_)
        right[3 if random.random() < 0.8 else 7] = answerable
        made.append(ChainExample(f"page {number // 2}", predictors, right, right, False, answerable))
    return made


def test_a_bridge_is_learned_and_its_probability_is_true() -> None:
    model, quality = fit(examples(300))
    assert model.weights[BRIDGE] > 5 * np.abs(np.delete(model.weights, BRIDGE)).max()
    assert 0.7 < quality.told < 0.9
    assert quality.alone == 0.0
    assert quality.low < quality.told < quality.high
    one = examples(1)[0]
    at, seen = model.chosen(one.predictors)
    assert at == 3
    assert 0.6 < 1 / (1 + np.exp(-seen @ model.calibration)) < 0.95


def test_questions_without_an_answer_make_it_less_sure_and_teach_no_weights() -> None:
    alone, _ = fit(examples(200))
    model, quality = fit([*examples(200), *examples(150, answerable=False)])
    assert np.allclose(model.weights, alone.weights, rtol=0.05, atol=0.05)
    assert quality.questions == 200
    at, seen = model.chosen(examples(1)[0].predictors)
    assert seen @ model.calibration < seen @ alone.calibration
    assert at == 3


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(BadInput, match="too few questions of several hops"):
        fit([*examples(20), *examples(100, answerable=False)])
