"""A router that weighs form, words and meaning of a question in one line."""

import re
import zlib
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from clearspan.economy.routing.form import forms
from clearspan.economy.routing.outcomes import Asks, Outcomes
from clearspan.economy.routing.routers.base import Need, Router
from clearspan.economy.routing.routers.meaning import vectors_of
from clearspan.economy.routing.routers.ridge import Line, best_penalty, ridge
from clearspan.measure.estimate import Array

_BUCKETS = 512
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class LinearRouter(Router):
    """Ridge regression; the penalty is that which errs least on groups left out.

    Source of hashed words: K. Weinberger et al., Feature hashing for large scale multitask learning, ICML 2009.
    """

    name: ClassVar[str] = "linear"
    needs: ClassVar[frozenset[Need]] = frozenset({"vectors"})
    middle: Array
    scale: Array
    weights: Array
    mean: Array

    @classmethod
    def fit(cls, outcomes: Outcomes, seed: int) -> Self:
        """Least squares with a penalty."""
        features = _features(outcomes.asks)
        penalty = best_penalty(features, outcomes.quality, outcomes.groups, seed)
        line = ridge(features, outcomes.quality, penalty)
        return cls(line.middle, line.scale, line.weights, line.mean)

    def predict(self, asks: Asks) -> Array:
        """The line at the questions."""
        return Line(self.middle, self.scale, self.weights, self.mean)(_features(asks))


def _features(asks: Asks) -> Array:
    words = np.zeros((len(asks.questions), _BUCKETS))
    for row, question in enumerate(asks.questions):
        for word in set(_WORD.findall(question.lower())):
            words[row, zlib.crc32(word.encode("utf-8", "surrogatepass")) % _BUCKETS] = 1.0
    return np.hstack([forms(asks.questions), words, vectors_of(asks)])
