import threading
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clearspan import api
from clearspan.errors import BadInput, NotFound, Refused
from clearspan.features import catalogue
from clearspan.features.card import Card
from clearspan.features.catalogue import (
    dictionaries,
    home_folder,
    locate,
    open_dictionary,
    places,
    slug,
    unslug,
)
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.formats.saelens import CONFIG, write_saelens
from clearspan.features.labels.log import label
from clearspan.features.names import DictionaryName
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
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path / "shipped")
    make(SHIPPED, tmp_path / "shipped" / slug(SHIPPED))
    for name in (OWN, FOREIGN):
        make(name, home_folder(DictionaryName.parse(name), settings))
    return settings


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1))
def test_slugs_are_one_part_of_a_path_and_lead_back(name: str) -> None:
    made = slug(name)
    assert "/" not in made
    assert unslug(made) == name


def test_the_slug_of_a_plain_name_can_be_read() -> None:
    assert slug(SHIPPED) == "smollm2-135m--layers.15.residual--8k"


def test_those_that_ship_come_first_and_then_the_newest(stocked: Settings) -> None:
    assert [str(place.name) for place in places(stocked)] == [SHIPPED, FOREIGN, OWN]
    assert [card.name for card in dictionaries(stocked)] == [SHIPPED, FOREIGN, OWN]
    assert [place.ships for place in places(stocked)] == [True, False, False]


def test_a_model_stands_for_its_default(stocked: Settings) -> None:
    assert str(locate("smollm2-135m", stocked).name) == SHIPPED
    assert str(locate("hub:some/model", stocked).name) == FOREIGN
    assert str(locate(OWN, stocked).name) == OWN


def test_a_folder_is_found_by_its_path(stocked: Settings, tmp_path: Path) -> None:
    make("m/layers.1.mlp/16", tmp_path / "elsewhere")
    assert open_dictionary(tmp_path / "elsewhere", stocked).card.name == "m/layers.1.mlp/16"
    assert open_dictionary(str(tmp_path / "elsewhere"), stocked).card.name == "m/layers.1.mlp/16"
    assert locate(tmp_path / "shipped" / slug(SHIPPED), stocked).ships


@pytest.mark.parametrize("reference", ["nothing", "smollm2-135m/layers.1.mlp/8k", "./nowhere", "/nowhere"])
def test_what_is_not_there(stocked: Settings, reference: str) -> None:
    with pytest.raises(NotFound):
        open_dictionary(reference, stocked)


def test_labels_of_one_that_ships_are_kept_at_home(stocked: Settings, tmp_path: Path) -> None:
    opened = open_dictionary(SHIPPED, stocked)
    opened.labels.append([label(3, "bridges", "person")])
    assert not (tmp_path / "shipped" / slug(SHIPPED) / "labels.jsonl").exists()
    found = open_dictionary(SHIPPED, stocked).labels.of(3)
    assert found is not None
    assert found.text == "bridges"
    assert [str(place.name) for place in places(stocked)].count(SHIPPED) == 1


def test_a_name_that_ships_is_taken(stocked: Settings) -> None:
    with pytest.raises(Refused, match="ships with Clearspan"):
        home_folder(DictionaryName.parse(SHIPPED), stocked)


def test_one_dictionary_is_opened_once_and_again_when_it_changes(stocked: Settings) -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(open_dictionary(OWN, stocked))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in found}) == 1
    make(OWN, home_folder(DictionaryName.parse(OWN), stocked))
    assert open_dictionary(OWN, stocked) is not found[0]


def test_a_damaged_card_is_named(stocked: Settings) -> None:
    path = home_folder(DictionaryName.parse(OWN), stocked) / CONFIG
    path.write_text("{")
    with pytest.raises(BadInput, match=CONFIG):
        dictionaries(stocked)
    assert open_dictionary(SHIPPED, stocked).card.name == SHIPPED


def test_the_python_face(stocked: Settings) -> None:
    opened = api.dictionary("smollm2-135m", settings=stocked)
    assert opened.card.name == SHIPPED
    assert opened.feature(2).name == f"{SHIPPED}#2"
