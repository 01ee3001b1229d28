"""What a training refuses before it begins."""

from pathlib import Path

import pytest
import torch

from clearspan.errors import BadInput, NotFound
from clearspan.models.weights.checkpoint import Checkpoint
from clearspan.overview.answering.reader.network import ReaderNetwork
from clearspan.overview.answering.reader.training.loop import Recipe
from clearspan.overview.answering.reader.training.run import halfway, train_reader
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


def test_what_goes_on_is_halfway_to_where_it_began(network: ReaderNetwork) -> None:
    came_to = {name: one.clone() for name, one in network.state_dict().items()}
    began = {name: one + 1.0 for name, one in came_to.items() if name.startswith("heads.")}
    halfway(network, Checkpoint.of({}, 0, {"parameters": began}))
    for name, one in network.state_dict().items():
        assert torch.allclose(one, came_to[name] + (0.5 if name in began else 0.0)), name
