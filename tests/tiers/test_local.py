"""The local model as a tier: asked when it can be had and nobody waits for it, under dials, and looked into."""

import time
from pathlib import Path

import pytest
import torch

from clearspan.errors import FetchError
from clearspan.models.inside.dials import Direction
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.serving.late import Late
from clearspan.receipts import Claim
from clearspan.settings import Settings
from clearspan.tiers.local import Local

WIDE = "Why was the mill bought?"
QUOTES = [
    Claim(text=text, origin="quoted", support="supported", score=0.9)
    for text in ("The mill has four floors.", "The mill was built of red brick in 1861.")
]


def test_a_model_that_cannot_be_had_is_not_offered(settings: Settings) -> None:
    def fail() -> LanguageModel:
        raise FetchError("The weights cannot be fetched.")

    late = Late(fail)
    tier = Local(late, settings)
    assert tier.offer(WIDE).why_not == ""
    try:
        late.get()
    except FetchError:
        offer = tier.offer(WIDE)
    assert (offer.quality, offer.why_not) == (0.0, "the model is off: The weights cannot be fetched.")
    assert tier.inside is None


def test_an_answer_does_without_a_model_that_others_wait_for(weights: Path, tmp_path: Path) -> None:
    # The plain path runs one sequence at full speed; the fast one would serve these three without anybody waiting.
    settings = Settings(home=tmp_path / "home", weights=weights, backend="plain")
    with LanguageModel.load("smollm2-135m", settings) as model:
        late = Late(lambda: model)
        late.get()
        tier = Local(late, settings)
        assert tier.offer(WIDE).why_not == ""
        streams = [model.stream_chat("Count to a hundred.", max_tokens=200) for _ in range(3)]
        try:
            assert "2 other requests" in tier.offer(WIDE).why_not
        finally:
            for stream in streams:
                stream.close()
        deadline = time.monotonic() + 30
        while model.waiting and time.monotonic() < deadline:
            time.sleep(0.01)
        assert tier.offer(WIDE).why_not == ""


@pytest.mark.usefixtures("unlimited")
def test_it_writes_candidates_under_the_dials(settings: Settings, language_model: LanguageModel) -> None:
    tier = Local(Late(lambda: language_model), settings.model_copy(update={"generate_seconds": 120.0}))
    plain = tier.write(WIDE, QUOTES)
    candidates = (plain.text, *plain.others)
    assert len(set(candidates)) == len(candidates) > 2
    assert "The mill has four floors, and the mill was built of red brick in 1861." in candidates
    # The prompt is read once, however many write after it.
    assert 50 < plain.spent.input_tokens < 150
    assert plain.spent.output_tokens > 60
    assert (plain.spent.money, plain.spent.currency) == (0.0, "")
    push = Direction.of("push", settings.model, "layers.15.residual", torch.ones(576))
    dialled = tier.write(WIDE, QUOTES, (push.add(5.0),))
    assert dialled.text != plain.text
    assert tier.write(WIDE, QUOTES) == plain
    assert tier.inside is language_model


def test_as_many_are_written_as_the_settings_say(settings: Settings, language_model: LanguageModel) -> None:
    one = Local(
        Late(lambda: language_model),
        settings.model_copy(update={"generate_candidates": 1, "generate_seconds": 120.0}),
    )
    wording = one.write(WIDE, QUOTES)
    assert wording.text
    assert wording.others == ()


def test_what_is_no_sentence_is_not_written_from(settings: Settings, language_model: LanguageModel) -> None:
    rows = [Claim(text="| mill | 4 |", origin="quoted", support="supported", score=0.9)]
    patient = settings.model_copy(update={"generate_seconds": 120.0})
    wording = Local(Late(lambda: language_model), patient).write(WIDE, rows)
    assert not any("|" in text for text in wording.others)
