"""The local model as a tier: asked when it can be had and nobody waits for it, under dials, and looked into."""

import time
from pathlib import Path

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


def test_it_writes_one_sentence_under_the_dials(settings: Settings, language_model: LanguageModel) -> None:
    tier = Local(Late(lambda: language_model), settings)
    plain = tier.write(WIDE, QUOTES)
    assert plain.text
    assert plain.spent.input_tokens > 50
    assert (plain.spent.money, plain.spent.currency) == (0.0, "")
    push = Direction.of("push", settings.model, "layers.15.residual", torch.ones(576))
    dialled = tier.write(WIDE, QUOTES, (push.add(5.0),))
    assert dialled.text != plain.text
    assert tier.inside is language_model
