from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, NotFound
from clearspan.features.directions.named import (
    FILE,
    DirectionCard,
    NamedDirection,
    directions,
    find_direction,
    read_directions,
    save_direction,
    write_directions,
)
from clearspan.models.inside.dials import Direction
from clearspan.settings import Settings

SITE = "layers.15.residual"


def named(name: str = "one", vector: torch.Tensor | None = None, bias: float = 0.25) -> NamedDirection:
    vector = torch.arange(1.0, 9.0) if vector is None else vector
    plain = Direction.of(name, "smollm2-135m", SITE, vector, maximum=3.5)
    return NamedDirection(
        DirectionCard(name=name, model="smollm2-135m", site=SITE, like=5), replace(plain, bias=bias)
    )


def same(one: NamedDirection, other: NamedDirection) -> None:
    assert one.card == other.card
    assert torch.equal(one.direction.decoder, other.direction.decoder)
    assert torch.equal(one.direction.encoder, other.direction.encoder)
    assert (one.direction.bias, one.direction.maximum) == (other.direction.bias, other.direction.maximum)


@hypothesis_settings(deadline=None, max_examples=30)
@given(
    values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=4, max_size=4).filter(
        lambda found: sum(one * one for one in found) > 1e-6
    ),
    bias=st.floats(-1e6, 1e6),
)
def test_what_is_written_is_read_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], bias: float
) -> None:
    path = tmp_path_factory.mktemp("directions") / "some.safetensors"
    together = [named("one", torch.tensor(values), bias), named("two")]
    write_directions(path, together)
    found = read_directions(path)
    assert list(found) == ["one", "two"]
    for one in together:
        same(one, found[one.card.name])


@pytest.mark.usefixtures("nothing_ships")
def test_ones_own_are_kept_and_found(settings: Settings) -> None:
    assert directions("smollm2-135m", settings) == {}
    save_direction(named("one"), settings)
    save_direction(named("two"), settings)
    save_direction(named("one", bias=9), settings)
    same(find_direction("one", "smollm2-135m", settings), named("one", bias=9))
    assert sorted(directions("smollm2-135m", settings)) == ["one", "two"]
    with pytest.raises(NotFound, match="There is one, two"):
        find_direction("three", "smollm2-135m", settings)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "directions.safetensors"
    write_directions(path, [named()])
    whole = path.read_bytes()
    for bad in (whole[:-3], whole.replace(b"smollm2", b"smol\xff\xff2"), b"", b"PK\x03\x04"):
        path.write_bytes(bad)
        with pytest.raises(BadInput, match=path.name):
            read_directions(path)


def test_those_that_ship_with_a_dictionary(shipped: Path, settings: Settings) -> None:
    write_directions(shipped / FILE, [named("one"), named("two")])
    save_direction(named("one", bias=9), settings)
    found = directions("smollm2-135m", settings)
    same(found["one"], named("one", bias=9))
    same(found["two"], named("two"))
    assert directions("another", settings) == {}
