"""Outcomes: what each tier's answer to a question was worth and cost, read from a file, split without leaks.

One row a question, in one of three files:

- JSON Lines: `{"question": "…", "group": "…", "tiers": {"small": {"quality": 1, "cost": 0.2, "score": 0.9}, …}}`
- CSV or Parquet: columns `question`, `group`, and of each tier `small.quality`, `small.cost`, `small.score`.

`quality` lies between 0 (wrong) and 1 (as good as can be); `cost` is in one unit for all tiers. `group` names what is
held out together (a subject, a customer, a month); where there is none each question is a group of its own. `score`,
higher for surer, is what can be seen of the tier's answer without knowing whether it is right; a cascade looks at it.
"""

import csv
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from clearspan.errors import BadInput, NotFound
from clearspan.measure.estimate import Array

_LINE = TypeAdapter(dict[str, Any])
_TIERS = TypeAdapter(dict[str, dict[str, Any]])

FEWEST = 20
"""Questions under which nothing is fitted."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What a router may look at, of n questions.

    Attributes:
        questions: as they were asked, n texts.
        vectors: their sentence embeddings, (n, dimension); None where no router at hand needs them.
        scores: of the tiers' answers, (n, tiers), NaN where nothing is known; None where no tier has any.
    """

    questions: tuple[str, ...]
    vectors: Array | None = None
    scores: Array | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """n questions that every one of the tiers has answered.

    Attributes:
        asks: what routers may look at.
        groups: n names of what is held out together.
        tiers: names, the cheapest on average first.
        quality: (n, tiers), in [0, 1].
        cost: (n, tiers), not negative, in one unit.
    """

    asks: Asks
    groups: tuple[str, ...]
    tiers: tuple[str, ...]
    quality: Array
    cost: Array

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def best(self) -> int:
        """The tier of the highest mean quality; of equals the cheapest."""
        return int(np.argmax(self.quality.mean(0)))

    def where(self, keep: NDArray[Any]) -> "Outcomes":
        """The questions of a mask or of indices."""
        chosen: NDArray[np.intp] = np.arange(len(self))[keep]
        asks = Asks(
            tuple(self.asks.questions[int(i)] for i in chosen),
            None if self.asks.vectors is None else self.asks.vectors[chosen],
            None if self.asks.scores is None else self.asks.scores[chosen],
        )
        groups = tuple(self.groups[int(i)] for i in chosen)
        return replace(self, asks=asks, groups=groups, quality=self.quality[chosen], cost=self.cost[chosen])

    def with_vectors(self, vectors: NDArray[Any]) -> "Outcomes":
        """The same with sentence embeddings, (n, dimension)."""
        return replace(self, asks=replace(self.asks, vectors=np.asarray(vectors, np.float64)))

    def digest(self) -> str:
        """SHA-256 over everything but the embeddings: the data that a card names."""
        seen = hashlib.sha256(json.dumps([self.asks.questions, self.groups, self.tiers]).encode())
        for array in (self.quality, self.cost, self.asks.scores):
            seen.update(b"" if array is None else np.ascontiguousarray(array).tobytes())
        return seen.hexdigest()


def made(rows: Sequence[Mapping[str, Any]], name: str, fewest: int = FEWEST) -> Outcomes:
    """Outcomes of flat rows: `question`, `group`, `TIER.quality`, `TIER.cost`, `TIER.score`.

    Args:
        rows: one a question.
        name: of where they come from, for errors.
        fewest: rows that there must be.

    Raises:
        BadInput: a column is missing, a value cannot be used, or there are too few; names row and column.
    """
    tiers = list(
        dict.fromkeys(key[: -len(".quality")] for row in rows for key in row if key.endswith(".quality"))
    )
    if len(rows) < fewest or len(tiers) < 2:
        raise BadInput(
            f"{name} has {len(rows)} questions that {len(tiers)} tiers answered.",
            why=f"A router chooses between two tiers or more, and {fewest} questions are needed at least.",
            do="Give one row a question, with question, group, and quality and cost of each tier.",
        )
    questions = tuple(_text(row, number, name) for number, row in enumerate(rows, 1))
    groups = tuple(
        str(row.get("group") or normal(question)) for row, question in zip(rows, questions, strict=True)
    )

    def column(tier: str, what: str, high: float) -> list[float]:
        return [_number(row, f"{tier}.{what}", number, name, high) for number, row in enumerate(rows, 1)]

    quality = np.array([column(tier, "quality", 1.0) for tier in tiers]).T
    cost = np.array([column(tier, "cost", math.inf) for tier in tiers]).T
    scores = np.array([[_score(row, f"{tier}.score") for tier in tiers] for row in rows])
    order = np.argsort(cost.mean(0), kind="stable")
    known = None if np.isnan(scores).all() else scores[:, order]
    names = tuple(tiers[int(i)] for i in order)
    return Outcomes(Asks(questions, scores=known), groups, names, quality[:, order], cost[:, order])


