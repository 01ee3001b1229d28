"""How probable each derivation is: a small trained model over its predictors and the question's words.

A log-linear semantic parser (Pasupat & Liang, 2015, https://aclanthology.org/P15-1142/): the score of a derivation is
turned into a probability among all derivations of the question. To the linear part a hidden layer is added, and to
the predictors what the question's runs of words, and its embedding, say for each operation and each kind of outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.tables.derivations import OPERATIONS
from clearspan.overview.answering.tables.predictors import OUTCOMES, Floats, GridPredictors

SHIPPED = "parser.npz"


@dataclass(frozen=True, slots=True)
class Parser:
    """A trained model; D predictors, H hidden units, G runs of words, E dimensions of the embedding.

    Attributes:
        index: run of words → row of `words`.
        linear: (D,).
        inner, inner_bias, outer: of the hidden layer, (D, H), (H,), (H,).
        words: weight of each run for each operation, then for each outcome, (G, operations + outcomes).
        vector: the same for the dimensions of the question's embedding, (E, operations + outcomes).
        calibration: weights of a logistic model of whether the most probable answer is right, see `sureness`.
    """

    index: Mapping[str, int]
    linear: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    words: Floats
    vector: Floats
    calibration: Floats

    def said(self, grams: frozenset[str], whole: Floats | None) -> Floats:
        """What the question's words and meaning say for each operation and outcome, (operations + outcomes,)."""
        known = [self.index[gram] for gram in grams if gram in self.index]
        found = self.words[known].sum(axis=0) / np.sqrt(max(1, len(known)))
        if whole is not None and len(self.vector):
            found = found + whole @ self.vector
        return found.astype(np.float32)

    def scores(self, predictors: GridPredictors, said: Floats) -> Floats:
        """The score of each derivation of a grid, (derivations,)."""
        table = predictors.table()
        hidden = np.maximum(table @ self.inner + self.inner_bias, 0)
        operation, outcome = predictors.places[:, 0].astype(np.intp), predictors.places[:, 5].astype(np.intp)
        return table @ self.linear + hidden @ self.outer + said[operation] + said[len(OPERATIONS) + outcome]

    def sureness(self, measures: Floats) -> float:
        """Calibrated probability that the most probable answer is right, from the numbers of `Ranked.measures`."""
        logit = float(measures @ self.calibration[:-1] + self.calibration[-1])
        return float(0.5 * (1 + np.tanh(0.5 * logit)))


def save(parser: Parser, path: Path) -> None:
    """Write a model in half precision."""
    runs = sorted(parser.index, key=parser.index.__getitem__)
    arrays: dict[str, NDArray[np.generic]] = {"index": np.array("\n".join(runs).encode(), dtype=np.bytes_)}
    for part in _ARRAYS:
        arrays[part] = cast(Floats, getattr(parser, part)).astype(_DTYPE.get(part, np.float16))
    np.savez_compressed(path, allow_pickle=False, **arrays)


def load(path: Path) -> Parser:
    """Read a model."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = cast("Mapping[str, NDArray[np.generic]]", dict(stored))
    runs = bytes(arrays["index"].item()).decode().split("\n")
    parts = {part: arrays[part].astype(np.float32) for part in _ARRAYS}
    return Parser(index={gram: row for row, gram in enumerate(runs)}, **parts)


def shipped() -> Path:
    """Where the model that ships is."""
    return Path(str(files(__package__ or "").joinpath(SHIPPED)))


@cache
def trained() -> Parser:
    """The model that ships; it reads questions with the embedder that it was trained with, and by words alone."""
    return load(shipped())


_ARRAYS = ("linear", "inner", "inner_bias", "outer", "words", "vector", "calibration")
_DTYPE = {"calibration": np.float32}
OUTCOMES_FROM = len(OPERATIONS)
"""Where the outcomes begin in what is said for operations and outcomes."""

WIDTH = len(OPERATIONS) + len(OUTCOMES)
