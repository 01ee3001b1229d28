"""Texts that the model writes about a thing."""

import pytest

from clearspan.errors import Refused
from clearspan.features.directions.contrast import difference_of_means
from clearspan.features.finding import writing as module
from clearspan.features.finding.writing import written
from clearspan.models.serving.engine import LanguageModel

pytestmark = pytest.mark.usefixtures("unlimited")


def test_texts_about_a_thing_make_a_direction_that_says_it(
    language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 40)
    meaning = written(language_model, "volcanoes", texts=16)
    assert meaning.keywords == ("volcanoes",)
    assert all("volcano" in text.lower() for text in meaning.like)
    assert not any("volcanoes" in text.lower() for text in meaning.unlike)
    again = written(language_model, "volcanoes", texts=16)
    assert again == meaning
    made = difference_of_means(
        language_model, "layers.12.residual", meaning.like, meaning.unlike, "volcanoes"
    )
    assert made.card.separation is not None
    assert made.card.separation > 0.75
    reply = language_model.chat("Tell me a story.", dials=[made.direction.clamp(0.8)], max_tokens=40)
    assert "volcan" in reply.text.lower()


def test_what_counts_and_what_is_asked_may_be_said(
    language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 24)
    asked: list[str] = []
    before = language_model.stream_chat
    monkeypatch.setattr(
        language_model, "stream_chat", lambda text, **given: asked.append(text) or before(text, **given)
    )
    meaning = written(
        language_model, "code", lambda text: "def " in text, ["Write a Python function that adds."], 12
    )
    assert asked[:12] == ["Write a Python function that adds."] * 12
    assert all("def " in text for text in meaning.like)


def test_a_model_that_does_not_write_about_it_is_told(
    language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 8)
    with pytest.raises(Refused, match="does not write about 'zymurgy'") as refused:
        written(language_model, "zymurgy", lambda _: False, texts=8)
    assert "0 of 8" in refused.value.why
