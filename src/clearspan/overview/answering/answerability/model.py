"""The probability that nobody could answer a question, and that it takes for true what is not.

Two logistic models over runs of words and the question's embedding, shipped as arrays. They know questions, not the
world: they are a prior, to be held against what the library supports.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.answerability.grams import grams, rows

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

Fault = Literal["unknowable", "false_premise"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
EMBEDDER = "minilm"
"""The embedder whose vectors the models were trained on; with another one, or none, words alone are read."""

SHIPPED = "answerability.npz"


@dataclass(frozen=True, slots=True)
class Head:
    """One logistic model.

    Attributes:
        index: run of words → column.
        words: weight of each column.
        vector: weight of each dimension of the embedding; empty when words alone are read.
        centre: mean embedding of the training questions, subtracted first; empty likewise.
        bias: added to the sum.
        slope, offset: of the calibration (Platt scaling on held-out folds): logit = slope · sum + offset.
        base: share of questions with the fault in the training set.
    """

    index: Mapping[str, int]
    words: NDArray[np.float32]
    vector: NDArray[np.float32]
    centre: NDArray[np.float32]
    bias: float
    slope: float
    offset: float
    base: float

    def probability(self, question: str, vector: NDArray[np.float32] | None) -> float:
        """Calibrated probability of the fault, in [0, 1]."""
        total = float(rows([grams(question)], self.index)[0] @ self.words) + self.bias
        if vector is not None:
            total += float((vector - self.centre) @ self.vector)
        return 1.0 / (1.0 + math.exp(-(self.slope * total + self.offset)))


@dataclass(frozen=True, slots=True)
class Answerability:
    """How likely a question has each fault, and how likely one of the training set had it."""

    unknowable: float
    false_premise: float
    base: Mapping[Fault, float]


def assess(question: str, embedder: "Embedder | None") -> Answerability:
    """Read a question; takes well under a millisecond beside its embedding, which search has made already."""
    if embedder is None or embedder.reference != EMBEDDER:
        heads, vector = shipped(False), None
    else:
        heads, vector = shipped(True), embedder.recall([question])[0]
    return Answerability(
        unknowable=heads["unknowable"].probability(question, vector),
        false_premise=heads["false_premise"].probability(question, vector),
        base={fault: heads[fault].base for fault in FAULTS},
    )


@lru_cache(maxsize=2)
def shipped(with_vectors: bool) -> Mapping[Fault, Head]:
    """The models that come with Clearspan, with embeddings or for words alone."""
    with files(__package__ or "").joinpath(SHIPPED).open("rb") as stream:
        arrays = cast("Mapping[str, NDArray[np.generic]]", np.load(stream, allow_pickle=False))
        return {fault: _unpacked(arrays, _name(fault, with_vectors)) for fault in FAULTS}


def save(heads: Mapping[tuple[Fault, bool], Head], path: Path) -> None:
    """Write models as arrays without objects; weights in half precision, which changes no probability by 0.002."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for (fault, with_vectors), head in heads.items():
        name = _name(fault, with_vectors)
        arrays[f"{name}.grams"] = np.array(list(head.index), dtype=np.str_)
        arrays[f"{name}.words"] = head.words.astype(np.float16)
        arrays[f"{name}.vector"] = head.vector.astype(np.float16)
        arrays[f"{name}.centre"] = head.centre.astype(np.float16)
        arrays[f"{name}.scalars"] = np.array([head.bias, head.slope, head.offset, head.base], np.float64)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _unpacked(arrays: Mapping[str, NDArray[np.generic]], name: str) -> Head:
    bias, slope, offset, base = (float(value) for value in arrays[f"{name}.scalars"].astype(np.float64))
    return Head(
        index={str(gram): column for column, gram in enumerate(arrays[f"{name}.grams"])},
        words=arrays[f"{name}.words"].astype(np.float32),
        vector=arrays[f"{name}.vector"].astype(np.float32),
        centre=arrays[f"{name}.centre"].astype(np.float32),
        bias=bias,
        slope=slope,
        offset=offset,
        base=base,
    )


def _name(fault: Fault, with_vectors: bool) -> str:
    return f"{fault}.{'vectors' if with_vectors else 'alone'}"
