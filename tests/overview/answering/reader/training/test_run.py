"""What a training refuses before it begins."""

from pathlib import Path

import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.overview.answering.reader.training.loop import Recipe
from clearspan.overview.answering.reader.training.run import train_reader
from clearspan.settings import Settings
from tests.checks.answers.conftest import row, write_set


def refused(folder: Path, questions: int, begin: Path | None = None) -> None:
    """Begin a training that must not come as far as its own folder."""
    write_set(folder, "bridges", [row(f"Sallow{number}", number) for number in range(questions)])
    data, out = folder / "evals" / "questions", folder / "out"
    try:
        train_reader(data, out, Recipe(), Settings(), lambda _: None, lambda *_: None, begin)
    finally:
        assert not out.exists()


def test_questions_that_are_too_few_are_refused_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too few questions"):
        refused(tmp_path, 9)


def test_a_folder_without_a_training_is_nothing_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no reader to begin with"):
        refused(tmp_path, 400, begin=tmp_path)
