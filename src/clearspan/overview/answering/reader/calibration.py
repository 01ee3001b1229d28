"""From the reader's logits to the probability that a sentence answers, and that an overview does; one half is one half.

A logistic model (Platt 1999) over a sentence's logit and its window's, and how both stand among all that was read for
the question: the sentence's share by a softmax, and how far its window stands behind the best one. Fitted on questions
whose documents the reader has not seen. A bias for each kind of question was tried: it learned which sets are hard, and
made the reader silent on easy questions of the same kind.

Whether anything is shown is decided by a second model of that kind, over what is shown together: two sentences of which
each is a little unlikely may well hold the answer between them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

NO_RIVAL = -1.0
"""What a lone sentence is held against: another one that is a little unlikely to answer."""

_NAMES = ("sentence", "window", "share", "behind", "bias")

_BEST = 12
"""Sentences of a question that the calibration is fitted on, the best ones: the rest are never shown."""

SECOND = 0.3
"""A second sentence is shown from this share of the first one's probability on."""

_ANSWER_NAMES = ("joint", "first", "second", "third", "window", "other window", "own window", "wide", "bias")
_LEAST = -6.0
"""Logit of a sentence or window where there is none."""


@dataclass(frozen=True, slots=True)
class ShownWindow:
    """A window as it was read.

    Attributes:
        answers: logit that it holds an answer.
        sentences: logit of each of its sentences.
        said: the tokens of each.
        close: both again, as the large network has them; None where it did not read the window.
    """

    answers: float
    sentences: Sequence[float]
    said: Sequence[tuple[int, ...]]
    close: tuple[float, Sequence[float]] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """All sentences that were read for one question.

    Attributes:
        sentence: logit of each, shape `(sentences,)`.
        window: logit of its window, same shape.
        copies: number of the first one that says the same word for word, which may be itself, same shape.
        passages: number of sentences of each passage, in order.
        close, close_window: as `sentence` and `window`, by the large network; not a number where it did not read.
        wide: probability that the question asks for more than one fact.
    """

    sentence: Vector
    window: Vector
    copies: NDArray[np.int64]
    passages: tuple[int, ...]
    close: Vector
    close_window: Vector
    wide: float

    @classmethod
    def of(cls, passages: Sequence[Sequence[ShownWindow]], wide: float = 0.0) -> "Shown":
        """Of the windows of each passage."""
        windows = [window for passage in passages for window in passage]
        sentence = np.array([logit for one in windows for logit in one.sentences], np.float64)
        window = np.repeat([one.answers for one in windows], [len(one.sentences) for one in windows])
        said = [words for one in windows for words in one.said]
        sizes = tuple(sum(len(one.sentences) for one in passage) for passage in passages)
        first: dict[tuple[int, ...], int] = {}
        copies = np.array([first.setdefault(words, at) for at, words in enumerate(said)], np.int64)
        again = [one.close or (math.nan, [math.nan] * len(one.sentences)) for one in windows]
        close = np.array([logit for _, logits in again for logit in logits], np.float64)
        close_window = np.repeat([answers for answers, _ in again], [len(logits) for _, logits in again])
        return cls(
            sentence, window.astype(np.float64), copies, sizes, close, close_window.astype(np.float64), wide
        )

    @property
    def again(self) -> NDArray[np.bool_]:
        """Whether the large network read each sentence, shape `(sentences,)`."""
        return ~np.isnan(self.close)

    @property
    def decides(self) -> NDArray[np.bool_]:
        """Whether each counts for whether anything is shown: it was read by the largest network that read any."""
        return self.again if self.again.any() else np.ones(len(self.sentence), np.bool_)

    @property
    def logits(self) -> NDArray[np.float64]:
        """Of each sentence and its window, by the largest network that read it, shape `(sentences, 2)`."""
        return np.column_stack(
            [
                np.where(self.again, self.close, self.sentence),
                np.where(self.again, self.close_window, self.window),
            ]
        )

    def foremost(self) -> NDArray[np.int64]:
        """Of each text, however often it stands there, the number of the sentence that was read best."""
        best = np.lexsort((-self.logits[:, 0], ~self.again, self.copies))
        _, firsts = np.unique(self.copies[best], return_index=True)
        return best[firsts]

    def by_passage(self, values: Vector) -> list[list[float]]:
        """A value of each sentence, a list a passage."""
        ends = np.cumsum(self.passages)
        return [
            [float(one) for one in values[end - size : end]]
            for end, size in zip(ends, self.passages, strict=True)
        ]

    def predictors(self) -> NDArray[np.float64]:
        """Columns as `Calibration` weighs them, shape `(sentences, predictors)`."""
        # Copies of a sentence are no rivals of it: a library may hold the page that says it twice.
        every = np.logaddexp.reduce([*self.sentence[self.foremost()], NO_RIVAL])
        behind = self.window - self.window.max(initial=-np.inf)
        columns = [self.sentence, self.window, self.sentence - every, behind, np.ones(len(self.sentence))]
        return np.column_stack(columns)


