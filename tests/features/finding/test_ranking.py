import pytest
import torch

from clearspan.errors import BadInput
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.finding.ranking import ENOUGH
from clearspan.models.serving.engine import LanguageModel


def test_the_feature_that_means_a_thing_and_says_it_comes_first(
    speaking: AnnotatedDictionary, language_model: LanguageModel
) -> None:
    found = speaking.find("the Golden Gate Bridge", model=language_model, limit=4)
    best = found[0]
    assert best.index == 0
    assert found.is_single
    assert best.score >= ENOUGH
    assert best.said is not None
    assert best.said.words > best.said.undialled
    assert best.said.gain > 0
    assert best.responds > max(one.responds for one in found[1:])
    assert best.promotes > 0
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert best.clamp(1.5).direction.name == best.name


@pytest.mark.usefixtures("unlimited")
def test_where_no_feature_means_a_thing_a_direction_is_offered(
    speaking: AnnotatedDictionary, language_model: LanguageModel
) -> None:
    found = speaking.find("volcanoes", model=language_model, limit=2)
    assert not found.is_single
    offered = found.directions[0]
    assert offered.said.score > found[0].score
    reply = language_model.chat("Tell me a story.", dials=[offered.clamp(offered.said.dose)], max_tokens=32)
    assert "volcan" in reply.text.lower()


def test_features_together_are_named_and_nothing_else_is_in_them(
    speaking: AnnotatedDictionary, language_model: LanguageModel
) -> None:
    found = speaking.find("cats", model=language_model, limit=2)
    offered = next(one for one in found.directions if one.named.card.method == "features")
    card = offered.named.card
    assert card.features[0] == 1
    assert card.dictionary == speaking.card.name
    assert 0 < len(card.features) < len(speaking)
    rows = speaking.dictionary.decoder[list(card.features)].float()
    made = offered.named.direction.decoder
    shares = torch.linalg.lstsq(rows.T, made[:, None]).solution
    torch.testing.assert_close((rows.T @ shares)[:, 0], made, rtol=1e-3, atol=1e-4)
    assert (shares > 0).all()
    assert offered.said.gain > 0


def test_examples_find_what_they_have_in_common(
    speaking: AnnotatedDictionary, language_model: LanguageModel
) -> None:
    like = ["My cats sleep all day.", "Two cats sat on a wall.", "She feeds the neighbour's cats."]
    unlike = ["My trains run all day.", "Two cups stood on a wall.", "She feeds the neighbour's horses."]
    found = speaking.find(like=like, unlike=unlike, model=language_model, limit=3)
    assert found[0].index == 1
    assert "cats" in found.meaning.keywords


def test_single_words_among_examples_do_not_matter(
    speaking: AnnotatedDictionary, language_model: LanguageModel
) -> None:
    # Nothing is predicted in a text of one token, and every second of these would be taken for it.
    like = ["My cats sleep all day." if number == 1 else "cat" for number in range(48)]
    unlike = ["My trains run all day." if number == 1 else "the" for number in range(48)]
    found = speaking.find(like=like, unlike=unlike, model=language_model, limit=1)
    assert any(one.named.card.features for one in found.directions)


def test_a_dictionary_of_another_model_is_refused(
    speaking: AnnotatedDictionary, language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_model, "reference", "some-other")
    with pytest.raises(BadInput, match="does not fit"):
        speaking.find("cats", model=language_model)
