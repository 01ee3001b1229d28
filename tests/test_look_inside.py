"""A generated sentence is read once, and its receipt names what was active; answers do without a dictionary."""

import pytest

from clearspan.draft import Draft
from clearspan.economy.meter import Metering
from clearspan.models.serving.engine import LanguageModel
from clearspan.receipts import Claim, Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace
from tests.server.inside import NAME, invent

pytestmark = pytest.mark.usefixtures("nothing_ships")

SENTENCE = Claim(
    text="The bridge opened in 1937 and spans the strait.", origin="generated", support="supported", score=0.9
)


def looked(settings: Settings, model: LanguageModel) -> Receipt:
    with Workspace.open(settings) as workspace, Metering(settings.watts_per_core) as metering:
        workspace._model._value = model
        draft = Draft(workspace, "When did it open?", "default", metering)
        draft.state(SENTENCE.model_copy(update={"origin": "quoted"}))
        draft.look_inside(draft.state(SENTENCE))
        workspace._model._value = None
        return draft.receipt()


def test_a_receipt_names_what_was_active(settings: Settings, language_model: LanguageModel) -> None:
    invent(settings)
    receipt = looked(settings, language_model)
    assert len(receipt.features) == 5
    assert [one.share for one in receipt.features] == sorted(
        (o.share for o in receipt.features), reverse=True
    )
    for one in receipt.features:
        assert one.feature.startswith(f"{NAME}#")
        assert one.label
        assert one.claim == 1
        assert one.activation > 0
    assert Receipt.model_validate_json(receipt.model_dump_json()) == receipt


def test_without_a_dictionary_nothing_is_said(settings: Settings, language_model: LanguageModel) -> None:
    receipt = looked(settings, language_model)
    assert receipt.features == ()
    assert receipt.overview.notes == ()


def test_a_damaged_dictionary_takes_no_answer_away(settings: Settings, language_model: LanguageModel) -> None:
    folder = invent(settings)
    (folder / "evidence.parquet").write_bytes(b"PAR1 cut short")
    receipt = looked(settings, language_model)
    assert receipt.features == ()
    assert "not known" in receipt.overview.notes[0]
    assert receipt.overview.claims[1] == SENTENCE
