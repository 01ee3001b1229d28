"""Calibrated probabilities mean what they say, and a card brings them back."""

import numpy as np
import pytest

from clearspan.overview.answering.reader.calibration import (
    SECOND,
    AnswerCalibration,
    Calibration,
    Shown,
    ShownWindow,
    shown_together,
)


def shown(*passages: tuple[float, list[float]]) -> Shown:
    """Passages of one window each, no sentence of which stands there twice."""
    tokens = iter(range(10_000))
    return Shown.of(
        [[ShownWindow(answers, logits, [(next(tokens),) for _ in logits])] for answers, logits in passages]
    )


def test_a_copy_is_no_rival_of_what_it_copies() -> None:
    copied = Shown.of([[ShownWindow(0.0, [1.5, 2.0, -3.0], [(1, 2, 3), (1, 2, 3), (9,)])]])
    alone = Shown.of([[ShownWindow(0.0, [2.0, -3.0], [(1, 2, 3), (9,)])]])
    assert copied.copies.tolist() == [0, 0, 2]
    assert copied.foremost().tolist() == [1, 2]
    assert copied.predictors()[1, 2] == pytest.approx(alone.predictors()[0, 2])


def test_the_same_words_in_another_order_are_a_rival() -> None:
    both = Shown.of([[ShownWindow(0.0, [2.0, 1.5], [(1, 2, 3), (3, 2, 1)])]])
    assert both.foremost().tolist() == [0, 1]


def test_predictors_tell_how_a_sentence_and_its_window_stand_among_all_that_was_read() -> None:
    found = shown((2.0, [3.0, -1.0]), (-1.0, [1.0])).predictors()
    assert found[:, :2].tolist() == [[3.0, 2.0], [-1.0, 2.0], [1.0, -1.0]]
    assert np.exp(found[:, 2]).sum() == pytest.approx(
        1.0, abs=0.02
    )  # the rest is the rival that is always there
    assert found[0, 2] - found[2, 2] == pytest.approx(2.0)
    assert found[:, 3].tolist() == [0.0, 0.0, -3.0]
    assert found[:, 4].tolist() == [1.0] * 3


def test_a_lone_sentence_is_held_against_an_unlikely_one() -> None:
    assert np.exp(shown((0.0, [-1.0])).predictors()[0, 2]) == pytest.approx(0.5)


def test_what_is_fitted_means_what_it_says() -> None:
    random = np.random.default_rng(0)
    predictors = np.column_stack([random.normal(size=(4000, 3)), np.ones(4000)])
    truth = 1.0 / (1.0 + np.exp(-(1.5 * predictors[:, 0] + 0.5 * predictors[:, 1] - 1.0)))
    right = random.random(4000) < truth
    weights = Calibration.fit(predictors, right).weights
    said = 1.0 / (1.0 + np.exp(-predictors @ weights))
    for low in (0.1, 0.3, 0.5, 0.7):
        within = (said >= low) & (said < low + 0.2)
        assert right[within].mean() == pytest.approx(said[within].mean(), abs=0.06)


def test_probabilities_keep_the_order_of_passages_and_sentences() -> None:
    weights = np.zeros(5)
    weights[0] = 1.0
    each = Calibration(weights).probabilities(shown((0.0, [0.0, 2.0]), (0.0, []), (0.0, [-2.0])))
    assert each == [
        [pytest.approx(0.5), pytest.approx(0.8808, abs=1e-4)],
        [],
        [pytest.approx(0.1192, abs=1e-4)],
    ]


def test_nothing_read_has_no_probability() -> None:
    assert Calibration(np.zeros(5)).probabilities(shown()) == []


def test_a_card_brings_it_back() -> None:
    one = Calibration(np.arange(5.0))
    assert Calibration.from_card(one.as_card()).weights.tolist() == one.weights.tolist()
    with pytest.raises(KeyError):
        Calibration.from_card({"sentence": 1.0})


def test_a_second_sentence_is_shown_that_is_not_far_behind() -> None:
    assert shown_together(np.array([0.1, 0.5, 0.4])) == [1, 2]
    assert shown_together(np.array([0.5, 0.9 * SECOND * 0.5])) == [0]
    assert shown_together(np.array([0.2])) == [0]


def test_what_is_shown_together_is_calibrated_together() -> None:
    random = np.random.default_rng(0)
    seen = [
        np.column_stack([np.sort(random.random(5))[::-1] * 0.6, random.normal(size=(5, 2))])
        for _ in range(3000)
    ]
    wide = [float(random.random() < 0.3) for _ in seen]
    # Of what is wide a part answers, too.
    right = np.array(
        [
            random.random() < 1.0 - (1.0 - 0.5 * share) * (1.0 - one[0, 0]) * (1.0 - one[1, 0])
            for one, share in zip(seen, wide, strict=True)
        ]
    )
    fitted = AnswerCalibration.fit(seen, wide, right)
    said = np.array([fitted.probability(one, share) for one, share in zip(seen, wide, strict=True)])
    for share in (0.0, 1.0):
        own = np.array(wide) == share
        assert right[own].mean() == pytest.approx(said[own].mean(), abs=0.03)
    for low in (0.5, 0.7):
        within = (said >= low) & (said < low + 0.2)
        assert within.sum() > 300
        assert right[within].mean() == pytest.approx(said[within].mean(), abs=0.06)
    again = AnswerCalibration.from_card(fitted.as_card())
    assert again.probability(seen[0], wide[0]) == pytest.approx(said[0], abs=1e-3)
    assert again.probability(np.zeros((0, 3)), 0.0) == 0.0
