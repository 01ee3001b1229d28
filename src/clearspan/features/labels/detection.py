"""How good a label is: whether it tells the feature's own examples from those of other features.

As in detection scoring (Paulo et al. 2024, "Automatically interpreting millions of features in large language
models"), but with a judge that is small and always the same, so that labels of all makers, people included, are
measured with one yardstick. A text fits a label the better, the nearer the two are for the sentence embedder; and one
that holds what a label quotes fits better than any that does not. The score is the share of pairs of an own example
and another's in which the own one fits better (the area under the ROC curve); 0.5 is chance.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from clearspan.features.evidence.table import Example, FeatureEvidence

_QUOTED = re.compile(r"‘([^’]+)’")
_OTHERS = 64
_POOL = 512
"""Examples that others are drawn from: few enough that they are soon all embedded."""
_FEWEST = 2
"""Own examples that a score needs."""

Vector = NDArray[np.float32]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def learned_from(feature: FeatureEvidence) -> tuple[Example, ...]:
    """The examples that a label may be made from: every second, so that both parts span the feature's range."""
    return feature.examples[::2]


def held_out(feature: FeatureEvidence) -> tuple[Example, ...]:
    """The examples that its score is taken on."""
    return feature.examples[1::2]


class Detection:
    """Scores labels of one dictionary.

    Args:
        features: all of its features.
        embed: gives unit vectors of texts; asked for each text once.
    """

    def __init__(self, features: Sequence[FeatureEvidence], embed: Embed) -> None:
        self._embed = embed
        self._texts = ["".join(each.tokens) for feature in features for each in held_out(feature)]
        counts = [len(held_out(feature)) for feature in features]
        self._begins = [0, *itertools.accumulate(counts)]
        everything = np.random.default_rng(0).permutation(len(self._texts))
        self._pool: list[int] = everything[:_POOL].tolist()
        self._vectors: dict[int, Vector] = {}

    def scores(self, labels: Sequence[tuple[int, str]]) -> list[float | None]:
        """Of labels, each with its feature's number; between 0.5 and 1, or None where examples are too few."""
        if not labels:
            return []
        pairs = [self._pair(feature) for feature, _ in labels]
        wanted = sorted(
            {number for own, others in pairs for number in (*own, *others)} - self._vectors.keys()
        )
        if wanted:
            self._vectors.update(zip(wanted, self._embed([self._texts[one] for one in wanted]), strict=True))
        vectors = self._embed([text for _, text in labels])
        return [
            self._score(own, others, text, vector)
            for (own, others), (_, text), vector in zip(pairs, labels, vectors, strict=True)
        ]

    def _pair(self, feature: int) -> tuple[list[int], list[int]]:
        """Held-out examples of a feature, and of others: the same ones for every label of the feature."""
        begin, end = self._begins[feature], self._begins[feature + 1]
        others = [one for one in self._pool if not begin <= one < end]
        drawn = np.random.default_rng(feature).permutation(len(others))[:_OTHERS].tolist()
        return list(range(begin, end)), [others[one] for one in drawn]

    def _score(self, own: list[int], others: list[int], text: str, vector: Vector) -> float | None:
        if len(own) < _FEWEST or len(others) < _FEWEST:
            return None
        fit_own, fit_others = self._fit(own, text, vector), self._fit(others, text, vector)
        wins = (fit_own[:, None] > fit_others).mean() + 0.5 * (fit_own[:, None] == fit_others).mean()
        return round(max(0.5, float(wins)), 3)

    def _fit(self, numbers: list[int], text: str, vector: Vector) -> Vector:
        quoted = [_literal(part) for part in cast("list[str]", _QUOTED.findall(text))]
        holds = np.array([_held(self._texts[number], quoted) for number in numbers], np.float32)
        # A cosine is at most 1, so that what a label quotes decides first.
        return np.stack([self._vectors[number] for number in numbers]) @ vector + 2 * holds


def _literal(part: str) -> str:
    return part.replace("⏎", "\n").replace("…", "").lower()


def _held(text: str, quoted: Sequence[str]) -> bool:
    small = text.lower()
    return bool(quoted) and all(part in small for part in quoted)
