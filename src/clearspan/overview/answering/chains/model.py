"""Which two sentences answer a question of several hops together, and how surely.

A question of two hops ('Which country is the composer of the film from?') is answered by no sentence alone: one names
the composer, another says of the composer what is asked. Every pair of the likeliest sentences is weighed by a
log-linear model over what each is worth alone and how they hang together; the best pair is shown, its probability
calibrated. Weights that `clearspan train chains` fits on questions whose documents the reader has not seen.

Yang et al. 2018 ('HotpotQA') for bridge and comparison questions, which the predictors follow.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.language.sentences import Sentence
from clearspan.overview.answering.chains.predictors import PREDICTORS, Fact, pairs
from clearspan.overview.answering.reader.calibration import sigmoid

SHIPPED = Path(__file__).with_name("chains.json")

MOST = 40
"""Sentences whose pairs are weighed, the likeliest ones."""

CALIBRATED = ("share", "score", "first", "second", "bias")
"""What calibrates a pair: the logarithm of its share among all pairs and the rival; its own score; and the log odds of
its sentences alone."""

_NEARLY = 2.0
"""Difference of scores within which another sentence is nearly as good a second: a share of .14 of the best one's."""

_TIES = [PREDICTORS.index(name) for name in ("bridge", "both named", "same page", "shared", "back")]
"""What hangs two sentences together: without any of it they are two sentences."""

_LONE = 2
"""Sentences of which one pair can be made: it stands out from nothing, and is no surer than the less sure of them."""

_ALIKE = PREDICTORS.index("both named")

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BestPair:
    """Two sentences, by their places among those that were given.

    Attributes:
        alike: whether the question names the pages of both; else the first leads to the second.
        probability: that they answer together.
        rivals: others that are nearly as good a second to the same first.
    """

    first: int
    second: int
    alike: bool
    probability: float
    rivals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainModel:
    """Weights of the predictors, and of what calibrates.

    Attributes:
        weights: shape `(len(PREDICTORS),)`.
        calibration: shape `(len(CALIBRATED),)`.
        rival: what all wrong pairs weigh together where they weigh little, as a logarithm. Every pair is held against
            it, so that a lone one is not sure for want of others.
    """

    weights: Vector
    calibration: Vector
    rival: float

    def best(self, question: Sentence, facts: Sequence[Fact]) -> BestPair | None:
        """The pair that most likely answers; None of fewer than two sentences, or where nothing hangs it together.

        Args:
            facts: the likeliest first; only the first `MOST` are weighed.
        """
        found, predictors = pairs(question, facts[:MOST])
        if not found:
            return None
        at, seen = self.chosen(predictors)
        if not predictors[at, _TIES].any():
            return None
        first, second = found[at]
        scores = predictors @ self.weights
        near = np.flatnonzero((scores >= scores[at] - _NEARLY) & predictors[:, _TIES].any(1))
        beside = [int(one) for one in near if found[one][0] == first and one != at]
        # Rivals are shown beside it: what one of them gains the other does not lose.
        seen[0] += np.logaddexp.reduce(scores[[at, *beside]]) - scores[at]
        probability = float(sigmoid(np.array(seen @ self.calibration)))
        if len(facts) == _LONE:
            probability = min(probability, facts[first].probability, facts[second].probability)
        rivals = tuple(found[one][1] for one in beside)
        return BestPair(first, second, bool(predictors[at, _ALIKE]), probability, rivals)

    def chosen(self, predictors: NDArray[np.float64]) -> tuple[int, Vector]:
        """The place of the best pair, and what calibrates it."""
        scores = predictors @ self.weights
        at = int(scores.argmax())
        share = float(scores[at] - np.logaddexp.reduce([*scores, self.rival]))
        return at, np.array([share, scores[at], predictors[at, 0], predictors[at, 1], 1.0])

    def as_card(self) -> dict[str, dict[str, float] | float]:
        """Weights by name, and the rival."""
        named = (("weights", PREDICTORS, self.weights), ("calibration", CALIBRATED, self.calibration))
        parts = {
            part: {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}
            for part, names, weights in named
        }
        return {**parts, "rival": round(self.rival, 5)}


def load(file: Path) -> ChainModel:
    """The model in a file that `clearspan train chains` wrote.

    Raises:
        BadInput: it is missing or damaged.
    """
    try:
        card = cast("dict[str, Any]", json.loads(file.read_text("utf-8")))
        weights, calibration = (
            np.array([float(card[part][name]) for name in names], np.float64)
            for part, names in (("weights", PREDICTORS), ("calibration", CALIBRATED))
        )
        rival = float(card["rival"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "What weighs pairs of sentences cannot be loaded.",
            why=f"{type(error).__name__}: {error}",
            do="Install Clearspan again, or fit it with `clearspan train chains`.",
        ) from error
    return ChainModel(weights, calibration, rival)


@cache
def shipped() -> ChainModel:
    """The model that ships with Clearspan, read once."""
    return load(SHIPPED)
