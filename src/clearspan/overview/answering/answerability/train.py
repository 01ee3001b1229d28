"""Train the models of `model.py` again: `python -m clearspan.overview.answering.answerability.train DATA`.

DATA holds `evals/selfaware_dev` and `evals/falseqa_train` as they are published. Folds are made of clusters of
questions on one subject, and the two questions of a FalseQA pair are always in one cluster: a model that has seen
'How many eyes has the sun?' must not be asked about 'How many eyes has a horse?'.
"""

import csv
import importlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import NotFound
from clearspan.overview.answering.answerability.grams import grams, rows, vocabulary
from clearspan.overview.answering.answerability.model import EMBEDDER, SHIPPED, Fault, Head, save

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

Floats = NDArray[np.float64]

FOLDS, CLUSTERS, AT_LEAST = 5, 60, 5
_WORDS_PENALTY, _VECTOR_PENALTY = 0.3, 1 / 3
"""Ridge penalties; chosen among nine pairs by area under risk-coverage on grouped folds."""

FILES: Mapping[Fault, str] = {
    "unknowable": "selfaware_dev/selfaware_half_seed0.jsonl",
    "false_premise": "falseqa_train/falseqa_train.csv",
}


@dataclass(frozen=True, slots=True)
class Questions:
    """A training set.

    Attributes:
        texts: the questions.
        faulty: whether each has the fault.
        twins: the number of the question that each is paired with; its own if it has none.
        own: whether each is of the data set of this fault. Others are ordinary questions from elsewhere: all answerable
            ones of SelfAware come from quizzes, and a model that saw only them takes any 'why do birds …' for a riddle.
    """

    texts: Sequence[str]
    faulty: NDArray[np.bool_]
    twins: NDArray[np.int64]
    own: NDArray[np.bool_]


def read(fault: Fault, data: Path) -> Questions:
    """The training set of a fault.

    Raises:
        NotFound: the file is not below `data`.
    """
    path = data / "evals" / FILES[fault]
    if not path.is_file():
        raise NotFound(f"{path} is missing.", do="Name the folder that holds evals/ with this data set.")
    text = path.read_text("utf-8")
    if fault == "unknowable":
        found = [json.loads(line) for line in text.splitlines() if line]
        ordinary = read("false_premise", data)
        others = [
            text for text, faulty in zip(ordinary.texts, ordinary.faulty.tolist(), strict=True) if not faulty
        ]
        faulty = np.array([not row["answerable"] for row in found] + [False] * len(others))
    else:
        found = list(csv.DictReader(text.splitlines()))
        others = []
        faulty = np.array([row["label"] == "1" for row in found])
    twins = np.arange(len(faulty))
    false, true = np.flatnonzero(faulty), np.flatnonzero(~faulty)
    if fault == "false_premise" and len(false) == len(true):
        twins[false], twins[true] = true, false
    texts = [*(row["question"].strip() for row in found), *others]
    return Questions(texts, faulty, twins, np.arange(len(texts)) < len(found))