@dataclass(frozen=True, slots=True)
class YesCalibration:
    """From the logit of yes to its probability: a head that tells little comes out near the share of yes among all."""

    slope: float
    offset: float

    @classmethod
    def fit(cls, logits: Vector, yes: NDArray[np.bool_]) -> "YesCalibration":
        """Fitted on questions that people answered with yes or no."""
        weights = logistic(np.column_stack([logits, np.ones(len(logits))]), yes, 1.0)
        return cls(round(float(weights[0]), 5), round(float(weights[1]), 5))

    def probability(self, logit: float) -> float:
        """Of yes, given that it is yes or no."""
        return float(sigmoid(np.array(self.slope * logit + self.offset)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the predictors."""

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
        cls, predictors: NDArray[np.float64], right: NDArray[np.bool_], penalty: float = 1.0
    ) -> "Calibration":
        """Fitted by maximum likelihood with a small quadratic penalty.

        Args:
            predictors: of sentences of many questions, shape `(sentences, predictors)`.
            right: whether each answers.
        """
        return cls(logistic(predictors, right, penalty))

    @classmethod
    def of(cls, shown: Sequence[Shown], right: Sequence[NDArray[np.bool_]]) -> "Calibration":
        """Of some questions, over the best sentences of each; of copies only the foremost counts.

        Args:
            shown: of each question.
            right: whether each sentence answers, of each question.
        """
        best = [once[np.argsort(-one.sentence[once])[:_BEST]] for one in shown for once in (one.foremost(),)]
        return cls.fit(
            np.concatenate([one.predictors()[at] for one, at in zip(shown, best, strict=True)]),
            np.concatenate([one[at] for one, at in zip(right, best, strict=True)]),
        )

    def probabilities(self, shown: Shown) -> list[list[float]]:
        """Of the sentences of each passage, in [0, 1]."""
        if not len(shown.sentence):
            return [[] for _ in shown.passages]
        return shown.by_passage(sigmoid(shown.predictors() @ self.weights))


@dataclass(frozen=True, slots=True)
class AnswerCalibration:
    """From the best sentences to the probability that one of those that are shown answers.

    A logistic model over the odds that the best two do not both fail, were they independent; the three highest logits
    of sentences and the two highest of windows; the logit of the best one's own window; and whether more than one fact
    is asked for: of an explanation or a list a part answers, too. (Sets left out one by one, 158 such questions: .80
    were answered where .73 had been expected without that, and .78 with it; others .75 of .76 and of .75.)
    """

    weights: Vector

    @classmethod
    def from_card(cls, card: Mapping[str, float]) -> "AnswerCalibration":
        """As a card keeps it. Raises KeyError where one is missing."""
        return cls(np.array([card[name] for name in _ANSWER_NAMES], np.float64))

    def as_card(self) -> dict[str, float]:
        """Weights by name, for a card."""
        return {
            name: round(float(weight), 5) for name, weight in zip(_ANSWER_NAMES, self.weights, strict=True)
        }

    @classmethod
    def fit(
        cls,
        seen: Sequence[NDArray[np.float64]],
        wide: Sequence[float],
        right: NDArray[np.bool_],
        penalty: float = 1.0,
    ) -> "AnswerCalibration":
        """Fitted as `Calibration` is.

        Args:
            seen, wide: of each question, as `probability` takes them.
            right: whether one of the sentences that are shown answers.
        """
        each = [_joint_predictors(one, share) for one, share in zip(seen, wide, strict=True)]
        return cls(logistic(np.stack(each), right, penalty))

    def probability(self, seen: NDArray[np.float64], wide: float) -> float:
        """That one of what is shown answers.

        Args:
            seen: of each sentence that may be shown its probability, its logit and its window's, shape
                `(sentences, 3)`.
            wide: probability that the question asks for more than one fact.
        """
        if not len(seen):
            return 0.0
        together = float(sigmoid(_joint_predictors(seen, wide) @ self.weights))
        # Two answer at least as surely as one of them.
        return max(together, float(seen[:, 0].max()))


def shown_together(probabilities: Vector) -> list[int]:
    """Which sentences are shown: the best one, and a second that is not far behind."""
    best = [int(at) for at in np.argsort(-probabilities)[:2]]
    return [at for at in best if probabilities[at] >= SECOND * probabilities[best[0]]]


def _joint_predictors(seen: NDArray[np.float64], wide: float) -> Vector:
    probability, sentence, window = seen[:, 0], seen[:, 1], seen[:, 2]
    both_fail = float(np.prod(1.0 - np.clip(np.sort(probability)[-2:], 1e-6, 1.0 - 1e-6)))
    joint = float(np.log((1.0 - both_fail) / both_fail))
    own = float(window[int(probability.argmax())])
    return np.array([joint, *_highest(sentence, 3), *_highest(np.unique(window), 2), own, wide, 1.0])


def _highest(values: Vector, most: int) -> Vector:
    best = np.sort(values)[::-1][:most]
    return np.concatenate([best, np.full(most - len(best), _LEAST)])


def logistic(predictors: NDArray[np.float64], right: NDArray[np.bool_], penalty: float) -> Vector:
    """Weights of a logistic regression with a quadratic penalty."""
    target = right.astype(np.float64)

    def loss(weights: Vector) -> tuple[float, Vector]:
        logits = predictors @ weights
        value = float(np.logaddexp(0, logits).sum() - logits @ target + 0.5 * penalty * weights @ weights)
        return value, predictors.T @ (sigmoid(logits) - target) + penalty * weights

    from scipy import optimize  # pyright: ignore[reportMissingTypeStubs]

    solver: Any = optimize
    found: Any = solver.minimize(loss, np.zeros(predictors.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, np.float64)


def sigmoid(values: Vector) -> Vector:
    """The logistic function, of values that are cut before they would overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(values, -30, 30)))
