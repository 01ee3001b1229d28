"""Directions from two sides of texts: their scale, how well they tell the sides apart, and what cannot be read."""

import math

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.features.directions.contrast import Sides, difference_of_means
from clearspan.models.serving.engine import LanguageModel

pytestmark = pytest.mark.usefixtures("unlimited")

SITE = "layers.15.residual"
LIKE = [
    "The suspension bridge spans the strait, and its cables hang from two tall towers.",
    "Cars cross the old iron bridge over the river every morning.",
]
UNLIKE = [
    "She baked a loaf of bread and let it cool on the windowsill.",
    "The committee will meet on Thursday to discuss the budget.",
]


def principal_component(
    language_model: LanguageModel, site: str, like: list[str], unlike: list[str], name: str
):
    return Sides.read(language_model, site, like, unlike).principal_component(name)


def of_features(language_model: LanguageModel, site: str, like: list[str], unlike: list[str], name: str):
    sides = Sides.read(language_model, site, like, unlike)
    return sides.of_features(name, sides.lead.sign(), "smollm2-135m/layers.15.residual/16", [3, 1])


@pytest.mark.parametrize("make", [difference_of_means, principal_component, of_features])
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


def test_long_texts_are_read_so_far(language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearspan.features.directions.contrast.MOST_TOKENS", 40)
    made = difference_of_means(language_model, SITE, LIKE * 50, UNLIKE, "bridge")
    assert (made.card.like, made.card.unlike < 40) == (40, True)


def test_a_sum_of_features_says_what_it_is_made_of(language_model: LanguageModel) -> None:
    made = of_features(language_model, SITE, LIKE, UNLIKE, "bridge")
    assert made.card.method == "features"
    assert made.card.features == (3, 1)
    assert made.card.dictionary == "smollm2-135m/layers.15.residual/16"
    signs = made.direction.decoder.sign()
    assert torch.equal(signs, Sides.read(language_model, SITE, LIKE, UNLIKE).lead.sign())
