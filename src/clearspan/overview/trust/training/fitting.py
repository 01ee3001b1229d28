"""Logistic models of satire: reading what they learn from, fitting, calibrating, and how good they are."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse, special  # pyright: ignore[reportMissingTypeStubs]

from clearspan.errors import BadInput

Vector = NDArray[np.float64]
Rows = NDArray[np.intp]
Sparse = Any
"""A `scipy.sparse` matrix in rows; the library has no type information."""

_optimize: Any = optimize
_sparse: Any = sparse


def text_of(path: Path) -> str:
    """The text of a file, plain or compressed with zstd.

    Raises:
        BadInput: it is compressed, and nothing here can unpack it.
    """
    if path.suffix != ".zst":
        return path.read_text("utf-8")
    try:
        import zstandard
    except ImportError as error:
        raise BadInput(
            f"{path.name} is compressed, and what would unpack it is not installed.",
            do="Unpack it first, or install zstandard.",
        ) from error
    reader: Callable[[bytes], bytes] = zstandard.ZstdDecompressor().decompressobj().decompress
    return reader(path.read_bytes()).decode("utf-8")


def matrix(rows: Sequence[Rows], buckets: int) -> Sparse:
    """Hashed documents as rows of length one."""
    lengths = [len(row) for row in rows]
    values = np.concatenate([np.full(n, max(n, 1) ** -0.5) for n in lengths])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return _sparse.csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), buckets))


def fit(rows: Sparse, satire: Vector, penalty: Vector, weights: Vector | None = None) -> Vector:
    """Weights and bias (last) of a logistic model with a squared penalty, by L-BFGS.

    Args:
        rows: shape (documents, predictors).
        satire: 1 for satire, else 0.
        penalty: of each predictor.
        weights: of each document; all 1 if none.
    """
    weighted = np.ones(len(satire)) if weights is None else weights

    def loss(point: Vector) -> tuple[float, Vector]:
        own, bias = point[:-1], point[-1]
        logits = rows @ own + bias
        value = (weighted * (np.logaddexp(0, logits) - satire * logits)).sum() + 0.5 * (
            penalty * own**2
        ).sum()
        error = weighted * (sigmoid(logits) - satire)
        return float(value), np.append(rows.T @ error + penalty * own, error.sum())

    start = np.zeros(rows.shape[1] + 1)
    found = _optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    return np.asarray(found.x)


def platt(logits: Vector, satire: Vector, weights: Vector) -> tuple[float, float]:
    """Slope and offset that turn log-odds into calibrated ones.

    Source:
        Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
    """

    def loss(line: Vector) -> float:
        scaled = line[0] * logits + line[1]
        return float((weights * (np.logaddexp(0, scaled) - satire * scaled)).sum())

    slope, offset = _optimize.minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(offset)


def balancing(satire: Vector) -> Vector:
    """Weights under which both classes weigh the same."""
    share = float(satire.mean())
    return satire * (0.5 / share) + (1 - satire) * (0.5 / (1 - share))


def sigmoid(logits: Vector) -> Vector:
    """Probabilities of log-odds."""
    return np.asarray(special.expit(logits), np.float64)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def calibration_error(probabilities: Vector, satire: Vector, weights: Vector) -> float:
    """Expected calibration error over ten bins of equal size."""
    edges = np.quantile(probabilities, np.linspace(0, 1, 11)[1:-1])
    bins = np.searchsorted(edges, probabilities)
    gaps = [
        weights[own].sum() * abs(np.average(probabilities[own] - satire[own], weights=weights[own]))
        for b in range(10)
        if (own := bins == b).any()
    ]
    return float(sum(gaps) / weights.sum())


def area(logits: Vector, satire: Vector) -> float:
    """Area under the ROC curve: the chance that satire is given more than something else is."""
    ranks = np.argsort(np.argsort(logits)) + 1
    positive = satire > 0.5
    n, m = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))
