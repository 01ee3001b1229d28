import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, NotFound
from clearspan.features.directions import (
    FILE,
    DirectionCard,
    NamedDirection,
    delete_direction,
    difference_of_means,
    directions,
    find_direction,
    principal_component,
    read_directions,
    save_direction,
    write_directions,
)
from clearspan.models.dials import Direction
from clearspan.models.engine import LanguageModel
from clearspan.settings import Settings

SITE = "layers.15.residual"
LIKE = [
    "The suspension bridge spans the strait, and its cables hang from two tall towers.",
    "Cars cross the old iron bridge over the river every morning.",
]
UNLIKE = [
    "She baked a loaf of bread and let it cool on the windowsill.",
    "The committee will meet on Thursday to discuss the budget.",
]


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


@pytest.mark.parametrize("make", [difference_of_means, principal_component])
def test_a_direction_is_0_at_the_mean_of_one_side_and_1_at_that_of_the_other(
    language_model: LanguageModel, make: "type[difference_of_means]"
) -> None:
    made = make(language_model, SITE, LIKE, UNLIKE, "bridge")
    direction = made.direction
    [*read] = language_model.activations(LIKE + UNLIKE, [SITE])
    site = direction.site
    sides = [
        torch.cat([one.values[site][~one.sinks[site]].float() for one in part])
        for part in (read[:2], read[2:])
    ]
    here, there = (direction.activation(side) for side in sides)
    assert math.isclose(float(here.mean()), 1, abs_tol=0.02)
    assert math.isclose(float(there.mean()), 0, abs_tol=0.02)
    assert direction.maximum == pytest.approx(float(here.max()), rel=0.02)
    assert made.card.separation is not None
    assert made.card.separation > 0.7
    chance = (here[:, None] > there[None, :]).float().mean()
    assert made.card.separation == pytest.approx(float(chance), abs=0.01)
    assert (made.card.like, made.card.unlike) == (len(here), len(there))
    assert language_model.chat("Hello", dials=[direction.clamp(1.0)], max_tokens=2).text is not None


def test_texts_that_give_nothing(language_model: LanguageModel) -> None:
    with pytest.raises(BadInput, match="nothing to read"):
        difference_of_means(language_model, SITE, LIKE, [""], "bridge")
    with pytest.raises(BadInput, match="cannot be used"):
        difference_of_means(language_model, SITE, LIKE, LIKE, "bridge")
    with pytest.raises(BadInput, match="cannot be the name"):
        difference_of_means(language_model, SITE, LIKE, UNLIKE, "A bridge")


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
def test_ones_own_are_kept_found_and_deleted(settings: Settings) -> None:
    assert directions("smollm2-135m", settings) == {}
    save_direction(named("one"), settings)
    save_direction(named("two"), settings)
    save_direction(named("one", bias=9), settings)
    same(find_direction("one", "smollm2-135m", settings), named("one", bias=9))
    delete_direction("one", "smollm2-135m", settings)
    assert list(directions("smollm2-135m", settings)) == ["two"]
    with pytest.raises(NotFound, match="There is two"):
        find_direction("one", "smollm2-135m", settings)
    with pytest.raises(NotFound):
        delete_direction("one", "smollm2-135m", settings)


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


def test_long_texts_are_read_so_far(language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearspan.features.directions.MOST_TOKENS", 40)
    made = difference_of_means(language_model, SITE, LIKE * 50, UNLIKE, "bridge")
    assert (made.card.like, made.card.unlike < 40) == (40, True)
