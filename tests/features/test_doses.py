from pathlib import Path

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.features.directions.named import DirectionCard, NamedDirection, save_direction
from clearspan.features.doses import (
    DirectionTarget,
    FeatureTarget,
    PresetTarget,
    Setting,
    parse_dial,
    parse_dials,
    resolve,
)
from clearspan.features.names import DictionaryName
from clearspan.features.presets import Dose, Preset, PresetDial, save_preset
from clearspan.models.inside.dials import Direction
from clearspan.models.inside.limits.dose import BeyondLimit
from clearspan.models.inside.limits.overrides import measuring
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

MODEL = "smollm2-135m"
DICTIONARY = "smollm2-135m/layers.15.residual/16"

slugs = st.from_regex(r"[a-z0-9][a-z0-9-]{0,59}", fullmatch=True)
amounts = st.floats(-1000, 1000)
names = st.builds(
    DictionaryName,
    st.from_regex(r"(hub:|dir:/)?[a-z0-9][a-z0-9./=#-]{0,30}[a-z0-9]", fullmatch=True),
    st.sampled_from([Site("embedding"), Site("residual", 15), Site("mlp", 0)]),
    st.from_regex(r"[a-z0-9][a-z0-9._-]{0,39}", fullmatch=True),
)
measured = st.one_of(
    st.builds(DirectionTarget, slugs),
    st.builds(FeatureTarget, st.integers(0, 999_999_999), st.one_of(st.none(), names)),
)
written = st.one_of(
    st.builds(Setting, st.builds(PresetTarget, slugs), st.none(), st.one_of(st.none(), amounts)),
    st.builds(Setting, measured, st.sampled_from(["clamp", "add"]), amounts),
    st.builds(Setting, measured, st.just("ablate")),
)


@given(written)
@example(Setting(FeatureTarget(0), "add", -1e-300))
def test_every_dial_that_can_be_written_is_read_back(setting: Setting) -> None:
    assert parse_dial(str(setting)) == setting


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        setting = parse_dial(text)
    except BadInput:
        return
    assert parse_dial(str(setting)) == setting


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "#1234",
        "#01=2x",
        "#1=2",
        "#1=twox",
        "#1=nanx",
        "#1=1001x",
        "#1=١x",
        "Golden Gate",
        "golden-gate=off",
        "golden-gate=+2x",
        "direction:=2x",
        "direction:formal",
        "smollm2-135m/layers.15/8k#1=2x",
        "=2x",
    ],
)
def test_what_is_not_a_dial(text: str) -> None:
    with pytest.raises(BadInput):
        parse_dial(text)


def test_several_in_one_text() -> None:
    assert [str(one) for one in parse_dials("golden-gate=1.5x, #3=off,")] == ["golden-gate=1.5x", "#3=off"]


@pytest.fixture
def stocked(shipped: Path, settings: Settings) -> Settings:
    """A dictionary, a direction and a preset that takes up both."""
    plain = Direction.of("formal", MODEL, "layers.15.residual", torch.ones(576), maximum=2.0)
    save_direction(
        NamedDirection(DirectionCard(name="formal", model=MODEL, site="layers.15.residual"), plain), settings
    )
    both = Preset(
        name="golden-gate",
        title="Golden Gate",
        model=MODEL,
        dictionary=DICTIONARY,
        dials=(PresetDial(target="#3"), PresetDial(target="direction:formal", operation="add", share=0.5)),
        dose=Dose(recommended=1.5, limit=3),
    )
    save_preset(both, settings)
    return settings


def test_dials_are_resolved(stocked: Settings) -> None:
    def summary(text: str) -> list[tuple[str, str, float]]:
        return [(one.direction.name, one.operation, one.amount) for one in resolve(text, stocked, MODEL)]

    assert summary("golden-gate") == [(f"{DICTIONARY}#3", "clamp", 1.5), ("formal", "add", 0.75)]
    assert summary("golden-gate=2x") == [(f"{DICTIONARY}#3", "clamp", 2.0), ("formal", "add", 1.0)]
    assert summary("#1=2x") == summary(f"{DICTIONARY}#1=2x") == [(f"{DICTIONARY}#1", "clamp", 2.0)]
    assert summary("#1=+0.5x,#2=off") == [
        (f"{DICTIONARY}#1", "add", 0.5),
        (f"{DICTIONARY}#2", "ablate", 0.0),
    ]
    assert summary("direction:formal=3x") == [("formal", "clamp", 3.0)]
    assert resolve([parse_dial("#1=2x"), "#2=off"], stocked, MODEL)[1].operation == "ablate"


def test_what_cannot_be_resolved(stocked: Settings) -> None:
    with pytest.raises(NotFound, match="no preset"):
        resolve("silver-gate", stocked, MODEL)
    with pytest.raises(NotFound, match="no direction"):
        resolve("direction:rude=1x", stocked, MODEL)
    with pytest.raises(NotFound, match="no feature"):
        resolve("#16=1x", stocked, MODEL)
    with pytest.raises(Refused, match="cannot be dialled"):
        resolve("#15=1x", stocked, MODEL)
    with pytest.raises(BadInput, match="not of smollm2-135m"):
        resolve("hub:other/model/embedding/8k#1=1x", stocked, MODEL)
    with pytest.raises(BeyondLimit, match="beyond the limit"):
        resolve("golden-gate=4x", stocked, MODEL)
    with measuring("a preset"):
        assert resolve("golden-gate=4x", stocked, MODEL)[0].amount == 4


@pytest.mark.usefixtures("unlimited")
def test_the_model_takes_them(stocked: Settings, language_model: LanguageModel) -> None:
    dials = resolve("golden-gate=1x,#14=+20x,#7=off", stocked, MODEL)
    plain = language_model.likelihood("The bridge is", " red and long")
    dialled = language_model.likelihood("The bridge is", " red and long", dials=dials)
    assert abs(plain.log_probability - dialled.log_probability) > 0.1
