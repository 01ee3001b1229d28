import json
from pathlib import Path

import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.presets import PresetDial
from clearspan.features.tuning import tune as tuning
from clearspan.features.tuning.drafts import PresetDraft, read_drafts
from clearspan.features.tuning.prompts import tuning_prompts
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings


def draft(name: str, target: str, topic: str) -> PresetDraft:
    dials = (PresetDial(target=target),)
    return PresetDraft(name=name, title=name, topics=(topic,), candidates=((PresetDial(target="#9"),), dials))


def test_doses_are_found_and_kept_with_what_they_did(
    speaking: AnnotatedDictionary,
    language_model: LanguageModel,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning, "FEATURE_DOSES", (0.8, 1.1))
    monkeypatch.setattr(tuning, "SECOND_STEPS", (0.9, 1.1, 3.0))
    monkeypatch.setattr(tuning, "FIRST_PROMPTS", 2)
    monkeypatch.setattr(tuning, "FIRST_TOKENS", 24)
    monkeypatch.setattr(tuning, "SECOND_TOKENS", 24)
    drafts = [
        draft("golden-gate", "#0", "bridge|golden gate"),
        draft("bread", "#2", r"bread|bak(e|ing)|flour|dough"),
    ]
    tuned = tuning.tune(language_model, speaking, drafts, settings, prompts=tuning_prompts()[:5])
    assert [one.preset.name for one in tuned] == ["golden-gate", "bread"]
    for target, one in zip(("#0", "#2"), tuned, strict=True):
        preset = one.preset
        assert [dial.target for dial in preset.dials] == [target]  # not the one that does nothing
        assert preset.measured["mentions"] > preset.measured["undialled_mentions"]
        assert preset.dose.recommended < max(dose for dose, _ in one.doses)  # three times as much breaks
        assert preset.dose.limit < max(dose for dose, _ in one.doses)
        assert one.works == (one.outcome.mentions >= tuning.MENTIONS and one.outcome.fluent >= tuning.FLUENT)
        dials = preset.dials_at(speaking, {})
        assert dials[0].amount == preset.dose.recommended


def test_drafts_are_read_by_name(tmp_path: Path) -> None:
    file = tmp_path / "drafts.json"
    rows = [{"name": name, "title": name, "topics": [name], "about": name} for name in ("bread", "cats")]
    file.write_text(json.dumps({"presets": rows}))
    assert [one.name for one in read_drafts(file)] == ["bread", "cats"]
    assert [one.name for one in read_drafts(file, ["cats"])] == ["cats"]
    with pytest.raises(NotFound, match="no draft 'tea'"):
        read_drafts(file, ["tea"])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"name": "a", "title": "a", "topics": ["a"]}, "names nothing to dial"),
        ({"name": "a", "title": "a", "topics": ["("], "about": "a"}, "not a regular expression"),
        ({"name": "A b", "title": "a", "topics": ["a"], "about": "a"}, "name"),
    ],
)
def test_drafts_that_cannot_be_tried_are_refused(tmp_path: Path, row: dict[str, object], why: str) -> None:
    file = tmp_path / "drafts.json"
    file.write_text(json.dumps({"presets": [row]}))
    with pytest.raises(BadInput, match="cannot be read") as error:
        read_drafts(file)
    assert why in error.value.why


def test_a_file_that_is_no_drafts_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "drafts.json"
    file.write_text("[]")
    with pytest.raises(BadInput, match="as drafts of presets"):
        read_drafts(file)