def folds(questions: Questions, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """The fold of each question: clusters by k-means on the directions of embeddings, dealt out at random."""
    together = vectors + vectors[questions.twins]
    together /= np.linalg.norm(together, axis=1, keepdims=True)
    generator = np.random.default_rng(0)
    centres = together[generator.choice(len(together), CLUSTERS, replace=False)]
    nearest = np.zeros(len(together), np.int64)
    for _ in range(30):
        nearest = (together @ centres.T).argmax(1)
        means = [
            together[nearest == k].mean(0) if (nearest == k).any() else centres[k] for k in range(CLUSTERS)
        ]
        centres = np.stack(means)
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return generator.permutation(CLUSTERS)[nearest] % FOLDS


def held_out(questions: Questions, vectors: NDArray[np.float32], with_vectors: bool) -> Floats:
    """For each question the calibrated probability of the fault from models that saw nothing of its clusters.

    The calibration of a fold is fitted on folds within the others, so that it has not seen the fold either.
    """
    fold = folds(questions, vectors)
    found = np.zeros(len(fold))
    for k in range(FOLDS):
        seen, new = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        head = _calibrated(questions, vectors, seen, fold[seen], with_vectors)
        found[new] = [
            head.probability(questions.texts[i], vectors[i] if with_vectors else None) for i in new.tolist()
        ]
    return found


def train(questions: Questions, vectors: NDArray[np.float32], with_vectors: bool) -> Head:
    """A calibrated model of all questions."""
    everything = np.arange(len(questions.texts))
    return _calibrated(questions, vectors, everything, folds(questions, vectors), with_vectors)


def embedder() -> "Embedder":
    """The embedder that the models read with."""
    from clearspan import settings
    from clearspan.models.serving.embedder import Embedder

    return Embedder.load(EMBEDDER, settings.load())


def main(data: Path) -> None:
    """Train all models and put them where the package reads them."""
    embed = embedder().embed
    heads: dict[tuple[Fault, bool], Head] = {}
    for fault in FILES:
        questions = read(fault, data)
        vectors = embed(questions.texts)
        for with_vectors in (True, False):
            heads[fault, with_vectors] = train(questions, vectors, with_vectors)
    save(heads, Path(__file__).with_name(SHIPPED))


def _calibrated(
    questions: Questions,
    vectors: NDArray[np.float32],
    those: NDArray[np.int64],
    fold: NDArray[np.int64],
    with_vectors: bool,
) -> Head:
    """A model of some questions; its calibration comes from models that each leave out one of their folds."""
    raw = np.zeros(len(those))
    for k in np.unique(fold):
        head = _fitted(questions, vectors, those[fold != k], with_vectors)
        for place in np.flatnonzero(fold == k):
            i = int(those[place])
            probability = head.probability(questions.texts[i], vectors[i] if with_vectors else None)
            raw[place] = np.log(probability / (1 - probability))
    slope, offset = logistic(raw[:, None], questions.faulty[those], np.array([1e-6]))
    head = _fitted(questions, vectors, those, with_vectors)
    base = float(questions.faulty[those].mean())
    return Head(head.index, head.words, head.vector, head.centre, head.bias, slope, offset, base)


def _fitted(
    questions: Questions, vectors: NDArray[np.float32], those: NDArray[np.int64], with_vectors: bool
) -> Head:
    seen = [grams(questions.texts[i]) for i in map(int, those)]
    index = vocabulary(seen, AT_LEAST)
    dimension = vectors.shape[1] if with_vectors else 0
    centre = vectors[those].mean(0)[:dimension]
    table = np.concatenate([rows(seen, index), vectors[those][:, :dimension] - centre], axis=1)
    penalty = np.repeat([_WORDS_PENALTY, _VECTOR_PENALTY], [len(index), dimension])
    weights = logistic(table, questions.faulty[those], penalty).astype(np.float32)
    words, vector, bias = np.split(weights, [len(index), len(index) + dimension])
    return Head(index, words, vector, centre, float(bias[0]), 1.0, 0.0, 0.0)


def logistic(table: NDArray[np.floating], faulty: NDArray[np.bool_], penalty: Floats) -> Floats:
    """Weights of a ridge logistic regression, the bias last: Σ log(1 + e^z) − y·z + ½ Σ penalty·w²."""
    y = faulty.astype(float)
    ridge = np.append(penalty, 0.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        z = table @ weights[:-1].astype(table.dtype) + weights[-1]
        z = z.astype(float)
        residual = 1.0 / (1.0 + np.exp(-z)) - y
        gradient = np.append(table.T @ residual.astype(table.dtype), residual.sum()) + ridge * weights
        return float(np.sum(np.logaddexp(0.0, z) - y * z) + 0.5 * ridge @ weights**2), gradient

    # scipy carries no types: its result is given its own here.
    solve: Callable[..., dict[str, Floats]] = importlib.import_module("scipy.optimize").minimize
    start = np.zeros(table.shape[1] + 1)
    return solve(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})["x"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
