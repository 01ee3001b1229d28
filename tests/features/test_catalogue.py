import threading
from pathlib import Path

import pytest

import clearspan as cs
from clearspan.errors import BadInput, ClearspanError, NotFound
from clearspan.features.catalogue import open_dictionary
from clearspan.features.formats.saelens import CONFIG
from clearspan.features.labels.log import label
from clearspan.features.names import DictionaryName
from clearspan.features.places import home_folder, locate, places, slug
from clearspan.settings import Settings
from tests.features.stocked import OWN, SHIPPED, make, stocked

__all__ = ["stocked"]


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
        [place.card for place in places(stocked)]
    assert open_dictionary(SHIPPED, stocked).card.name == SHIPPED


def test_the_python_face(stocked: Settings) -> None:
    opened = cs.dictionary("smollm2-135m", settings=stocked)
    assert opened.card.name == SHIPPED
    assert opened.feature(2).name == f"{SHIPPED}#2"


def test_a_search_loads_the_model_with_the_settings_of_the_dictionary(stocked: Settings) -> None:
    nowhere = stocked.model_copy(update={"weights": stocked.home / "none"})
    (stocked.home / "none").write_text("a file, where a folder of weights would be")
    with pytest.raises(ClearspanError, match="none"):
        cs.dictionary("smollm2-135m", settings=nowhere).find("rain")
