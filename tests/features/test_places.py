import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import Refused
from clearspan.features.names import DictionaryName
from clearspan.features.places import home_folder, locate, places, slug, unslug
from clearspan.settings import Settings
from tests.features.stocked import FOREIGN, OWN, SHIPPED, stocked

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
