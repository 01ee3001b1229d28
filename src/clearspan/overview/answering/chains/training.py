"""Fitting what weighs pairs of sentences, and saying how often it is right on questions that it was not fitted on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize  # pyright: ignore[reportMissingTypeStubs]

from clearspan.errors import BadInput
from clearspan.measure.intervals import wilson
from clearspan.overview.answering.chains.model import CALIBRATED, ChainModel, Vector
from clearspan.overview.answering.chains.predictors import PREDICTORS
from clearspan.overview.answering.reader.calibration import logistic, sigmoid

_FOLDS = 5
_FEWEST = 50
_PENALTY = 0.3
_RIVAL = 0.05
"""Quantile of what wrong pairs weigh together that every pair is held against. With the median the AUC fell from .858
to .710 (236 questions, by weights of other folds): it hid which pairs stand out."""

_optimize: Any = optimize


@dataclass(frozen=True, slots=True)
class ChainExample:
    """The pairs of one question's sentences.

    Attributes:
        group: what it shares documents with.
        predictors: as `predictors.pairs` gives them, shape `(pairs, predictors)`.
        marked: whether a pair holds two marked sentences, or the only one; shape `(pairs,)`.
        told: whether it holds all marked ones, or says the answer; same shape.
        alone: whether the two likeliest sentences would, without any weighing.
        answerable: whether anything answers; what does not only calibrates.
    """

    group: str
    predictors: NDArray[np.float64]
    marked: NDArray[np.bool_]
    told: NDArray[np.bool_]
    alone: bool
    answerable: bool


@dataclass(frozen=True, slots=True)
class ChainQuality:
    """How it does on questions of other folds.

    Attributes:
        questions: that were asked and can be answered.
        told, low, high: share whose best pair holds all marked sentences or says the answer, with its 95 % interval.
        alone: the same of the two likeliest sentences.
        shown: share of all, those without an answer among them, whose pair has a probability of .6 or more.
        wrong: share of these that do neither.
    """

    questions: int
    told: float
    low: float
    high: float
    alone: float
    shown: float
    wrong: float


def fit(examples: Sequence[ChainExample]) -> tuple[ChainModel, ChainQuality]:
    """Weights of all examples, calibrated on pairs that were chosen by weights of other folds.

    Raises:
        BadInput: there are too few, or none has an answer that is marked.
    """
    if sum(bool(one.marked.any()) for one in examples) < _FEWEST:
        raise BadInput(
            "There are too few questions of several hops to fit what weighs pairs of sentences.",
            why=f"{_FEWEST} whose sentences are marked and found are needed, each fold some.",
            do="Name a folder with sets such as HotpotQA's or 2WikiMultiHopQA's.",
        )
    fold = _folds(examples)
    seen: list[Vector] = [np.zeros(len(CALIBRATED))] * len(examples)
    told = np.zeros(len(examples), np.bool_)
    for number in range(_FOLDS):
        part = _uncalibrated([one for one, own in zip(examples, fold, strict=True) if own != number])
        for at, (one, own) in enumerate(zip(examples, fold, strict=True)):
            if own == number:
                chosen, seen[at] = part.chosen(one.predictors)
                told[at] = one.told[chosen]
    inputs = np.stack(seen)
    said = np.zeros(len(examples))
    for number in range(_FOLDS):
        inside = fold == number
        said[inside] = sigmoid(inputs[inside] @ logistic(inputs[~inside], told[~inside], 1.0))
    answerable = sum(one.answerable for one in examples)
    right, shown = int(told.sum()), said >= 0.6
    low, high = wilson(right, answerable)
    quality = ChainQuality(
        questions=answerable,
        told=round(right / answerable, 4),
        low=round(low, 4),
        high=round(high, 4),
        alone=round(sum(one.alone for one in examples) / answerable, 4),
        shown=round(float(shown.mean()), 4),
        wrong=round(float((~told[shown]).mean()), 4) if shown.any() else 0.0,
    )
    return replace(_uncalibrated(examples), calibration=logistic(inputs, told, 1.0)), quality


def card(model: ChainModel, quality: ChainQuality, data: str, reading: str) -> dict[str, Any]:
    """What the file says: the weights, the data's hash, who read the sentences, and what was measured."""
    return {**model.as_card(), "data": data, "reading": reading, "measured": asdict(quality)}


def _uncalibrated(examples: Sequence[ChainExample]) -> ChainModel:
    weights = _weights(examples)
    wrong = [
        np.logaddexp.reduce(one.predictors[~one.marked] @ weights) for one in examples if not one.marked.all()
    ]
    return ChainModel(weights, np.zeros(len(CALIBRATED)), float(np.quantile(wrong, _RIVAL)))


def _weights(examples: Sequence[ChainExample]) -> Vector:
    """By maximum likelihood of the marked pairs against all others, with a quadratic penalty on scaled predictors."""
    able = [one for one in examples if one.marked.any()]
    scale = np.concatenate([one.predictors for one in able]).std(0) + 1e-9

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, slope = _PENALTY * float(weights @ weights), 2.0 * _PENALTY * weights
        for one in able:
            scaled = one.predictors / scale
            scores = scaled @ weights
            share = np.exp(scores - np.logaddexp.reduce(scores))
            own = share[one.marked] / max(float(share[one.marked].sum()), 1e-12)
            total -= float(np.log(max(float(share[one.marked].sum()), 1e-12)))
            slope = slope - own @ scaled[one.marked] + share @ scaled
        return total, slope

    found: Any = _optimize.minimize(loss, np.zeros(len(PREDICTORS)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, np.float64) / scale


def _folds(examples: Sequence[ChainExample]) -> NDArray[np.int64]:
    """Groups dealt out in the order of their names, so that a question's documents are in one fold."""
    names = sorted({one.group for one in examples})
    dealt = {name: number % _FOLDS for number, name in enumerate(names)}
    return np.array([dealt[one.group] for one in examples], np.int64)
