"""What was active under tokens, held against the dictionary's own arithmetic."""

from pathlib import Path

import pytest

from clearspan.errors import BadInput
from clearspan.features.active import features_by_token, strongest
from clearspan.features.catalogue import default_dictionary, open_dictionary
from clearspan.features.labels.log import label
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

pytestmark = pytest.mark.usefixtures("unlimited")

REPLY = "The bridge was opened in 1937 — and painted orange."


def test_a_strip_is_what_the_dictionary_says_of_each_token(
    shipped: Path, settings: Settings, language_model: LanguageModel
) -> None:
    opened = open_dictionary("smollm2-135m", settings)
    strip = features_by_token(language_model, opened, "When was it opened?", REPLY, most=3)
    assert "".join(token.text for token in strip) == REPLY
    site = opened.card.parsed_name.site
    hidden = language_model.read_reply("When was it opened?", REPLY, [site]).values[site]
    activations = opened.dictionary.encode(hidden)
    whole = [
        place
        for place, text in enumerate(language_model.read_reply("When was it opened?", REPLY, [site]).texts)
        if text
    ]
    for place, token in zip(whole, strip, strict=True):
        expected = {
            index: float(activations[place, index]) / (index + 1.0)
            for index in range(15)
            if float(activations[place, index]) > 0
        }
        best = sorted(expected, key=lambda index: -expected[index])[:3]
        assert [one.index for one in token.features] == best
        for one in token.features:
            assert one.share == pytest.approx(expected[one.index], rel=1e-5)


def test_a_dial_that_is_held_shows_at_every_token(
    shipped: Path, settings: Settings, language_model: LanguageModel
) -> None:
    opened = open_dictionary("smollm2-135m", settings)
    dial = opened.feature(3).clamp(4.0)
    strip = features_by_token(language_model, opened, "Hello", REPLY, dials=[dial], most=16)
    for token in strip:
        (share,) = [one.share for one in token.features if one.index == 3]
        # What lay below the threshold counts as 0, and is still there under what the dial adds.
        assert 2 < share < 4.01


def test_only_labelled_features_speak_for_a_text(
    shipped: Path, settings: Settings, language_model: LanguageModel
) -> None:
    opened = default_dictionary("smollm2-135m", settings)
    assert opened is not None
    opened.labels.append([label(index, f"thing {index}", "words") for index in range(0, 16, 2)])
    found = strongest(language_model, opened, REPLY)
    assert found
    assert {one.label for one in found} <= {"bridges and spans", *(f"thing {i}" for i in range(0, 16, 2))}
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    with pytest.raises(BadInput):
        strongest(language_model, opened, "")


def test_a_model_without_a_dictionary_has_none(settings: Settings) -> None:
    assert default_dictionary("some-other-model", settings) is None
