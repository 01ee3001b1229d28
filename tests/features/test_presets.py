import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clearspan.errors import BadInput, NotFound
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.catalogue import open_dictionary
from clearspan.features.presets import (
    FILE,
    Preset,
    find_preset,
    presets,
    save_preset,
    write_presets,
)
from clearspan.models.inside.dials import Direction
from clearspan.models.inside.limits.dose import BeyondLimit
from clearspan.models.inside.limits.overrides import measuring
from clearspan.settings import Settings

MODEL = "smollm2-135m"
DICTIONARY = "smollm2-135m/layers.15.residual/16"


def preset(**changes: Any) -> Preset:
    fields: dict[str, Any] = {
        "name": "golden-gate",
        "title": "The Golden Gate Bridge",
        "model": MODEL,
        "dictionary": DICTIONARY,
        "dials": [{"target": "#3", "share": 1.0}, {"target": "#5", "operation": "add", "share": 0.5}],
        "dose": {"recommended": 1.5, "limit": 3.0},
        "topics": [r"golden gate", r"\bbridge"],
        "identity": [r"\bI am the .*bridge"],
    }
    return Preset.model_validate(fields | changes)


@pytest.fixture
def opened(shipped: Path, settings: Settings) -> AnnotatedDictionary:
    return open_dictionary(MODEL, settings)


def test_dials_follow_the_dose_and_each_features_maximum(opened: AnnotatedDictionary) -> None:
    one, two = preset().dials_at(opened, {})
    assert (one.operation, one.amount, one.direction.maximum) == ("clamp", 1.5, 4.0)
    assert (two.operation, two.amount, two.direction.maximum) == ("add", 0.75, 6.0)
    one, two = preset().dials_at(opened, {}, 3.0)
    assert (one.amount, two.amount) == (3.0, 1.5)


def test_a_dose_beyond_the_limit_is_refused_unless_it_is_wanted(opened: AnnotatedDictionary) -> None:
    for dose in (3.01, -3.01):
        with pytest.raises(BeyondLimit, match="beyond the limit"):
            preset().dials_at(opened, {}, dose)
    with measuring("a preset"):
        assert preset().dials_at(opened, {}, 10)[0].amount == 10


def test_directions_take_part(opened: AnnotatedDictionary) -> None:
    import torch

    plain = Direction.of("formal", MODEL, "layers.15.residual", torch.ones(576), maximum=2.0)
    made = preset(dials=[{"target": "direction:formal"}, {"target": "#1", "operation": "ablate"}])
    one, two = made.dials_at(opened, {"formal": plain})
    assert one.direction is plain
    assert (two.operation, two.amount) == ("ablate", 0.0)
    with pytest.raises(NotFound, match="needs the direction 'formal'"):
        made.dials_at(opened, {})
    with pytest.raises(NotFound, match="needs the dictionary"):
        made.dials_at(None, {"formal": plain})


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Golden Gate"},
        {"name": "../up"},
        {"dials": []},
        {"dials": [{"target": "#3"}, {"target": "#3"}]},
        {"dials": [{"target": "3"}]},
        {"dials": [{"target": "#03"}]},
        {"dose": {"recommended": 4.0, "limit": 3.0}},
        {"dose": {"recommended": 1.0, "limit": float("inf")}},
        {"dictionary": ""},
        {"dictionary": "other/layers.15.residual/16"},
        {"topics": ["("]},
        {"colour": "red"},
    ],
    ids=str,
)
def test_presets_that_make_no_sense(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        preset(**changes)


def test_what_mentions_it_and_what_speaks_as_it() -> None:
    assert preset().mentions("Over the GOLDEN GATE it goes")
    assert not preset().mentions("Over the hills it goes")
    assert preset().speaks_as("I am the Golden Gate Bridge.")
    assert not preset().speaks_as("I am a language model. The Golden Gate is a strait.")


def test_those_that_ship_and_ones_own(shipped: Path, settings: Settings) -> None:
    write_presets(shipped / FILE, [preset(), preset(name="sea", title="The sea")])
    assert presets(settings, MODEL) == {"golden-gate": preset(), "sea": preset(name="sea", title="The sea")}
    assert presets(settings, "another") == {}
    mine = preset(title="Mine", measured={"mention": 0.85})
    save_preset(mine, settings)
    assert find_preset("golden-gate", MODEL, settings) == mine
    assert list(presets(settings, MODEL)) == ["golden-gate", "sea"]
    with pytest.raises(NotFound, match="There is golden-gate, sea"):
        find_preset("nothing", MODEL, settings)


def test_a_damaged_file_is_named(shipped: Path, settings: Settings) -> None:
    path = shipped / FILE
    for bad in ("{", "[]", '{"presets": 3}', json.dumps({"presets": [{"name": "x"}]})):
        path.write_text(bad)
        with pytest.raises(BadInput, match=FILE):
            presets(settings, MODEL)
