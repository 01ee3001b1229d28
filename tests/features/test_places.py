from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import NotFound, Refused
from clearspan.features.names import DictionaryName
from clearspan.features.places import forget, home_folder, locate, places, remember, slug, unslug
from clearspan.settings import Settings
from tests.features.stocked import FOREIGN, OWN, SHIPPED, make, stocked

__all__ = ["stocked"]


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1))
def test_slugs_are_one_part_of_a_path_and_lead_back(name: str) -> None:
    made = slug(name)
    assert "/" not in made
    assert unslug(made) == name


def test_the_slug_of_a_plain_name_can_be_read() -> None:
    assert slug(SHIPPED) == "smollm2-135m--layers.15.residual--8k"


def test_those_that_ship_come_first_and_then_the_newest(stocked: Settings) -> None:
    assert [str(place.name) for place in places(stocked)] == [SHIPPED, FOREIGN, OWN]
    assert [place.card.name for place in places(stocked)] == [SHIPPED, FOREIGN, OWN]
    assert [place.ships for place in places(stocked)] == [True, False, False]


def test_a_model_stands_for_its_default(stocked: Settings) -> None:
    assert str(locate("smollm2-135m", stocked).name) == SHIPPED
    assert str(locate("hub:some/model", stocked).name) == FOREIGN
    assert str(locate(OWN, stocked).name) == OWN


def test_a_name_that_ships_is_taken(stocked: Settings) -> None:
    with pytest.raises(Refused, match="ships with Clearspan"):
        home_folder(DictionaryName.parse(SHIPPED), stocked)


ELSEWHERE = "smollm2-135m/layers.3.residual/16"


@pytest.fixture
def elsewhere(stocked: Settings, tmp_path: Path) -> Path:
    """A dictionary outside the home folder, as training leaves one."""
    folder = tmp_path / "trained" / "here"
    make(ELSEWHERE, folder)
    remember(folder, stocked)
    return folder


def test_one_that_lies_elsewhere_is_listed_and_found_by_name(stocked: Settings, elsewhere: Path) -> None:
    remember(elsewhere, stocked)
    assert [str(place.name) for place in places(stocked)] == [SHIPPED, ELSEWHERE, FOREIGN, OWN]
    found = locate(ELSEWHERE, stocked)
    assert (found.folder, found.ships) == (elsewhere, False)
    assert locate(elsewhere, stocked) == found


def test_what_is_no_longer_there_is_not_listed(stocked: Settings, elsewhere: Path) -> None:
    elsewhere.rename(elsewhere.with_name("moved"))
    assert [str(place.name) for place in places(stocked)] == [SHIPPED, FOREIGN, OWN]
    remember(elsewhere.with_name("moved"), stocked)
    assert locate(ELSEWHERE, stocked).folder == elsewhere.with_name("moved")


def test_one_that_lies_elsewhere_takes_no_name_that_ships(
    stocked: Settings, elsewhere: Path, tmp_path: Path
) -> None:
    make(SHIPPED, tmp_path / "copy")
    remember(tmp_path / "copy", stocked)
    assert locate(SHIPPED, stocked).ships
    assert [str(place.name) for place in places(stocked)].count(SHIPPED) == 1


def test_forgetting_keeps_the_files_that_lie_elsewhere(stocked: Settings, elsewhere: Path) -> None:
    kept = forget(DictionaryName.parse(ELSEWHERE), stocked)
    assert kept == elsewhere
    assert (elsewhere / "cfg.json").is_file()
    own = forget(DictionaryName.parse(OWN), stocked)
    assert not own.exists()
    assert [str(place.name) for place in places(stocked)] == [SHIPPED, FOREIGN]
    with pytest.raises(NotFound):
        forget(DictionaryName.parse(ELSEWHERE), stocked)
    with pytest.raises(Refused, match="ships with Clearspan"):
        forget(DictionaryName.parse(SHIPPED), stocked)
