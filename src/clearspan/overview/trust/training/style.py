"""Training the judge of style, and measuring how far it can be trusted.

A random split flatters: headlines of one subject, and of one site's usual length, fall on both sides. Here topic and
length are held out together: each cell of five folds of topics by five bands of length is judged by a model that has
seen neither those topics nor that length. The random split trains on as many headlines.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]
from scipy.cluster import vq  # pyright: ignore[reportMissingTypeStubs]

from clearspan.errors import BadInput, NotFound
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.trust.style import BUCKETS, Style, StyleHead, buckets, plain
from clearspan.overview.trust.training.fitting import (
    Rows,
    Sparse,
    Vector,
    area,
    balancing,
    calibration_error,
    fit,
    matrix,
    platt,
    sigmoid,
    text_of,
)

TOPICS = 60
FOLDS = 5
_PENALTY_WORDS = 1.0
_PENALTY_MEANING = 0.1
_SEED = 0
_RESAMPLES = 500

_sparse: Any = sparse
_vq: Any = vq


@dataclass(frozen=True, slots=True)
class Headlines:
    """Headlines and whether each is satire."""

    texts: list[str]
    satire: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class StyleQuality:
    """How well held-out headlines are told apart.

    Attributes:
        accuracy, low, high: share told right at one half, and its 95 % interval by resampling topics.
        ece: expected calibration error over ten bins of equal size, after calibration on the other headlines.
        auc: area under the ROC curve.
        sure: share of headlines given 0.9 or more; `sure_right`: share of those that are satire.
    """

    accuracy: float
    low: float
    high: float
    ece: float
    auc: float
    sure: float
    sure_right: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A model of style, and what it is worth by predictors and split."""

    style: Style
    majority: float
    qualities: dict[tuple[str, str], StyleQuality]

    def as_dict(self) -> dict[str, float]:
        """The figures by name, rounded."""
        figures = {f"accuracy, {split} split, {by}": q.accuracy for (by, split), q in self.qualities.items()}
        figures |= {
            f"calibration error, {split} split, {by}": q.ece for (by, split), q in self.qualities.items()
        }
        return {"share of the larger class": round(self.majority, 4)} | {
            k: round(v, 4) for k, v in figures.items()
        }


def read_headlines(path: Path) -> Headlines:
    """Headlines from a CSV file with the columns text and label (1 is satire), plain or compressed with zstd.

    Raises:
        NotFound: there is no such file.
        BadInput: it is no such table; names the line.
    """
    if not path.is_file():
        raise NotFound(f"{path} does not exist.", do="Check the spelling of the path.")
    texts: list[str] = []
    labels: list[bool] = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text_of(path), newline="")), start=2):
        if row.get("label") not in ("0", "1") or not row.get("text"):
            raise BadInput(f"{path}, line {number}: a text and a label of 0 or 1 are needed.")
        texts.append(row["text"])
        labels.append(row["label"] == "1")
    if len(set(labels)) < 2:
        raise BadInput(f"{path} does not hold headlines of both kinds.")
    return Headlines(texts, np.array(labels))


def train(headlines: Headlines, embedder: Embedder) -> Trained:
    """Fit both heads on all headlines, calibrated on held-out topics and lengths, and measure them on both splits."""
    texts = [plain(text) for text in headlines.texts]
    vectors = embedder.embed(texts)
    hashed = matrix([buckets(text) for text in texts], BUCKETS)
    satire = headlines.satire.astype(np.float64)
    topics = topics_of(vectors)
    cells = grouped_cells(topics, np.array([len(text.split()) for text in texts]))
    random = random_cells(cells)
    heads: list[StyleHead] = []
    qualities: dict[tuple[str, str], StyleQuality] = {}
    inputs = (
        ("meaning and words", _sparse.hstack([hashed, _sparse.csr_matrix(vectors)], "csr")),
        ("words alone", hashed),
    )
    for name, matrix_ in inputs:
        logits = held_out(matrix_, satire, cells)
        qualities[name, "grouped"] = quality(logits, satire, cells, topics)
        qualities[name, "random"] = quality(held_out(matrix_, satire, random), satire, random, topics)
        line = platt(logits, satire, balancing(satire))
        heads.append(_head(fit(matrix_, satire, _penalty(matrix_)), line))
    return Trained(Style(embedder.reference, *heads), float(max(satire.mean(), 1 - satire.mean())), qualities)


