"""From the reader's logits to the probability that a sentence answers, so that one half means one half.

A logistic model over a sentence's logit, its window's, and how far it stands above or below the best other sentence
that was read for the question (Platt 1999, with the margin that Chow's rule wants to know). Fitted on questions whose
documents the reader has not seen. A bias for each kind of question was tried: it learned which sets are hard, and made
the reader silent on easy questions of the same kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize  # pyright: ignore[reportMissingTypeStubs]

Vector = NDArray[np.float64]

_optimize: Any = optimize

_FURTHEST = 6.0
"""Of a margin, in logits; a wider one says no more."""

_NO_RIVAL = -1.0
"""What a lone sentence is held against: another one that is a little unlikely to answer."""

_NAMES = ("sentence", "window", "margin", "bias")


@dataclass(frozen=True, slots=True)
class Shown:
    """All sentences that were read for one question.

    Attributes:
        sentence: logit of each, shape `(sentences,)`.
        window: logit of its window, same shape.
        passages: number of sentences of each passage, in order.
    """

    sentence: Vector
    window: Vector
    passages: tuple[int, ...]

    @classmethod
    def of(cls, passages: Sequence[Sequence[tuple[float, Sequence[float]]]]) -> "Shown":
        """Of the windows of each passage: the logit of each window, and those of its sentences."""
        windows = [window for passage in passages for window in passage]
        sentence = np.array([logit for _, logits in windows for logit in logits], np.float64)
        window = np.repeat([answers for answers, _ in windows], [len(logits) for _, logits in windows])
        sizes = tuple(sum(len(logits) for _, logits in passage) for passage in passages)
        return cls(sentence, window.astype(np.float64), sizes)

    def features(self) -> NDArray[np.float64]:
        """Columns as `Calibration` weighs them, shape `(sentences, features)`."""
        rows = len(self.sentence)
        order = np.argsort(-self.sentence)
        best = np.full(rows, self.sentence[order[0]])
        best[order[0]] = self.sentence[order[1]] if rows > 1 else _NO_RIVAL
        margin = np.clip(self.sentence - best, -_FURTHEST, _FURTHEST)
        return np.column_stack([self.sentence, self.window, margin, np.ones(rows)])


@dataclass(frozen=True, slots=True)
class YesCalibration:
    """From the logit of yes to its probability: a head that tells little comes out near the share of yes among all."""

    slope: float
    offset: float

    @classmethod
    def fit(cls, logits: Vector, yes: NDArray[np.bool_]) -> "YesCalibration":
        """Fitted on questions that people answered with yes or no."""
        weights = _logistic(np.column_stack([logits, np.ones(len(logits))]), yes, 1.0)
        return cls(round(float(weights[0]), 5), round(float(weights[1]), 5))

    def probability(self, logit: float) -> float:
        """Of yes, given that it is yes or no."""
        return float(_sigmoid(np.array(self.slope * logit + self.offset)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the features."""

    weights: Vector

    @classmethod
    def from_card(cls, card: Mapping[str, float]) -> "Calibration":
        """As a card keeps it. Raises KeyError where one is missing."""
        return cls(np.array([card[name] for name in _NAMES], np.float64))

    def as_card(self) -> dict[str, float]:
        """Weights by name, for a card."""
        return {name: round(float(weight), 5) for name, weight in zip(_NAMES, self.weights, strict=True)}

    @classmethod
    def fit(
        cls, features: NDArray[np.float64], right: NDArray[np.bool_], penalty: float = 1.0
    ) -> "Calibration":
        """Fitted by maximum likelihood with a small quadratic penalty.

        Args:
            features: of sentences of many questions, shape `(sentences, features)`.
            right: whether each answers.
        """
        return cls(_logistic(features, right, penalty))

    def probabilities(self, shown: Shown) -> list[list[float]]:
        """Of the sentences of each passage, in [0, 1]."""
        if not len(shown.sentence):
            return [[] for _ in shown.passages]
        each = _sigmoid(shown.features() @ self.weights)
        ends = np.cumsum(shown.passages)
        return [
            [float(one) for one in each[end - size : end]]
            for end, size in zip(ends, shown.passages, strict=True)
        ]


def _logistic(features: NDArray[np.float64], right: NDArray[np.bool_], penalty: float) -> Vector:
    """Weights of a logistic regression with a quadratic penalty."""
    target = right.astype(np.float64)

    def loss(weights: Vector) -> tuple[float, Vector]:
        logits = features @ weights
        value = float(np.logaddexp(0, logits).sum() - logits @ target + 0.5 * penalty * weights @ weights)
        return value, features.T @ (_sigmoid(logits) - target) + penalty * weights

    found: Any = _optimize.minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, np.float64)


def _sigmoid(values: Vector) -> Vector:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -30, 30)))
