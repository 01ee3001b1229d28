"""From what both networks say of a sentence to the probability that it answers.

The large network reads the windows that the small one thinks likeliest. A sentence that both read is weighed by a
logistic model over both logits and how they stand among those that were read alike; one that only the small network
read, by another, since those that answer are seldom among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.reader.calibration import NO_RIVAL, Shown, Vector, logistic, sigmoid

_NAMES = (
    "close sentence",
    "close window",
    "close share",
    "close behind",
    "sentence",
    "window",
    "share",
    "behind",
    "bias",
)
_LEFT = 4
"""Predictors from here on are those of the small network alone."""

_MOST_LEFT = 12
"""Sentences of a question that only the small network read that the calibration is fitted on, the best ones."""


@dataclass(frozen=True, slots=True)
class CloseCalibration:
    """Weights of the predictors.

    Attributes:
        again: of what both networks read, shape `(9,)`.
        left: of what only the small one read, shape `(5,)`.
    """

    again: Vector
    left: Vector

    @classmethod
    def from_card(cls, card: Mapping[str, Mapping[str, float]]) -> "CloseCalibration":
        """As a card keeps it. Raises KeyError where one is missing."""
        again = np.array([card["again"][name] for name in _NAMES], np.float64)
        return cls(again, np.array([card["left"][name] for name in _NAMES[_LEFT:]], np.float64))

    def as_card(self) -> dict[str, dict[str, float]]:
        """Weights by name, for a card."""
        named = ((_NAMES, self.again), (_NAMES[_LEFT:], self.left))
        again, left = (
            {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}
            for names, weights in named
        )
        return {"again": again, "left": left}

    @classmethod
    def of(cls, shown: Sequence[Shown], right: Sequence[NDArray[np.bool_]]) -> "CloseCalibration":
        """Of some questions; of copies only the foremost counts.

        Args:
            shown: of each question.
            right: whether each sentence answers, of each question.
        """
        again: list[tuple[NDArray[np.float64], NDArray[np.bool_]]] = []
        left: list[tuple[NDArray[np.float64], NDArray[np.bool_]]] = []
        for one, labels in zip(shown, right, strict=True):
            once = one.foremost()
            read = one.again[once]
            again.append((close_predictors(one)[once][read], labels[once][read]))
            rest = once[~read]
            rest = rest[np.argsort(-one.sentence[rest])[:_MOST_LEFT]]
            left.append((one.predictors()[rest], labels[rest]))
        both = [
            logistic(np.concatenate([x for x, _ in each]), np.concatenate([y for _, y in each]), 1.0)
            for each in (again, left)
        ]
        return cls(both[0], both[1])

    def probabilities(self, shown: Shown) -> list[list[float]]:
        """Of the sentences of each passage, in [0, 1]."""
        if not len(shown.sentence):
            return [[] for _ in shown.passages]
        again, left = sigmoid(close_predictors(shown) @ self.again), sigmoid(shown.predictors() @ self.left)
        each = np.where(shown.again, again, left)
        # What was read closely somewhere is as likely wherever it stands.
        for at in shown.foremost():
            if shown.again[at]:
                each[(shown.copies == shown.copies[at]) & ~shown.again] = each[at]
        return shown.by_passage(each)


def close_predictors(shown: Shown) -> NDArray[np.float64]:
    """Columns as `CloseCalibration.again` weighs them, shape `(sentences, 9)`; of what was not read again, noughts."""
    again = shown.again
    close, window = (np.where(again, one, 0.0) for one in (shown.close, shown.close_window))
    once = shown.foremost()
    every = np.logaddexp.reduce([*close[once][again[once]], NO_RIVAL])
    behind = window - window[again].max(initial=-np.inf) if again.any() else window
    own = np.column_stack([close, window, close - every, behind]) * again[:, None]
    return np.column_stack([own, shown.predictors()])
