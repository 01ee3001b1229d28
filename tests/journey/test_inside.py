"""A generated sentence is read once, and what was active is named; answers do without a dictionary."""

import pytest

from clearspan.journey.inside import look_inside
from clearspan.models.serving.engine import LanguageModel
from clearspan.receipts import Claim
from clearspan.settings import Settings
from tests.server.inside import NAME, invent

pytestmark = pytest.mark.usefixtures("nothing_ships")

SENTENCE = Claim(
    text="The bridge opened in 1937 and spans the strait.", origin="generated", support="supported", score=0.9
)


def test_what_was_active_is_named(settings: Settings, language_model: LanguageModel) -> None:
    invent(settings)
    seen = look_inside(language_model, [SENTENCE], 1, settings)
    shares = [one.share for one in seen.features]
    assert len(shares) == 5
    assert shares == sorted(shares, reverse=True)
    for one in seen.features:
        assert one.feature.startswith(f"{NAME}#")
        assert one.label
        assert one.claim == 1
        assert one.activation > 0
    assert seen.notes == ()


def test_each_of_several_sentences_has_its_own(settings: Settings, language_model: LanguageModel) -> None:
    invent(settings)
    other = SENTENCE.model_copy(update={"text": "Salt is mined in the valley below the old castle."})
    seen = look_inside(language_model, [SENTENCE, other], 2, settings)
    assert [one.claim for one in seen.features] == [2] * 5 + [3] * 5
    (alone,) = (look_inside(language_model, [each], 0, settings).features for each in (other,))
    assert [(one.feature, one.activation) for one in seen.features[5:]] == [
        (one.feature, one.activation) for one in alone
    ]


def test_without_a_dictionary_nothing_is_said(settings: Settings, language_model: LanguageModel) -> None:
    seen = look_inside(language_model, [SENTENCE], 1, settings)
    assert (seen.features, seen.notes) == ((), ())


def test_a_damaged_dictionary_takes_no_answer_away(settings: Settings, language_model: LanguageModel) -> None:
    folder = invent(settings)
    (folder / "evidence.parquet").write_bytes(b"PAR1 cut short")
    seen = look_inside(language_model, [SENTENCE], 1, settings)
    assert seen.features == ()
    assert "not known" in seen.notes[0]
