"""A training learns, and one that was killed goes on to the same weights."""

import copy
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.models.weights.checkpoint import Checkpoint
from clearspan.models.weights.descent import DescentProgress
from clearspan.overview.answering.reader.network import ReaderNetwork, batch_of
from clearspan.overview.answering.reader.training.examples import LabelledWindows
from clearspan.overview.answering.reader.training.loop import Recipe, loss_of, train
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.answering.reader.windows import WindowCutter

RECIPE = Recipe(passes=40, rate=3e-3, tokens=500, frozen=1)


class Killed(Exception):
    pass


def run(
    network: ReaderNetwork,
    examples: LabelledWindows,
    folder: Path,
    until: int | None = None,
    begin: Checkpoint | None = None,
) -> list[DescentProgress]:
    told: list[DescentProgress] = []

    def progress(one: DescentProgress) -> None:
        told.append(one)
        if until is not None and one.step == until:
            raise Killed

    train(network, examples, RECIPE, folder, "data", begin, progress)
    return told


@pytest.fixture
def examples(windows: WindowCutter, questions: list[LabelledQuestion]) -> LabelledWindows:
    return LabelledWindows(questions, windows)


def test_a_killed_training_goes_on_to_the_same_weights(
    network: ReaderNetwork, examples: LabelledWindows, tmp_path: Path
) -> None:
    begun, whole = copy.deepcopy(network), copy.deepcopy(network)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    told = run(whole, examples, tmp_path / "one")
    assert told[-1].step == told[-1].steps
    assert sum(one.loss for one in told[-20:]) < 0.5 * sum(one.loss for one in told[:20])
    with pytest.raises(Killed):
        run(begun, examples, tmp_path / "two", until=130)
    on = run(copy.deepcopy(network), examples, tmp_path / "two")
    assert on[0].step == 101  # after the last checkpoint
    last = copy.deepcopy(network)
    run(last, examples, tmp_path / "two")
    for (name, one), other in zip(whole.state_dict().items(), last.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_layers_that_are_frozen_stay_as_they_are(
    network: ReaderNetwork, examples: LabelledWindows, tmp_path: Path
) -> None:
    before = {name: one.clone() for name, one in network.state_dict().items()}
    with pytest.raises(Killed):
        run(network, examples, tmp_path, until=3)
    changed = {name for name, one in network.state_dict().items() if not torch.equal(one, before[name])}
    assert not any("embeddings" in name or "layer.0." in name for name in changed)
    assert any("layer.1." in name for name in changed)
    assert any("heads." in name for name in changed)


def test_a_training_begins_with_the_weights_of_another(
    network: ReaderNetwork, examples: LabelledWindows, tmp_path: Path
) -> None:
    before, fresh = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    fresh.mkdir()
    untrained = copy.deepcopy(network)
    first = run(network, examples, before)
    begin = Checkpoint.last(before)
    assert begin
    with pytest.raises(Killed):
        run(copy.deepcopy(untrained), examples, fresh, until=101, begin=begin)
    on = run(copy.deepcopy(untrained), examples, fresh, begin=begin)
    assert on[0].step == 101
    assert on[-1].loss < first[0].loss / 2
    with pytest.raises(BadInput, match="another training"):
        run(copy.deepcopy(untrained), examples, fresh)
    other = Checkpoint.of({}, 1, {"parameters": {"heads.span.bias": torch.zeros(3)}})
    with pytest.raises(BadInput, match="cannot begin"):
        run(untrained, examples, tmp_path, begin=other)


def test_another_training_does_not_go_on_from_a_folder(
    network: ReaderNetwork, examples: LabelledWindows, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        run(network, examples, tmp_path, until=101)
    with pytest.raises(BadInput, match="another training"):
        train(network, examples, RECIPE, tmp_path, "other data", None, lambda _: None)


def test_the_loss_falls_when_the_marked_sentence_is_preferred(
    network: ReaderNetwork, examples: LabelledWindows
) -> None:
    group = examples.group(0, random.Random(0), 2)
    said = network(batch_of([one.window for one in group]))
    better = said.evidence.detach().clone()
    better[0, 1] += 3.0
    assert loss_of(replace(said, evidence=better), [group]) < loss_of(said, [group])
