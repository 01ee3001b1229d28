import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.models.inside.sites import Site

sites = st.one_of(
    st.just(Site("embedding")),
    st.builds(Site, st.sampled_from(["attention", "mlp", "residual"]), st.integers(0, 99_999)),
)


@given(sites)
def test_addresses_round_trip(site: Site) -> None:
    assert Site.parse(str(site)) == site
    assert Site.parse(site) is site


@given(st.text(max_size=30))
def test_whatever_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="clearspan models sites"):
        Site.parse(f"layers.{text}")


NEAR_MISSES = """|layers|layers.-1.mlp|layers.01.mlp|layers.1.mlp |layers.1.head|layers.1.mlp.x|Embedding
layers.1.mlp|layers.1.residual\n|layers.١.mlp|layers.1000000.mlp|Layers.1.mlp|layers.1.mlp/layers.2.mlp"""


@pytest.mark.parametrize("address", NEAR_MISSES.split("|"))
def test_near_misses(address: str) -> None:
    with pytest.raises(BadInput, match="not the address"):
        Site.parse(address)


@given(st.lists(sites, min_size=2))
def test_the_order_is_that_of_computation(several: list[Site]) -> None:
    ordered = sorted(several, key=lambda site: site.order)
    assert [site.layer for site in ordered] == sorted(site.layer for site in several)
    within = {"embedding": 0, "attention": 1, "mlp": 2, "residual": 3}
    for one, other in itertools.pairwise(ordered):
        assert one.layer < other.layer or within[one.part] <= within[other.part]
