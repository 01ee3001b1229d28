"""Splicing: putting back what was there changes nothing, zeros change much, and sinks stay."""

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.models.serving.engine import LanguageModel

TEXTS = ["The ferry crosses the bay every morning at seven, and the crew knows each passenger by name."]
SITE = "layers.15.residual"


def test_what_stands_in_the_place_of_a_site_decides_what_is_predicted(language_model: LanguageModel) -> None:
    splicer = language_model.splicer()
    given = {"longest": 64, "tokens": 200}
    clean, same, zero = splicer.cross_entropies(TEXTS, SITE, [torch.clone, torch.zeros_like], **given)
    assert same == pytest.approx(clean, abs=1e-6)
    assert 1 < clean < 6
    assert zero > clean + 1
    again = splicer.cross_entropies(TEXTS, SITE, [], **given)
    assert again == [clean]


def test_sinks_are_left_alone(language_model: LanguageModel) -> None:
    rows: list[int] = []

    def change(hidden: torch.Tensor) -> torch.Tensor:
        rows.append(len(hidden))
        return torch.full_like(hidden, 1e6)

    read = language_model.activations(TEXTS, [SITE])[0]
    place = next(iter(read.sinks))
    assert bool(read.sinks[place][0])
    language_model.splicer().cross_entropies(TEXTS, SITE, [change], longest=64, tokens=200)
    assert rows == [len(read.tokens)]


def test_nothing_to_predict_is_refused(language_model: LanguageModel) -> None:
    with pytest.raises(BadInput, match="nothing to predict"):
        language_model.splicer().cross_entropies([], SITE, [], longest=64, tokens=10)
    with pytest.raises(BadInput, match="no site"):
        language_model.splicer().cross_entropies(TEXTS, "layers.99.residual", [], longest=64, tokens=10)


def test_the_gradient_foretells_what_a_small_shift_does(language_model: LanguageModel) -> None:
    splicer = language_model.splicer()
    slope = splicer.gradient(TEXTS, SITE, longest=64)
    shift = 1.5 * slope / slope.norm()
    given = {"longest": 64, "tokens": 200}
    clean, up, down = splicer.cross_entropies(
        TEXTS, SITE, [lambda rows: rows + shift, lambda rows: rows - shift], **given
    )
    assert up < clean < down
    assert (down - up) / 2 == pytest.approx(float(slope @ shift), rel=0.03)


def test_the_gradient_is_the_mean_over_the_texts(language_model: LanguageModel) -> None:
    splicer = language_model.splicer()
    texts = [*TEXTS, "Bread is baked in the oven for an hour."]
    apart = [splicer.gradient([text], SITE, longest=64) for text in texts]
    torch.testing.assert_close(splicer.gradient([*texts, "a"], SITE, longest=64), sum(apart) / 2)
    with pytest.raises(BadInput, match="nothing to predict"):
        splicer.gradient(["a"], SITE, longest=64)
