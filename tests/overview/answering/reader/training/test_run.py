"""What a training refuses before it begins."""

from pathlib import Path

import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.overview.answering.reader.training.loop import Recipe
from clearspan.overview.answering.reader.training.run import train_reader
from clearspan.settings import Settings
from tests.checks.answers.conftest import row, write_set


def test_questions_that_are_too_few_are_refused_before_anything_is_trained(tmp_path: Path) -> None:
    write_set(tmp_path, "bridges", [row(f"Sallow{number}", number) for number in range(9)])
    with pytest.raises(BadInput, match="too few questions"):
        train_reader(
            tmp_path / "evals" / "questions",
            tmp_path / "out",
            Recipe(),
            Settings(),
            lambda _: None,
            lambda *_: None,
        )
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_training_is_nothing_to_begin_with(tmp_path: Path) -> None:
    write_set(tmp_path, "bridges", [row(f"Sallow{number}", number) for number in range(400)])
    with pytest.raises(NotFound, match="no training to begin with"):
        train_reader(
            tmp_path / "evals" / "questions",
            tmp_path / "out",
            Recipe(),
            Settings(),
            lambda _: None,
            lambda *_: None,
            begin=tmp_path,
        )
