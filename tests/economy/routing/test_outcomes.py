"""Outcomes of files: three formats that say the same, rows that cannot be used, and splits without leaks."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from clearspan.economy.routing.outcomes import (
    Outcomes,
    folds_of,
    made,
    marks,
    read_outcomes,
    refuse_duplicates,
    split,
)
from clearspan.errors import BadInput, NotFound
from tests.economy.routing.outcomes_made import outcomes

ROWS: list[dict[str, Any]] = [
    {"question": f"Question {number}?", "group": f"g{number % 5}", "tiers": {
        "large": {"quality": 1, "cost": 2.5}, "small": {"quality": number % 2, "cost": 0.5, "score": number / 30}}}
    for number in range(30)
]  # fmt: skip


def flat(row: dict[str, Any]) -> dict[str, Any]:
    own = {"question": row["question"], "group": row["group"]}
    return own | {
        f"{tier}.{what}": value for tier, each in row["tiers"].items() for what, value in each.items()
    }


def written(folder: Path, ending: str) -> Path:
    path = folder / f"outcomes.{ending}"
    if ending == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    elif ending == "csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(flat(ROWS[0])))
            writer.writeheader()
            writer.writerows(map(flat, ROWS))
    else:
        parquet.write_table(pa.Table.from_pylist([flat(row) for row in ROWS]), path)
    return path


def test_three_formats_say_the_same(tmp_path: Path) -> None:
    found = [read_outcomes(written(tmp_path, ending)) for ending in ("jsonl", "csv", "parquet")]
    assert len({one.digest() for one in found}) == 1
    assert found[0].tiers == ("small", "large")
    assert found[0].asks.scores is not None
    np.testing.assert_allclose(found[0].asks.scores[:, 0], np.arange(30) / 30)
    assert np.isnan(found[0].asks.scores[:, 1]).all()


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("small.quality", 1.5, "Row 3 .* 1.5 as small.quality"),
        ("small.quality", None, "None as small.quality"),
        ("large.cost", -1, "-1 as large.cost"),
        ("large.cost", "dear", "'dear' as large.cost"),
        ("question", " ", "Row 3 .* no question"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(column: str, value: object, named: str) -> None:
    rows = [flat(row) for row in ROWS]
    rows[2][column] = value
    with pytest.raises(BadInput, match=named):
        made(rows, "rows.csv")


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_outcomes(tmp_path / "none.csv")
    (tmp_path / "outcomes.jsonl").write_text("[1]\n")
    with pytest.raises(BadInput, match="cannot be read"):
        read_outcomes(tmp_path / "outcomes.jsonl")
    (tmp_path / "outcomes.txt").write_text("")
    with pytest.raises(BadInput, match="of no kind"):
        read_outcomes(tmp_path / "outcomes.txt")
    with pytest.raises(BadInput, match="2 questions"):
        made([flat(row) for row in ROWS[:2]], "few")


@given(st.lists(st.sampled_from("abcdefgh"), min_size=20, max_size=60), st.integers(0, 99))
def test_a_group_is_never_on_both_sides(groups: list[str], seed: int) -> None:
    if len(set(groups)) < 3:
        return
    folds = folds_of(groups, 3, seed)
    assert all(
        len({int(fold) for fold, name in zip(folds, groups, strict=True) if name == one}) == 1
        for one in groups
    )
    assert set(folds.tolist()) == {0, 1, 2}


def test_equal_questions_without_a_group_stay_together() -> None:
    rows = [
        {**flat(row), "group": None, "question": f"  QUESTION {number // 2}? "}
        for number, row in enumerate(ROWS)
    ]
    kept, held = split(made(rows, "rows"), 0.3, 0)
    assert len(kept) + len(held) == 30
    assert len(held) % 2 == 0


def test_a_question_on_both_sides_is_refused() -> None:
    found = outcomes(60)
    with pytest.raises(BadInput, match="1 questions stand both"):
        refuse_duplicates(found.where(np.arange(30)), found.where(np.arange(29, 60)))
    twice: Outcomes = made([{**flat(row), "question": "the same"} for row in ROWS], "rows")
    with pytest.raises(BadInput, match="both"):
        split(twice, 0.3, 0)


def test_marks_know_a_question_again() -> None:
    assert set(marks(["Who?", " who? ", "What?"])) == set(marks(["WHO?", "what?"]))
    assert len(marks(["Who?", "What?"])) == 2
