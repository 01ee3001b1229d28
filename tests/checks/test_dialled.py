"""`clearspan check golden-gate` on the real model with a preset of one direction."""

import pytest

from clearspan.checks import dialled
from clearspan.errors import Refused
from clearspan.features.directions.contrast import difference_of_means
from clearspan.features.directions.named import save_direction
from clearspan.features.finding import described
from clearspan.features.presets import Dose, Preset, PresetDial
from clearspan.features.tuning.prompts import check_prompts
from clearspan.measure.bars import as_markdown
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings


def preset(dose: float, topics: tuple[str, ...] = ("bridge", "golden gate", "san francisco")) -> Preset:
    return Preset(
        name="bridge",
        title="A bridge",
        model="smollm2-135m",
        dials=(PresetDial(target="direction:bridge"),),
        dose=Dose(recommended=dose, limit=dose),
        topics=topics,
        identity=(r"\bI(?:'m| am)\b.{0,60}\bbridge",),
    )


def test_a_dose_that_works_and_one_that_breaks_are_told_apart(
    language_model: LanguageModel, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialled, "MAX_TOKENS", 24)
    meaning = described("the Golden Gate Bridge")
    made = difference_of_means(language_model, "layers.15.residual", meaning.like, meaning.unlike, "bridge")
    save_direction(made, settings)
    prompts = check_prompts()[:6]
    works = dialled.check(language_model, preset(0.75), settings, prompts)
    breaks = dialled.check(language_model, preset(2.0), settings, prompts)
    assert works.undialled.mentions < 0.2
    assert works.undialled.fluent >= 0.8
    assert works.dialled.mentions >= 0.6
    assert breaks.dialled.fluent < min(0.5, works.dialled.fluent)
    report = dialled.as_report(works, "clearspan check golden-gate --preset bridge")
    assert [bar.bound for bar in report.bars] == [80, 70, 1]
    assert report.bars[0].value == 100 * works.dialled.mentions
    assert "undialled" in as_markdown(report)
    assert not dialled.as_report(breaks, "…").holds


def test_a_preset_without_topics_cannot_be_checked(language_model: LanguageModel, settings: Settings) -> None:
    with pytest.raises(Refused, match="cannot be checked"):
        dialled.check(language_model, preset(1.0, topics=()), settings)
