"""Does a whole document read like satire? A logistic model on its words, its register and its structure.

Embeddings are left out on purpose: they tell the subject, and serious pages on the subjects of satire were taken for
it. Outlets are not learned: it is calibrated on outlets that it has not seen. It never decides alone whether a page is
believed; what only such pages say is attributed to them. Trained by `clearspan train satire`;
docs/concepts/trust.md says how far it can be trusted.

Source:
    The articles are those of Golbeck et al., "Fake News vs Satire: A Dataset and Analysis", WebSci 2018.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.language.words import words

SHIPPED = Path(str(files("clearspan"))) / "overview" / "trust" / "data" / "satire.npz"

BUCKETS = 1 << 12
"""Hashed words and measures of register and structure."""

MAY_BE = 0.5
"""Probability from which a document may be satire: what it alone says is attributed to it."""

_MOST_CHARACTERS = 6_000
_BINS = 5

_SENTENCE_END = re.compile(r"(?<=[.!?”\"])\s+")
_QUOTED = re.compile(r"[“\"][^”\"\n]{3,400}[”\"]")
_MEASURES: tuple[tuple[str, re.Pattern[str], float], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE), most)
    for name, pattern, most in (
        (
            "said",
            r"\b(?:said|says|told|added|explained|according\s+to|stated|noted|commented|reported)\b",
            3.0,
        ),
        ("I", r"\b(?:i|i['’]m|me|my|we|our|us)\b", 6.0),
        ("you", r"\b(?:you|your|you['’]re)\b", 3.0),
        ("sources", r"\b(?:sources?|spokes\w+|witnesses|experts?|officials?|reportedly|allegedly)\b", 2.0),
        (
            "very",
            r"\b(?:very|really|just|actually|literally|totally|absolutely|completely|simply|even)\b",
            2.0,
        ),
        ("contracted", r"\w(?:n['’]t|['’](?:re|ve|ll|d|m))\b", 3.0),
        ("year", r"\b(?:19|20)\d\d\b", 2.0),
        ("day", r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", 1.5),
        ("?", r"\?", 1.5),
        ("!", r"!", 1.5),
        ("brackets", r"[(\[]", 3.0),
        ("dashes", r"[—–]|\s-\s", 2.0),
        ("digits", r"\d+", 8.0),
        ("adverbs", r"\w{3}ly\b", 4.0),
    )
)
"""Name, what is counted, and the count in a hundred words from which more is no more."""


@dataclass(frozen=True, slots=True)
class SatireModel:
    """A logistic model with the line that calibrates it.

    Attributes:
        weights: of each bucket, shape (BUCKETS,).
        slope, offset: calibrated log-odds = slope * log-odds + offset (Platt 1999), fitted on held-out outlets.
        neighbours: what the mean of a publisher's other pages, shrunk, adds to the calibrated log-odds.
    """

    weights: NDArray[np.float32]
    bias: float
    slope: float
    offset: float
    neighbours: float

    def logit(self, title: str, text: str) -> float:
        """Calibrated log-odds that a document is satire, by itself, where satire and other pages are equally many."""
        own = marks(title, text)
        raw = float(self.weights[own].sum()) / max(len(own), 1) ** 0.5 + self.bias
        return self.slope * raw + self.offset

    def probability(self, own: float, others: Sequence[float]) -> float:
        """Probability of satire of a document beside other pages of its publisher, from their log-odds."""
        pooled = own
        if others:
            # The mean of few pages says less of their publisher: shrunk as if one more page said nothing.
            pooled += self.neighbours * float(np.mean(others)) * len(others) / (len(others) + 1)
        return float(1.0 / (1.0 + np.exp(-pooled)))


def marks(title: str, text: str) -> NDArray[np.intp]:
    """The buckets of a document's words, and of its register and structure in five steps each; each once."""
    part = text[:_MOST_CHARACTERS]
    predictors = {word.casefold() for word in words(f"{title}\n{part}")}
    predictors |= {f"\0{name}{step}" for name, step in _structure(title, part)}
    return np.fromiter({zlib.crc32(predictor.encode()) % BUCKETS for predictor in predictors}, np.intp)


def _structure(title: str, text: str) -> list[tuple[str, int]]:
    count = max(len(text.split()), 1)
    lengths = [len(sentence.split()) for sentence in _SENTENCE_END.split(text) if sentence.strip()] or [0]
    paragraphs = max(sum(bool(line.strip()) for line in text.split("\n")), 1)
    capitals = sum(word[:1].isupper() for word in text.split()) / count
    measured = [(name, len(pattern.findall(text)) / count * 100 / most) for name, pattern, most in _MEASURES]
    measured += [
        ("quoted", sum(map(len, _QUOTED.findall(text))) / max(len(text), 1) * 2),
        ("sentence", float(np.mean(lengths)) / 40),
        ("spread", float(np.std(lengths)) / 25),
        ("paragraph", count / paragraphs / 120),
        ("capitals", capitals * 2.5),
        ("title", len(title.split()) / 15),
    ]
    return [(name, min(int(value * _BINS), _BINS)) for name, value in measured]


@lru_cache(maxsize=1)
def shipped() -> SatireModel:
    """The model that ships with Clearspan."""
    return load(SHIPPED)


def save(model: SatireModel, path: Path) -> None:
    """Write a model as NPZ without objects."""
    line = np.array([model.bias, model.slope, model.offset, model.neighbours], np.float64)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, weights=model.weights.astype(np.float16), line=line)


def load(path: Path) -> SatireModel:
    """Read a model.

    Raises:
        BadInput: the file is none.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            line = [float(value) for value in arrays["line"]]
            return SatireModel(arrays["weights"].astype(np.float32), *line)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path} is no model of satire: {error}.", do="Make one with `clearspan train satire`."
        ) from error
