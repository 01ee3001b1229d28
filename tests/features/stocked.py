"""A home folder with dictionaries in it, and one that ships."""

from pathlib import Path

import pytest
import torch

from clearspan.features import places
from clearspan.features.card import Card
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.formats.saelens import write_saelens
from clearspan.features.names import DictionaryName
from clearspan.features.places import home_folder, slug
from clearspan.settings import Settings

SHIPPED = "smollm2-135m/layers.15.residual/8k"
OWN = "smollm2-135m/layers.20.residual/16"
FOREIGN = "hub:some/model/embedding/16"


def make(name: str, folder: Path) -> None:
    shapes = {"W_enc": (4, 16), "b_enc": (16,), "W_dec": (16, 4), "b_dec": (4,)}
    parameters = {key: torch.ones(shape) for key, shape in shapes.items()}
    write_saelens(ReluDictionary(Card(name=name, architecture="relu"), parameters), folder)


@pytest.fixture
def stocked(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a dictionary that ships, and two in the home folder."""
    monkeypatch.setattr(places, "SHIPPED", tmp_path / "shipped")
    make(SHIPPED, tmp_path / "shipped" / slug(SHIPPED))
    for name in (OWN, FOREIGN):
        make(name, home_folder(DictionaryName.parse(name), settings))
    return settings
