"""Does a headline read like satire? A logistic model on its meaning and its words; never decisive alone.

Case and typography are left out on purpose: in the headlines it learns from they tell the site, not the joke.
Trained by `clearspan sources train-style`; docs/guides/sources.md says how far it can be trusted.
"""

import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.language.words import words

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

SHIPPED = Path(str(files("clearspan"))) / "overview" / "trust" / "data" / "style.npz"

BUCKETS = 1 << 14
"""Hashed words and parts of words."""

_PARTS = (3, 4)
"""Lengths of the parts of words, in characters."""

_MAX_CHARS = 300


@dataclass(frozen=True, slots=True)
class StyleHead:
    """One logistic model, with the line that calibrates it.

    Attributes:
        words: weight of each bucket, shape (BUCKETS,).
        meaning: weight of each part of the embedding, shape (dimension,); empty for words alone.
        slope, offset: calibrated logit = slope * logit + offset (Platt 1999), fitted on held-out subjects.
    """

    words: NDArray[np.float32]
    meaning: NDArray[np.float32]
    bias: float
    slope: float
    offset: float

    def logits(
        self, hashed: Sequence[NDArray[np.intp]], vectors: NDArray[np.float32] | None
    ) -> NDArray[np.float64]:
        """Uncalibrated log-odds of satire of each headline."""
        summed = np.array([_scaled(self.words[buckets]) for buckets in hashed], np.float64) + self.bias
        return summed if vectors is None else summed + vectors @ self.meaning


@dataclass(frozen=True, slots=True)
class Style:
    """The two heads: with meaning, for one embedder, and by words alone."""

    embedder: str
    with_meaning: StyleHead
    words_alone: StyleHead


def satire_probabilities(headlines: Sequence[str], embedder: "Embedder | None") -> list[float]:
    """Calibrated probability of each headline that it is satire, between odd news and satire in equal parts."""
    if not headlines:
        return []
    style = shipped()
    hashed = [buckets(headline) for headline in headlines]
    if embedder is not None and embedder.reference == style.embedder:
        head, vectors = style.with_meaning, embedder.recall([plain(headline) for headline in headlines])
    else:
        head, vectors = style.words_alone, None
    logits = head.slope * head.logits(hashed, vectors) + head.offset
    return [float(p) for p in 1.0 / (1.0 + np.exp(-logits))]


def plain(headline: str) -> str:
    """A headline without case and typography."""
    folded = unicodedata.normalize("NFKC", headline[:_MAX_CHARS]).casefold()
    return " ".join(words(folded))


def buckets(headline: str) -> NDArray[np.intp]:
    """The buckets of a headline's words, pairs of words and parts of words, each once."""
    tokens = plain(headline).split()
    predictors = [*tokens, *(f"{a} {b}" for a, b in pairwise(tokens))]
    for token in tokens:
        framed = f"<{token}>"
        predictors += [f"#{framed[i : i + n]}" for n in _PARTS for i in range(len(framed) - n + 1)]
    return np.fromiter({zlib.crc32(predictor.encode()) % BUCKETS for predictor in predictors}, np.intp)


@lru_cache(maxsize=1)
def shipped() -> Style:
    """The model that ships with Clearspan."""
    return load(SHIPPED)


def save(style: Style, path: Path) -> None:
    """Write a model as NPZ without objects."""
    arrays: dict[str, NDArray[np.generic]] = {"embedder": np.array(style.embedder)}
    for name, head in (("with_meaning", style.with_meaning), ("words_alone", style.words_alone)):
        arrays[f"{name}.words"] = head.words.astype(np.float16)
        arrays[f"{name}.meaning"] = head.meaning.astype(np.float32)
        arrays[f"{name}.line"] = np.array([head.bias, head.slope, head.offset], np.float64)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load(path: Path) -> Style:
    """Read a model.

    Raises:
        BadInput: the file is none.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            heads = [_head(arrays, name) for name in ("with_meaning", "words_alone")]
            return Style(str(arrays["embedder"]), *heads)
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            f"{path} is no model of style: {error}.", do="Make one with `clearspan sources train-style`."
        ) from error


def _head(arrays: "np.lib.npyio.NpzFile", name: str) -> StyleHead:
    bias, slope, offset = (float(value) for value in arrays[f"{name}.line"])
    weights = arrays[f"{name}.words"].astype(np.float32)
    return StyleHead(weights, arrays[f"{name}.meaning"].astype(np.float32), bias, slope, offset)


def _scaled(weights: NDArray[np.float32]) -> float:
    """The sum of a headline's weights, as if its buckets were a vector of length one."""
    return float(weights.sum()) / max(len(weights), 1) ** 0.5
