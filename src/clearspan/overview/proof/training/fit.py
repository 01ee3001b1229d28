"""Fitting the verifier: a logistic model whose weights are held to the signs that their predictors have.

Sources differ in how many of their claims are true and in how their texts look. Each gets an intercept of its own while
the weights are fitted, so that no weight learns to tell sources apart; the intercept that is kept makes the
probabilities right when every source counts alike and is true half of the time.
"""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.proof.model import Array, Logistic, expit

# scipy carries no types: its values are given theirs here.
_optimise: Any = importlib.import_module("scipy.optimize")


def fit(
    rows: Sequence[Mapping[str, float]],
    truth: Sequence[bool],
    sources: Sequence[str],
    signs: Mapping[str, int],
    penalty: float = 50.0,
    most: float = 100.0,
) -> Logistic:
    """Fit a logistic model.

    Args:
        rows: predictors of each pair.
        truth: what is to be predicted of each.
        sources: data set that each pair is from.
        signs: the predictors to use, each with the sign of its weight; 0 leaves it free.
        penalty: of squared weights, over predictors scaled to unit variance.
        most: a source of more pairs weighs as if it had this many.
    """
    names = list(signs)
    raw = np.array([[row[name] for name in names] for row in rows])
    mean, scale = raw.mean(0), raw.std(0) + 1e-9
    values, target = (raw - mean) / scale, np.asarray(truth, float)
    _, source = np.unique(np.asarray(sources), return_inverse=True)
    counts = np.bincount(source)
    importance = np.minimum(1.0, most / counts)[source]
    size, groups = len(names), len(counts)

    def loss(parameters: Array) -> tuple[float, Array]:
        logits = values @ parameters[:size] + parameters[size + source]
        error = importance * (expit(logits) - target)
        fitted = float(importance @ (np.logaddexp(0.0, logits) - target * logits))
        slope = np.concatenate(
            [values.T @ error + penalty * parameters[:size], np.bincount(source, error).astype(float)]
        )
        return fitted + 0.5 * penalty * float(parameters[:size] @ parameters[:size]), slope

    allowed = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    bounds = [allowed[signs[name]] for name in names] + [(None, None)] * groups
    found = _optimise.minimize(loss, np.zeros(size + groups), jac=True, bounds=bounds, method="L-BFGS-B")
    weights = np.asarray(found.x[:size], float)
    alike = balanced(target, source)
    intercept = _intercept(values @ weights, target, alike)
    kept = {
        name: float(weight) for name, weight in zip(names, weights / scale, strict=True) if abs(weight) > 1e-4
    }
    shift = sum(kept[name] * float(mean[index]) for index, name in enumerate(names) if name in kept)
    return Logistic(kept, intercept - shift)


def balanced(target: Array, source: NDArray[np.intp]) -> Array:
    """Weights by which every source counts alike, and its true and false pairs alike; they sum to 1."""
    weights = np.zeros(len(target))
    for number in np.unique(source):
        for value in (0.0, 1.0):
            chosen = (source == number) & (target == value)
            if chosen.any():
                weights[chosen] = 1.0 / chosen.sum()
    return weights / weights.sum()


def calibrated(model: Logistic, logits: Array, truth: Sequence[bool], sources: Sequence[str]) -> Logistic:
    """The model with its logits stretched and shifted (Platt) so that held-out probabilities are right.

    Args:
        model: fitted on everything.
        logits: of models that had not seen the source that each pair is from.
        truth, sources: as `fit`.
    """
    target = np.asarray(truth, float)
    _, source = np.unique(np.asarray(sources), return_inverse=True)
    alike = balanced(target, source)

    def loss(parameters: Array) -> float:
        stretched = parameters[0] * logits + parameters[1]
        return float(alike @ (np.logaddexp(0.0, stretched) - target * stretched))

    stretch, shift = _optimise.minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    weights = {name: weight * float(stretch) for name, weight in model.weights.items()}
    return Logistic(weights, model.intercept * float(stretch) + float(shift))


def _intercept(logits: Array, target: Array, alike: Array) -> float:
    """The shift at which predictions and truth have the same weighted mean."""

    def surplus(shift: float) -> float:
        return float(alike @ (expit(logits + shift) - target))

    return float(_optimise.brentq(surplus, -60.0, 60.0))
