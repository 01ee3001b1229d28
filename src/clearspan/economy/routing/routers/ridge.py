"""Least squares with a squared penalty, in which every tier is a column."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from clearspan.economy.routing.outcomes import folds_of
from clearspan.measure.estimate import Array

_linalg: Any = np.linalg
PENALTIES = (3.0, 30.0, 300.0, 3_000.0, 30_000.0)
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A linear model of standardised features.

    Attributes:
        middle, scale: of the features, (d,).
        weights: (d, tiers).
        mean: of the targets, (tiers,).
    """

    middle: Array
    scale: Array
    weights: Array
    mean: Array

    def __call__(self, features: Array) -> Array:
        """Predictions, (n, tiers)."""
        return (features - self.middle) / self.scale @ self.weights + self.mean


def ridge(features: Array, targets: Array, penalty: float) -> Line:
    """The line that minimises the squared error plus the penalty times the squared weights.

    Source: A. E. Hoerl and R. W. Kennard, Ridge regression, Technometrics 12 (1970).
    """
    middle, spread, mean = features.mean(0), features.std(0), targets.mean(0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    scaled = (features - middle) / scale
    gram = scaled.T @ scaled + penalty * np.eye(scaled.shape[1])
    weights: Array = _linalg.solve(gram, scaled.T @ (targets - mean))
    return Line(middle, scale, weights, mean)


def best_penalty(features: Array, targets: Array, groups: tuple[str, ...], seed: int) -> float:
    """Of `PENALTIES` that whose predictions err least on groups left out; the middle one with too few groups."""
    if len(set(groups)) < _FOLDS:
        return PENALTIES[len(PENALTIES) // 2]
    folds = folds_of(groups, _FOLDS, seed)
    errors = np.zeros(len(PENALTIES))
    for fold in range(_FOLDS):
        out: Any = folds == fold
        middle, spread, mean = features[~out].mean(0), features[~out].std(0), targets[~out].mean(0)
        scale = np.where(spread > 1e-9, spread, 1.0)
        scaled = (features[~out] - middle) / scale
        # One decomposition serves every penalty.
        values, vectors = np.linalg.eigh(scaled.T @ scaled)
        pulled = vectors.T @ (scaled.T @ (targets[~out] - mean))
        turned = (features[out] - middle) / scale @ vectors
        for place, penalty in enumerate(PENALTIES):
            predicted = turned @ (pulled / (np.maximum(values, 0) + penalty)[:, None]) + mean
            errors[place] += float(((predicted - targets[out]) ** 2).sum())
    return PENALTIES[int(np.argmin(errors))]
