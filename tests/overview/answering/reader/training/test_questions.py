"""Sets of questions are read as they stand, damage is named, and folds share no document."""

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from clearspan.errors import BadInput, NotFound
from clearspan.overview.answering.reader.training.questions import (
    content_hash,
    grouped_folds,
    read_questions,
    sets_of,
)


def row(number: int, page: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"q{number}",
        "question": f"What is the toll of bridge {number}?",
        "answers": [f"{number} crowns"],
        "answerable": True,
        "kind": "number",
        "documents": [
            {"title": f"Bridges {page}", "text": f"The toll of bridge {number} is {number} crowns."}
        ],
        "evidence": [f"The toll of bridge {number} is {number} crowns."],
        "evidence_how": "gold",
        **more,
    }


def write(folder: Path, name: str, lines: list[str]) -> Path:
    path = folder / name / "dev.jsonl.zst"
    path.parent.mkdir(parents=True)
    path.write_bytes(zstandard.compress("\n".join(lines).encode()))
    return path


def test_a_set_is_read_with_everything_that_people_said(tmp_path: Path) -> None:
    write(tmp_path, "tolls", [json.dumps(row(1, 1, also=["list"], near_miss=["No toll."], eval_only=True))])
    (question,) = read_questions(tmp_path)
    assert (question.origin, question.kind, question.kinds) == ("tolls", "number", ("number", "list"))
    assert (question.near_miss, question.trainable, question.marked) == (("No toll.",), False, "gold")
    assert question.pages[0].title == "Bridges 1"
    assert sets_of(tmp_path) == ["tolls"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds no sets"):
        sets_of(tmp_path)
    write(tmp_path, "tolls", [json.dumps(row(1, 1))])
    with pytest.raises(NotFound, match="no set fares"):
        read_questions(tmp_path, ["fares"])


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    write(tmp_path, "tolls", [json.dumps(row(1, 1)), '{"id": "q2"}'])
    with pytest.raises(BadInput, match="line 2"):
        read_questions(tmp_path)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "poem"},
        {"answers": "5 m"},
        {"evidence": "the toll"},
        {"answerable": "false"},
        {"question": "\ud800?"},
    ],
)
def test_a_field_that_is_not_what_it_should_be_is_refused(tmp_path: Path, fault: dict[str, Any]) -> None:
    write(tmp_path, "tolls", [json.dumps(row(1, 1, **fault))])
    with pytest.raises(BadInput, match="line 1"):
        read_questions(tmp_path)


def test_a_file_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    path = write(tmp_path, "tolls", [json.dumps(row(number, number)) for number in range(2000)])
    path.write_bytes(path.read_bytes()[:-20] + b"nonsense")
    with pytest.raises(BadInput):
        read_questions(tmp_path)


def test_folds_share_no_document_title_or_question(tmp_path: Path) -> None:
    rows = [row(number, number // 5) for number in range(400)]
    rows += [
        row(number, number + 1000) for number in range(0, 400, 7)
    ]  # the same questions of other documents
    write(tmp_path, "tolls", [json.dumps(one) for one in rows])
    questions = read_questions(tmp_path)
    folds = grouped_folds(questions, 4)
    for key in (lambda one: one.pages[0].title, lambda one: one.question):
        homes: dict[str, set[int]] = {}
        for question, fold in zip(questions, folds, strict=True):
            homes.setdefault(key(question), set()).add(fold)
        assert all(len(each) == 1 for each in homes.values())
    assert set(folds) == {0, 1, 2, 3}
    assert folds == grouped_folds(list(questions), 4)


def test_a_hash_tells_other_data(tmp_path: Path) -> None:
    write(tmp_path / "one", "tolls", [json.dumps(row(1, 1))])
    write(tmp_path / "two", "tolls", [json.dumps(row(1, 1, evidence=[]))])
    one, two = read_questions(tmp_path / "one"), read_questions(tmp_path / "two")
    assert content_hash(one) == content_hash(read_questions(tmp_path / "one")) != content_hash(two)
