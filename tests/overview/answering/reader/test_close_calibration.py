"""What both networks say comes to one probability, and what only the small one read does not decide."""

import numpy as np
import pytest

from clearspan.overview.answering.reader.calibration import Shown, ShownWindow
from clearspan.overview.answering.reader.close_calibration import CloseCalibration, close_predictors


def shown(*windows: tuple[list[float], list[float] | None]) -> Shown:
    """Windows with the logits of their sentences by either network, a passage each."""
    tokens = iter(range(10_000))
    return Shown.of(
        [
            [
                ShownWindow(
                    0.0, quick, [(next(tokens),) for _ in quick], None if close is None else (1.0, close)
                )
            ]
            for quick, close in windows
        ]
    )


def test_only_what_the_large_network_read_decides() -> None:
    found = shown(([2.0, 1.0], None), ([0.5], [3.0]))
    assert found.decides.tolist() == [False, False, True]
    assert found.logits.tolist() == [[2.0, 0.0], [1.0, 0.0], [3.0, 1.0]]
    assert shown(([2.0], None)).decides.tolist() == [True]


def test_a_sentence_is_held_against_those_that_were_read_alike() -> None:
    predictors = close_predictors(shown(([9.0], None), ([0.0, 0.0], [2.0, 2.0])))
    assert predictors[0, :4].tolist() == [0.0] * 4
    share = np.exp(predictors[1:, 2])
    assert share[0] == share[1] == pytest.approx(0.5, abs=0.03)


def test_of_copies_the_one_that_was_read_closely_comes_first() -> None:
    twice = Shown.of([[ShownWindow(0.0, [4.0], [(1, 2)]), ShownWindow(0.0, [1.0], [(1, 2)], (0.0, [-3.0]))]])
    assert twice.foremost().tolist() == [1]


def test_a_copy_that_was_not_read_closely_is_as_likely_as_one_that_was_and_others_keep_their_own() -> None:
    def windows(*close: tuple[float, list[float]] | None) -> Shown:
        return Shown.of([[ShownWindow(0.0, [1.0], [(1, 2)], one)] for one in close])

    weights = CloseCalibration(np.array([1.0, *[0.0] * 8]), np.zeros(5))
    one, two = weights.probabilities(windows((0.0, [3.0]), None))
    assert one == two == [pytest.approx(0.953, abs=1e-3)]
    one, two = weights.probabilities(windows((0.0, [3.0]), (0.0, [-3.0])))
    assert (one, two) == ([pytest.approx(0.953, abs=1e-3)], [pytest.approx(0.047, abs=1e-3)])


def test_what_is_fitted_means_what_it_says_and_a_card_brings_it_back() -> None:
    random = np.random.default_rng(0)
    questions, labels = [], []
    for _ in range(600):
        quick, close = random.normal(size=4), random.normal(size=2)
        one = shown((list(quick[:2]), list(close)), (list(quick[2:]), None))
        right = np.concatenate([random.random(2) < 1 / (1 + np.exp(-2 * close)), random.random(2) < 0.05])
        questions.append(one)
        labels.append(right)
    fitted = CloseCalibration.of(questions, labels)
    fitted = CloseCalibration.from_card(fitted.as_card())
    said = np.concatenate([np.concatenate(fitted.probabilities(one)) for one in questions])
    every = np.concatenate(labels)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        within = (said >= low) & (said < low + 0.2)
        assert every[within].mean() == pytest.approx(said[within].mean(), abs=0.08)
    left = np.tile([False, False, True, True], 600)
    assert said[left].max() < 0.2


def test_nothing_read_has_no_probability() -> None:
    assert CloseCalibration(np.zeros(9), np.zeros(5)).probabilities(Shown.of([[], []])) == [[], []]