def topics_of(vectors: NDArray[np.float32]) -> Rows:
    """The topic of each headline: its cluster among the embeddings."""
    _, found = _vq.kmeans2(vectors.astype(np.float64), TOPICS, minit="++", seed=_SEED, iter=25)
    return np.asarray(found, np.intp)


def grouped_cells(topics: Rows, lengths: Rows) -> list[tuple[Rows, Rows]]:
    """(train, test) rows: each test cell has topics and a band of lengths that its train rows have not."""
    generator = np.random.default_rng(_SEED)
    fold_of_topic = generator.permutation(int(topics.max()) + 1) % FOLDS
    fold = fold_of_topic[topics]
    band = np.searchsorted(np.quantile(lengths, np.linspace(0, 1, FOLDS + 1)[1:-1]), lengths)
    cells: list[tuple[Rows, Rows]] = []
    for f in range(FOLDS):
        for b in range(FOLDS):
            test = np.flatnonzero((fold == f) & (band == b))
            if len(test):
                cells.append((np.flatnonzero((fold != f) & (band != b)), test))
    return cells


def random_cells(like: Sequence[tuple[Rows, Rows]]) -> list[tuple[Rows, Rows]]:
    """Cells of the same sizes, drawn at random."""
    generator = np.random.default_rng(_SEED)
    order = generator.permutation(sum(len(test) for _, test in like))
    cells: list[tuple[Rows, Rows]] = []
    start = 0
    for train_rows, test in like:
        own = order[start : start + len(test)]
        others = np.setdiff1d(order, own)
        cells.append((generator.choice(others, min(len(train_rows), len(others)), replace=False), own))
        start += len(test)
    return cells


def held_out(rows: Sparse, satire: Vector, cells: Iterable[tuple[Rows, Rows]]) -> Vector:
    """The log-odds of each headline by the model of its cell."""
    logits = np.full(rows.shape[0], np.nan)
    for train_rows, test in cells:
        point = fit(rows[train_rows], satire[train_rows], _penalty(rows))
        logits[test] = rows[test] @ point[:-1] + point[-1]
    return logits


def _penalty(rows: Sparse) -> Vector:
    penalty = np.full(rows.shape[1], _PENALTY_WORDS)
    penalty[BUCKETS:] = _PENALTY_MEANING
    return penalty


def quality(logits: Vector, satire: Vector, cells: Sequence[tuple[Rows, Rows]], topics: Rows) -> StyleQuality:
    """How good held-out log-odds are; each half of the cells is calibrated on the other."""
    weights = balancing(satire)
    calibrated = np.empty_like(logits)
    halves = [np.concatenate([test for _, test in cells[i::2]]) for i in (0, 1)]
    for own, other in (halves, halves[::-1]):
        slope, offset = platt(logits[other], satire[other], balancing(satire[other]))
        calibrated[own] = sigmoid(slope * logits[own] + offset)
    right = (calibrated >= 0.5) == (satire > 0.5)
    low, high = _interval(right, weights, topics)
    sure = calibrated >= 0.9
    return StyleQuality(
        accuracy=float(np.average(right, weights=weights)),
        low=low,
        high=high,
        ece=calibration_error(calibrated, satire, weights),
        auc=area(logits, satire),
        sure=float(np.average(sure, weights=weights)),
        sure_right=float(np.average(satire[sure], weights=weights[sure])) if sure.any() else float("nan"),
    )


def _interval(right: NDArray[np.bool_], weights: Vector, topics: Rows) -> tuple[float, float]:
    """95 % interval of the weighted share, by resampling whole topics."""
    generator = np.random.default_rng(_SEED)
    count = int(topics.max()) + 1
    got = np.bincount(topics, weights * right, count)
    of = np.bincount(topics, weights, count)
    drawn = generator.integers(0, count, (_RESAMPLES, count))
    low, high = np.quantile(got[drawn].sum(1) / of[drawn].sum(1), [0.025, 0.975])
    return float(low), float(high)


def _head(point: Vector, line: tuple[float, float]) -> StyleHead:
    meaning = point[BUCKETS:-1].astype(np.float32)
    return StyleHead(point[:BUCKETS].astype(np.float32), meaning, float(point[-1]), *line)
