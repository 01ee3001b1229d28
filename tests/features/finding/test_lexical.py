"""Features found by words: in labels first, then in examples and promoted tokens."""

from pathlib import Path

import pytest

from clearspan.errors import BadInput
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.catalogue import open_dictionary
from clearspan.features.finding.lexical import search_words
from clearspan.features.labels.log import label
from clearspan.settings import Settings


@pytest.fixture
def opened(shipped: Path, settings: Settings) -> AnnotatedDictionary:
    return open_dictionary("smollm2-135m", settings)


def test_a_label_is_found_first_then_examples(opened: AnnotatedDictionary) -> None:
    found = search_words(opened, "Bridge")
    assert found[0].index == 3
    assert (found[0].label, found[0].examples, found[0].promoted) == (1.0, 1.0, 1.0)
    assert len(found) == 16
    assert found[-1].index == 15  # never active: it has no example
    assert found[-1].examples == 0


def test_several_words_share_a_label_and_stand_together_in_an_example(opened: AnnotatedDictionary) -> None:
    (only,) = search_words(opened, "bridges spans")
    assert (only.index, only.label, only.examples) == (3, 1.0, 0.0)
    both = search_words(opened, "a bridge")
    assert len(both) == 16
    assert {one.examples for one in both[:-1]} == {1.0}
    assert search_words(opened, "bridge zebra")[0].examples == 0.0


def test_the_beginning_of_a_word_counts_its_middle_does_not(opened: AnnotatedDictionary) -> None:
    opened.labels.append([label(8, "abridged novels", "person"), label(9, "a BRIDGEHEAD", "person")])
    found = {one.index: one.label for one in search_words(opened, "bridge")}
    assert found[9] == 1.0
    assert found[8] == 0.0


def test_signs_of_patterns_are_plain_text(opened: AnnotatedDictionary) -> None:
    assert search_words(opened, "brid.e") == []
    assert search_words(opened, "(bridge") == []
    with pytest.raises(BadInput, match="no word"):
        search_words(opened, " … ")


def test_limit(opened: AnnotatedDictionary) -> None:
    assert len(search_words(opened, "bridge", limit=4)) == 4
