"""Training the judge of whole documents, and measuring it on outlets that it has not seen.

Articles of one outlet share its jokes, its layout and its subjects, so they never stand on both sides: folds are of
outlets, and of the works, sites and feeds that serious pages come from. Serious pages are of many kinds, since a
library holds more than news; fabricated articles are there so that politics and outrage alone are not taken for jokes.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy import optimize  # pyright: ignore[reportMissingTypeStubs]

from clearspan.errors import BadInput, NotFound
from clearspan.overview.trust.satire import BUCKETS, MAY_BE, SatireModel, marks
from clearspan.overview.trust.training.fitting import (
    Rows,
    Vector,
    area,
    calibration_error,
    fit,
    matrix,
    platt,
    sigmoid,
    text_of,
)

ARTICLES = "evals/satire_articles/dev.jsonl.zst"

SERIOUS: Mapping[str, int] = {
    "wikinews": 362,
    "us_government_digital": 150,
    "wikipedia_2018": 150,
    "wikipedia_2019": 150,
    "wikipedia_vital_summaries": 120,
    "openstax_textbooks": 80,
    "medquad_health": 80,
    "world_factbook": 30,
    "standard_ebooks": 60,
    "gutenberg_books": 30,
    "us_presidential_speeches": 40,
    "recipes": 30,
    "linux_guides": 25,
    "programming_guides": 25,
    "python_docs": 20,
    "sqlite_docs": 20,
    "dialogues_sgd": 25,
    "python_stdlib_code": 15,
    "sky_cultures": 10,
    "wikipedia_cities_2023": 20,
    "wordnet_definitions": 15,
}
"""How many documents of each file of the corpus."""

NEWS = "wikinews"
FOLDS = 10
_PENALTY = 0.3
_WEIGHT = 300.0
"""What all documents of a class weigh together, against the penalty."""

_TOGETHER = 4
"""Serious documents of one file that are taken for pages of one publisher."""

_SEED = 0
_RESAMPLES = 500

_optimize: Any = optimize


@dataclass(frozen=True, slots=True)
class Article:
    """A document to learn from; those of one `outlet` never stand on both sides."""

    label: Literal["satire", "fake", "serious"]
    outlet: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SatireQuality:
    """How well outlets that were not seen are told apart: an area under the ROC curve with its 95 % interval."""

    against: str
    area: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TrainedSatire:
    """A model, and what it is worth on outlets that were held out.

    Attributes:
        logits: held out, calibrated, of each article by itself.
        shares: of each kind of article, the share given one half or more.
        card: what it was made from, and these figures.
    """

    model: SatireModel
    logits: Vector
    qualities: Sequence[SatireQuality]
    calibration_error: float
    shares: Mapping[str, float]
    card: Mapping[str, object]


def read_articles(data: Path) -> tuple[list[Article], dict[str, str]]:
    """Articles of a data folder, and the SHA-256 of each file that they come from.

    Raises:
        NotFound: a file is missing; names it.
        BadInput: it cannot be unpacked, or a line of it lacks a field.
    """
    digests: dict[str, str] = {}
    articles = [
        Article(row["label"], row["domain"], row["title"], row["text"])
        for row in _rows(data / ARTICLES, digests)
    ]
    generator = random.Random(_SEED)  # noqa: S311  # a sample, no secret
    for name, count in SERIOUS.items():
        rows = list(_rows(data / "corpus" / f"{name}.jsonl.zst", digests))
        generator.shuffle(rows)
        articles += [
            Article("serious", f"{name}:{row['source']}", row["title"], row["text"]) for row in rows[:count]
        ]
    return articles, digests


def train(articles: Sequence[Article], digests: Mapping[str, str]) -> TrainedSatire:
    """Fit a model on all articles, calibrated and measured on outlets that were held out."""
    satire = np.array([float(one.label == "satire") for one in articles])
    weights = _weights(articles)
    rows = matrix([marks(one.title, one.text) for one in articles], BUCKETS)
    penalty = np.full(BUCKETS, _PENALTY)
    folds = folds_of([one.outlet for one in articles])
    raw = np.empty(len(satire))
    for fold in np.unique(folds):
        own = folds == fold
        point = fit(rows[~own], satire[~own], penalty, weights[~own])
        raw[own] = rows[own] @ point[:-1] + point[-1]
    slope, offset = platt(raw, satire, weights)
    logits = slope * raw + offset
    neighbours = _weight_of_neighbours(logits, satire, weights, articles)
    point = fit(rows, satire, penalty, weights)
    model = SatireModel(point[:-1].astype(np.float32), float(point[-1]), slope, offset, neighbours)
    qualities, shares = _qualities(logits, articles), _shares(logits, articles)
    error = calibration_error(sigmoid(logits), satire, weights)
    labels = [one.label for one in articles]
    card: dict[str, object] = {
        "made by": "clearspan train satire",
        "seed": _SEED,
        "folds": FOLDS,
        "documents": {label: labels.count(label) for label in ("satire", "fake", "serious")},
        "outlets": {
            label: len({one.outlet for one in articles if one.label == label}) for label in ("satire", "fake")
        },
        "held-out area under the ROC curve, with its interval": {
            f"against {q.against}": [round(q.area, 4), round(q.low, 4), round(q.high, 4)] for q in qualities
        },
        "held-out calibration error": round(error, 4),
        "held-out shares given one half or more": shares,
        "data, SHA-256": dict(digests),
    }
    return TrainedSatire(model, logits, qualities, error, shares, card)


def folds_of(outlets: Sequence[str]) -> Rows:
    """The fold of each document; an outlet lies in one fold."""
    generator = np.random.default_rng(_SEED)
    names = sorted(set(outlets))
    fold = dict(zip(names, generator.permutation(len(names)) % FOLDS, strict=True))
    return np.array([fold[name] for name in outlets], np.intp)


def publishers_of(articles: Sequence[Article]) -> list[str]:
    """The publisher of each article; of the corpus, a few documents of one file are taken for one."""
    counts: dict[str, int] = {}
    names: list[str] = []
    for one in articles:
        name = one.outlet
        if one.label == "serious":
            file = name.partition(":")[0]
            counts[file] = counts.get(file, 0) + 1
            name = f"{file}:{(counts[file] - 1) // _TOGETHER}"
        names.append(name)
    return names


def _weight_of_neighbours(
    logits: Vector, satire: Vector, weights: Vector, articles: Sequence[Article]
) -> float:
    names = np.array(publishers_of(articles))
    shrunk = np.zeros(len(logits))
    for name in np.unique(names):
        own = names == name
        count = int(own.sum()) - 1
        if count:
            # The mean of the others, times count / (count + 1).
            shrunk[own] = (logits[own].sum() - logits[own]) / (count + 1)

    # At most as much as the page itself: the outlets here print either satire or none, which others do not.
    def loss(weight: float) -> float:
        pooled = logits + weight * shrunk
        return float((weights * (np.logaddexp(0, pooled) - satire * pooled)).sum())

    return float(_optimize.minimize_scalar(loss, bounds=(0.0, 1.0), method="bounded").x)


def _weights(articles: Sequence[Article]) -> Vector:
    """Satire weighs as much as everything else together; news, other serious pages and fabrications a third each."""
    kinds = [_kind(one) for one in articles]
    share = {"satire": 3.0, "fake": 1.0, "news": 1.0, "serious": 1.0}
    return np.array([share[kind] * _WEIGHT / 3 / kinds.count(kind) for kind in kinds])


def _kind(one: Article) -> str:
    return "news" if one.outlet.startswith(f"{NEWS}:") else one.label


def _qualities(logits: Vector, articles: Sequence[Article]) -> list[SatireQuality]:
    kinds = np.array([_kind(one) for one in articles])
    outlets = np.array([one.outlet for one in articles])
    found: list[SatireQuality] = []
    for against, others in (
        ("serious pages", ("serious", "news")),
        ("serious news", ("news",)),
        ("fabricated articles", ("fake",)),
    ):
        mine, theirs = np.flatnonzero(kinds == "satire"), np.flatnonzero(np.isin(kinds, others))
        value = _between(logits[mine], logits[theirs])
        drawn = list(_resampled(logits, mine, theirs, outlets, by_outlet="fake" in others))
        low, high = np.quantile(drawn, [0.025, 0.975])
        found.append(SatireQuality(against, value, float(low), float(high)))
    return found


def _resampled(logits: Vector, mine: Rows, theirs: Rows, outlets: Any, *, by_outlet: bool) -> Iterator[float]:
    """Areas with whole outlets drawn again; documents of the corpus are drawn by themselves."""
    generator = np.random.default_rng(_SEED)

    def drawn(rows: Rows, whole: bool) -> Rows:
        if not whole:
            return generator.choice(rows, len(rows))
        groups: list[Rows] = [rows[outlets[rows] == name] for name in np.unique(outlets[rows])]
        order: list[int] = generator.integers(0, len(groups), len(groups)).tolist()
        return np.concatenate([groups[i] for i in order])

    for _ in range(_RESAMPLES):
        yield _between(logits[drawn(mine, True)], logits[drawn(theirs, by_outlet)])


def _between(mine: Vector, theirs: Vector) -> float:
    return area(np.concatenate([mine, theirs]), np.repeat([1.0, 0.0], [len(mine), len(theirs)]))


def _shares(logits: Vector, articles: Sequence[Article]) -> dict[str, float]:
    probabilities = sigmoid(logits)
    kinds = np.array([_kind(one) for one in articles])
    return {
        str(kind): round(float((probabilities[kinds == kind] >= MAY_BE).mean()), 4)
        for kind in np.unique(kinds)
    }


def _rows(path: Path, digests: dict[str, str]) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise NotFound(
            f"{path} does not exist.",
            do="Name the folder that holds evals/ and corpus/ with --data.",
        )
    digests[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        row = json.loads(line)
        if not isinstance(row.get("text"), str) or not isinstance(row.get("title"), str):
            raise BadInput(f"{path}, line {number}: a title and a text are needed.")
        yield row
