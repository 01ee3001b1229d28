"""Training a prefix: what is learned, and that a training that was broken off comes to the same bytes."""

from pathlib import Path

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.weights.descent import DescentProgress
from clearspan.models.weights.loading import LoadedModel
from clearspan.tiers.rewriting import MANNER, ToldStatement, told
from clearspan.tiers.writer.training.loop import Learner, WritingRecipe, nats, train
from clearspan.tiers.writer.training.pairs import WritingPair

PAIRS = [
    WritingPair(
        f"made:{number}",
        "Tell me about Tarrow.",
        (ToldStatement("Tarrow", f"Tarrow has {number} wells."), ToldStatement("Tarrow", "They are deep.")),
        f"Tarrow has {number} deep wells.",
    )
    for number in range(4)
]
RECIPE = WritingRecipe(passes=3, batch=2, rate=2e-2, warm=2)


class _BrokenOff(Exception):
    pass


@pytest.fixture(scope="module")
def loaded(language_model: LanguageModel) -> LoadedModel:
    return language_model._open().loaded.twin()


def test_it_begins_with_the_words_that_it_stands_for(
    loaded: LoadedModel, language_model: LanguageModel
) -> None:
    learner = Learner(loaded, language_model.reference)
    prompt = language_model.chat_tokens(told(PAIRS[0].question, PAIRS[0].statements))
    prefix = learner.prefix
    assert prefix.leads(prompt)
    encoded = learner.encode(PAIRS[0])
    assert list(encoded.prompt) == prompt[len(prefix.tokens) :]
    text = loaded.tokenizer.decode(encoded.answer)
    assert text.startswith("Tarrow has 0 deep wells.")
    assert loaded.tokenizer.decode(prefix.tokens).count(MANNER) == 1


def test_it_learns_and_leaves_the_model_as_it_is(
    loaded: LoadedModel, language_model: LanguageModel, tmp_path: Path
) -> None:
    learner = Learner(loaded, language_model.reference)
    weights = {name: one.clone() for name, one in list(loaded.model.named_parameters())[:3]}
    before = nats(learner, PAIRS, RECIPE)
    told_of: list[DescentProgress] = []
    train(learner, PAIRS, RECIPE, tmp_path, told_of.append)
    assert nats(learner, PAIRS, RECIPE) < 0.7 * before
    assert [one.step for one in told_of] == [1, 2, 3, 4, 5, 6]
    assert told_of[-1].seconds_left == 0
    for name, one in weights.items():
        assert torch.equal(one, dict(loaded.model.named_parameters())[name])


def test_broken_off_it_comes_to_the_same_bytes(
    loaded: LoadedModel, language_model: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearspan.tiers.writer.training.loop._PER_CHECKPOINT", 2)
    whole = Learner(loaded, language_model.reference)
    train(whole, PAIRS, RECIPE, _made(tmp_path / "whole"), lambda _: None)

    def stop(progress: DescentProgress) -> None:
        if progress.step == 3:
            raise _BrokenOff

    folder = _made(tmp_path / "broken")
    with pytest.raises(_BrokenOff):
        train(Learner(loaded, language_model.reference), PAIRS, RECIPE, folder, stop)
    later = Learner(loaded, language_model.reference)
    steps: list[int] = []
    train(later, PAIRS, RECIPE, folder, lambda progress: steps.append(progress.step))
    assert steps == [3, 4, 5, 6]
    assert later.prefix.packed() == whole.prefix.packed()


def test_another_training_does_not_go_on_from_it(
    loaded: LoadedModel, language_model: LanguageModel, tmp_path: Path
) -> None:
    short = WritingRecipe(passes=0.5, batch=2)
    train(Learner(loaded, language_model.reference), PAIRS, short, tmp_path, lambda _: None)
    with pytest.raises(BadInput, match="another training"):
        train(Learner(loaded, language_model.reference), PAIRS[:3], short, tmp_path, lambda _: None)


def test_pairs_that_are_too_long_are_left_out(
    loaded: LoadedModel, language_model: LanguageModel, tmp_path: Path
) -> None:
    steps: list[DescentProgress] = []
    train(Learner(loaded, language_model.reference), PAIRS, WritingRecipe(longest=10), tmp_path, steps.append)
    assert steps == []


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
