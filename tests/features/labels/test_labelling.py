"""Labelling a dictionary: scores by detection, which labels stand, and what is kept of a person's."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.evidence.table import FeatureEvidence
from clearspan.features.evidence.writing import write_evidence
from clearspan.features.formats.saelens import write_saelens
from clearspan.features.labels import tier
from clearspan.features.labels.detection import Detection, held_out, learned_from
from clearspan.features.labels.labelling import label_by_person, label_by_tier, label_by_words
from clearspan.features.labels.log import label
from clearspan.models.serving.embedder import Embedder
from tests.features.conftest import small_dictionary
from tests.features.labels.examples import FILLER, example, feature

_GATE = [
    f"{one} the Golden *Gate* {other}"
    for one in ("fog over", "across")
    for other in ("today", "once", "again", "twice")
]
_BOATS = [
    f"a *{one}* left the harbour {other}"
    for one in ("ferry", "tug")
    for other in ("empty", "late", "early", "alone")
]


def _features() -> list[FeatureEvidence]:
    made = [feature(0, _GATE), feature(1, _BOATS), *FILLER, feature(14, []), feature(15, [])]
    return [FeatureEvidence(number, *_rest(one)) for number, one in enumerate(made)]


def _rest(one: FeatureEvidence) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in FeatureEvidence.__slots__ if name != "index")


@pytest.fixture
def opened(tmp_path: Path) -> AnnotatedDictionary:
    write_saelens(small_dictionary(), tmp_path / "small")
    write_evidence(tmp_path / "small", _features(), tokens=100, method="PCA")
    return AnnotatedDictionary(tmp_path / "small")


def _blind(texts: Sequence[str]) -> np.ndarray:
    """An embedder to which all texts are alike."""
    return np.ones((len(texts), 1), np.float32)


def _nothing(_: int) -> None:
    pass


def test_no_example_is_both_learned_from_and_scored_on() -> None:
    one = feature(0, _GATE)
    assert {*learned_from(one)} | {*held_out(one)} == {*one.examples}
    assert not {*learned_from(one)} & {*held_out(one)}


def test_a_label_that_quotes_what_only_its_feature_has_scores_1_and_one_that_says_nothing_half() -> None:
    detection = Detection(_features(), _blind)
    found = detection.scores(
        [(0, "‘Gate’ in ‘Golden Gate’"), (0, "something"), (0, "words after ‘sentence’"), (14, "x")]
    )
    assert found == [1.0, 0.5, 0.5, None]
    assert detection.scores([]) == []


def test_a_label_in_other_words_is_scored_by_meaning(embedder: Embedder) -> None:
    detection = Detection(_features(), embedder.embed)
    right, wrong = detection.scores([(1, "ships and boats in a port"), (1, "recipes for baking bread")])
    assert right is not None
    assert wrong is not None
    assert right > 0.9 > wrong


def test_words_label_every_feature_with_examples(opened: AnnotatedDictionary) -> None:
    done = label_by_words(opened.evidence, opened.labels, _blind, _nothing)
    standing = opened.labels.all()
    assert (done.made, done.kept) == (14, 14) == (len(standing), len(standing))
    assert (standing[0].text, standing[0].maker, standing[0].score) == (
        "‘Gate’ in ‘Golden Gate’",
        "words",
        1.0,
    )
    again = label_by_words(opened.evidence, opened.labels, _blind, _nothing)
    assert again == done
    # The same label again is no news.
    assert len(opened.labels.history(0)) == 1


def test_a_tiers_label_takes_the_place_of_a_worse_one_alone(opened: AnnotatedDictionary) -> None:
    label_by_words(opened.evidence, opened.labels, _blind, _nothing)
    opened.labels.append([label(1, "mine", "person"), label(2, "vague", "words", 0.5)])
    asked: list[str] = []

    def chat(question: str) -> str:
        asked.append(question)
        return 'Label: "‘bread’, always."\nBecause it is.'

    label_by_tier(opened.evidence, opened.labels, "writer", chat, _blind, _nothing, at_once=2)
    standing = opened.labels.all()
    assert (standing[0].maker, standing[1].maker) == ("words", "person")
    assert (standing[2].maker, standing[2].text, standing[2].score) == ("writer", "‘bread’, always", 1.0)
    assert any("about «bread»" in question or "«here»" in question for question in asked)
    assert not any("harbour" in question for question in asked)
    before = len(asked)
    label_by_tier(opened.evidence, opened.labels, "writer", chat, _blind, _nothing)
    assert not any("about bread" in question for question in asked[before:])


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        ("Boats in a harbour.", "Boats in a harbour"),
        ('  **"Boats"**  \nThat is why.', "Boats"),
        ("label: boats", "boats"),
        ("", ""),
        ("well " * 13, ""),
        ("x" * 201, ""),
    ],
)
def test_a_label_is_read_from_a_reply(reply: str, label: str) -> None:
    assert tier.clean(reply) == label


def test_a_model_is_shown_examples_with_their_peaks_marked_and_no_others() -> None:
    one = feature(0, _GATE, [" Bridge", "\n"])
    questions: list[str] = []

    def chat(question: str) -> str:
        questions.append(question)
        return "Gates"

    assert tier.describe(one, [example("fog over the Golden *Gate* today")], chat) == "Gates"
    assert "1. fog over the Golden «Gate» today" in questions[0]
    assert "likely: Bridge." in questions[0]
    assert "twice" not in questions[0]
    assert tier.describe(one, [], chat) == ""
    assert len(questions) == 1


def test_a_persons_label_is_an_event_that_words_leave_alone(opened: AnnotatedDictionary) -> None:
    label_by_words(opened.evidence, opened.labels, _blind, _nothing)
    made = label_by_person(opened.labels, 0, "the ‘Golden Gate’ in fog", Detection(_features(), _blind))
    assert (made.maker, made.score) == ("person", 1.0)
    label_by_words(opened.evidence, opened.labels, _blind, _nothing)
    assert [event.maker for event in opened.labels.history(0)] == ["words", "person"]
    label_by_person(opened.labels, 0, "")
    assert opened.labels.of(0) is None
    with pytest.raises(BadInput):
        label_by_person(opened.labels, 0, "x" * 201)


def test_a_label_that_can_no_longer_be_made_is_taken_away(
    opened: AnnotatedDictionary, tmp_path: Path
) -> None:
    opened.labels.append([label(15, "once", "words", 0.7)])
    label_by_words(opened.evidence, opened.labels, _blind, _nothing)
    assert opened.labels.of(15) is None


def test_what_was_made_before_a_failure_is_kept(
    opened: AnnotatedDictionary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearspan.features.labels.labelling._BLOCK", 4)

    def failing(calls: list[str]) -> Callable[[str], str]:
        def chat(question: str) -> str:
            calls.append(question)
            if len(calls) > 6:
                raise NotFound("The tier is gone.", do="Try again.")
            return "‘Golden Gate’"

        return chat

    with pytest.raises(NotFound, match="gone"):
        label_by_tier(opened.evidence, opened.labels, "writer", failing([]), _blind, _nothing)
    assert set(opened.labels.all()) == {0, 1, 2, 3}