def read_outcomes(path: Path, fewest: int = FEWEST) -> Outcomes:
    """The outcomes of a file, by its ending: `.jsonl`, `.csv` or `.parquet`.

    Raises:
        NotFound: there is no such file.
        BadInput: it cannot be read, or as `made`.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", do="Name a file of outcomes: JSON Lines, CSV or Parquet.")
    readers = {".jsonl": _json_lines, ".csv": _csv, ".parquet": _parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInput(f"{path.name} is of no kind that is read.", do=f"Give one of: {', '.join(readers)}.")
    try:
        rows = reader(path)
    except (ValueError, OSError) as error:
        raise BadInput(f"{path.name} cannot be read.", why=f"{error}.", do="Correct the file.") from error
    return made(rows, path.name, fewest)


def split(outcomes: Outcomes, share: float, seed: int) -> tuple[Outcomes, Outcomes]:
    """Outcomes to fit on and outcomes held out: a share of the groups, drawn by the seed.

    Raises:
        BadInput: a question stands on both sides, or a side would be empty.
    """
    folds = folds_of(outcomes.groups, max(2, round(1 / share)), seed)
    kept, held = outcomes.where(folds != 0), outcomes.where(folds == 0)
    refuse_duplicates(kept, held)
    return kept, held


def folds_of(groups: Sequence[str], count: int, seed: int) -> NDArray[np.intp]:
    """The fold of each row, (n,), whole groups together.

    Raises:
        BadInput: there are fewer groups than folds.
    """
    names = sorted(set(groups))
    if len(names) < count:
        raise BadInput(
            f"{len(names)} groups cannot be parted into {count}.",
            why="What is fitted and what it is judged on must have no group in common.",
            do="Give more groups, or leave the column out: then each question is one of its own.",
        )
    order = np.random.default_rng(seed).permutation(len(names))
    fold = {names[int(place)]: number % count for number, place in enumerate(order)}
    return np.array([fold[group] for group in groups], np.intp)


def refuse_duplicates(fitted: Outcomes, held: Outcomes) -> None:
    """Raise BadInput if a question, but for case and spaces, is on both sides."""
    both = {normal(each) for each in fitted.asks.questions} & {normal(each) for each in held.asks.questions}
    if both:
        raise BadInput(
            f"{len(both)} questions stand both among what is fitted and what is held out, such as "
            f"{min(both)[:80]!r}.",
            why="A router that has seen a question looks better on it than it is.",
            do="Give equal questions the same group, or leave all but one of them out.",
        )


def normal(question: str) -> str:
    """A question without case and spacing: two that have it in common are one."""
    return " ".join(question.casefold().split())


def marks(questions: Iterable[str]) -> NDArray[np.int64]:
    """A 63-bit mark of each question, to tell later whether it was among them, (n,), sorted."""
    found = {int.from_bytes(hashlib.sha256(normal(each).encode()).digest()[:8]) >> 1 for each in questions}
    return np.array(sorted(found), np.int64)


def _json_lines(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for line in path.read_text("utf-8-sig").split("\n"):
        if not line.strip():
            continue
        row = _LINE.validate_json(line)
        for tier, figures in _TIERS.validate_python(row.pop("tiers", {})).items():
            row |= {f"{tier}.{what}": figure for what, figure in figures.items()}
        rows.append(row)
    return rows


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _parquet(path: Path) -> list[dict[str, Any]]:
    from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]

    read: Any = parquet.read_table  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return cast("list[dict[str, Any]]", read(path).to_pylist())


def _text(row: Mapping[str, Any], number: int, name: str) -> str:
    text = str(row.get("question") or "").strip()
    if not text:
        raise BadInput(f"Row {number} of {name} has no question.", do="Fill the column 'question'.")
    return text


def _number(row: Mapping[str, Any], column: str, number: int, name: str, high: float) -> float:
    given = row.get(column)
    try:
        value = math.nan if given is None or given == "" else float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not (0 <= value <= high and math.isfinite(value)):
        wanted = "a number between 0 and 1" if high == 1 else "a number that is not negative"
        raise BadInput(
            f"Row {number} of {name} has {given!r} as {column}.",
            why=f"It is {wanted}, and every tier has one for every question.",
            do="Correct the row, or leave it out.",
        )
    return value


def _score(row: Mapping[str, Any], column: str) -> float:
    given = row.get(column)
    try:
        return math.nan if given is None or given == "" else float(given)
    except (TypeError, ValueError):
        return math.nan
