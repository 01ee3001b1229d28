"""An architecture is one file and one line in a registry: what another package adds trains, is written and opened."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pytest
import torch

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries import DICTIONARY_CLASSES
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.formats.saelens import read_card, read_saelens, write_saelens
from clearspan.features.training.architectures import ARCHITECTURES
from clearspan.features.training.architectures.base import Architecture
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.finish import finished, with_measures
from clearspan.features.training.loop import Training
from clearspan.features.training.machinery import Machinery
from clearspan.features.training.steps.dense import Selection
from clearspan.features.training.steps.largest import LargestObjective
from clearspan.features.training.steps.step import Objective, Tensors
from clearspan.features.training.trained import TrainedWeights
from clearspan.plugins import Plugins
from clearspan.settings import Settings
from tests.features.training.conftest import MadeUpSource, sparse_sums

NAME = "smollm2-135m/layers.15.residual/24"


class Capped(ReluDictionary):
    """σ(x) = min(max(x, 0), most)."""

    architecture = "capped"

    def __init__(
        self, card: Card, parameters: Mapping[str, torch.Tensor], *, centred: bool = False, most: float = 1.0
    ) -> None:
        super().__init__(card, parameters, centred=centred)
        self.most = most

    @classmethod
    def made(
        cls,
        card: Card,
        parameters: Mapping[str, torch.Tensor],
        settings: Mapping[str, Any],
        *,
        centred: bool = False,
    ) -> Self:
        return cls(card, parameters, centred=centred, most=float(settings["most"]))

    @property
    def settings(self) -> dict[str, Any]:
        return {"most": self.most}

    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        return before.clamp(0, self.most)


class ToCapped(Architecture):
    """Trains as TopK does, and caps what comes out."""

    def objective(self, config: TrainingConfig, parameters: Tensors, machinery: Machinery) -> Objective:
        forward = machinery.forward(Selection(config.k, pooled=False, prefixes=(config.features,)))
        return LargestObjective(config, parameters, forward, machinery.processes)

    def dictionary(self, trained: TrainedWeights) -> Dictionary:
        return trained.made(Capped, trained.parameters)


TO_CAPPED = ToCapped()


def parameters(features: int = 24, width: int = 8) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    shapes = {"W_enc": (width, features), "b_enc": (features,), "W_dec": (features, width), "b_dec": (width,)}
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


@pytest.fixture
def capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both registries as they are with a package that adds one to each."""
    added: Plugins[type[Dictionary]] = Plugins(
        "clearspan.activations", "activation", {"capped": f"{__name__}:Capped"}, Dictionary, classes=True
    )
    monkeypatch.setattr("clearspan.features.formats.saelens.DICTIONARY_CLASSES", added)
    ways: Plugins[Architecture] = Plugins(
        "clearspan.architectures", "architecture", {"capped": f"{__name__}:TO_CAPPED"}, Architecture
    )
    for module in ("loop", "finish"):
        monkeypatch.setattr(f"clearspan.features.training.{module}.ARCHITECTURES", ways)


@pytest.mark.usefixtures("capped")
def test_one_that_is_added_trains_and_comes_back_from_its_folder(settings: Settings, tmp_path: Path) -> None:
    config = TrainingConfig(architecture="capped", features=24, k=4, tokens=2000, batch=500)
    training = Training(config, MadeUpSource(sparse_sums(2000)), tmp_path / "training", settings)
    training.run()
    made = with_measures(finished(training), {"l0": 4.0})
    assert isinstance(made, Capped)
    assert (made.card.architecture, made.card.trained_as, made.card.measures) == (
        "capped",
        "capped",
        {"l0": 4.0},
    )
    write_saelens(Capped(made.card, made.parameters, most=0.5), tmp_path / "folder")
    assert read_card(tmp_path / "folder").architecture == "capped"
    found = read_saelens(tmp_path / "folder")
    assert isinstance(found, Capped)
    assert found.most == 0.5
    assert float(found.encode(100 * sparse_sums(10)).max()) == 0.5


def test_one_that_nobody_added_is_refused_with_those_that_there_are(
    settings: Settings, tmp_path: Path
) -> None:
    config = TrainingConfig(architecture="capped", features=24, k=4, tokens=2000, batch=500)
    with pytest.raises(NotFound, match="batchtopk, topk, matryoshka, jumprelu, gated"):
        Training(config, MadeUpSource(sparse_sums(2000)), tmp_path, settings)
    write_saelens(Capped(Card(name=NAME, architecture="capped"), parameters()), tmp_path / "folder")
    with pytest.raises(Refused, match=r"architecture 'capped'.*standard, topk, jumprelu, gated"):
        read_saelens(tmp_path / "folder")


def test_every_registered_name_is_what_its_class_says() -> None:
    assert {name: kind.architecture for name, kind in DICTIONARY_CLASSES.all().items()} == {
        name: name for name in DICTIONARY_CLASSES.names()
    }
    assert set(ARCHITECTURES.all()) == {"batchtopk", "topk", "matryoshka", "jumprelu", "gated"}


def test_another_card_keeps_what_the_architecture_needs() -> None:
    card = Card(name=NAME, architecture="topk")
    plain = TopKDictionary(card, parameters(), k=3, centred=True, by_decoder_norm=True)
    same = plain.with_card(card.model_copy(update={"seed": 7}))
    assert (same.k, same.centred, same.by_decoder_norm, same.card.seed) == (3, True, True, 7)


@pytest.mark.parametrize("wrong", [{}, {"k": 2.5}, {"k": True}, {"k": 3, "rescale_acts_by_decoder_norm": 1}])
def test_settings_that_cannot_be_used(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="whole number"):
        TopKDictionary.made(Card(name=NAME, architecture="topk"), parameters(), wrong)
