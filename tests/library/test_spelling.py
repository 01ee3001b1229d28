"""Slips are read as the library spells them; names that it lacks, and words that it has, stay as they are."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.library.spelling import respelled
from clearspan.workspace.workspace import Workspace

KNOWN = {
    "bridge": 9,
    "bridges": 2,
    "lighthouse": 4,
    "hypoglycaemia": 3,
    "lantern": 1,
    "orange": 5,
    "grange": 1,
}


def frequency(words: Sequence[str]) -> Mapping[str, int]:
    return {word: KNOWN.get(word, 0) for word in words}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("how long is the brigde", "how long is the bridge"),
        ("what causes hypoglycemia?", "what causes hypoglycaemia?"),
        ("Lighhouse keepers", "lighthouse keepers"),
        ("the lantrn", "the lantern"),
        ("is it orrange", "is it orange"),
    ],
)
def test_a_slip_is_read_as_the_nearest_known_word(written: str, read: str) -> None:
    found = respelled(written, frequency, KNOWN.__contains__)
    assert found.text == read
    assert len(found.changes) == 1


@pytest.mark.parametrize(
    "text",
    ["how long is the bridge", "Who built the Brigde?", "the cat sat", "xyzzy plugh", "in 19311", "", "мост"],
)
def test_what_is_no_slip_stays(text: str) -> None:
    assert respelled(text, frequency, KNOWN.__contains__).text == text


def test_a_text_in_another_language_is_left_alone() -> None:
    text = "bridgf lanterm orangf hypoglycaemiu lighthousf bridgg lantero"
    assert respelled(text, frequency, KNOWN.__contains__).changes == ()


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    found = respelled(text, frequency, KNOWN.__contains__)
    assert bool(found.changes) == (found.text != text)


def test_a_library_knows_its_own_words(samples: Workspace) -> None:
    found = samples.library().respelled("when did the golden gate brigde open")
    assert found.changes == (("brigde", "bridge"),)
