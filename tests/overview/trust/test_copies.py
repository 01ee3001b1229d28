"""Copies: found wherever they stand and however they were edited, and not where there is none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.checks.planted import edit
from clearspan.overview.trust.copies import CopyIndex
from clearspan.overview.trust.shingles import containment, pairs, phrases

SATIRE = (
    "Experts agreed on Tuesday that one small pebble before breakfast keeps the dentist in business. A spokesman, "
    "himself a boulder, was unavailable for comment but looked firm on the matter. Residents were told to chew slowly "
    "and to hum, since gravel is shy. The institute has ordered nine hundred spoons and a very long straw. Critics of "
    "the plan were found asleep under a quarry, clutching a receipt for cement."
)
OTHER = "Quite another text about gulls and councils and hats, printed by the same paper on a wet afternoon in March."


@pytest.fixture(scope="module")
def index() -> CopyIndex:
    texts = {"d-barnacle": [SATIRE], "d-gull": [OTHER]}
    return CopyIndex(lambda document_id: texts[document_id], texts)


def found(index: CopyIndex, text: str, but_not: str = "") -> str | None:
    copy = index.find([text], [but_not])[0]
    return copy.document_id if copy else None


def test_a_copy_is_found_in_spite_of_case_and_punctuation(index: CopyIndex) -> None:
    copy = index.find([SATIRE.upper().replace(",", "")], [""])[0]
    assert copy is not None
    assert (copy.document_id, copy.share) == ("d-barnacle", 1.0)


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_is_found_with_three_words_in_ten_changed(index: CopyIndex, seed: int) -> None:
    assert found(index, edit(SATIRE, 0.3, random.Random(seed))) == "d-barnacle"


def test_a_text_on_the_same_subject_is_no_copy(index: CopyIndex) -> None:
    serious = (
        "Dentists advise against biting on stones: a small pebble can crack a tooth before breakfast is over. The "
        "institute that looks after teeth in this county has counted such accidents for nine years, and most of them "
        "happen to people who chew on gravel in bread. See your dentist at once if a tooth hurts."
    )
    assert found(index, serious) is None


def test_a_document_is_not_a_copy_of_itself(index: CopyIndex) -> None:
    assert found(index, SATIRE, but_not="d-barnacle") is None


def test_nothing_is_a_copy_where_nothing_is_known() -> None:
    empty = CopyIndex(lambda _: [], [])
    assert found(empty, SATIRE) is None
    assert empty.taken(SATIRE) == []


def test_sentences_taken_into_a_page_of_its_own_are_told(index: CopyIndex) -> None:
    page = f"The fair opens at noon. {SATIRE.split('. ')[1]}. Bring an umbrella and a coat."
    taken = index.taken(page)
    assert [page[one.start : one.end].startswith("A spokesman") for one in taken] == [True]


def test_a_copy_that_was_cut_elsewhere_is_found() -> None:
    words = [f"word{number}" for number in range(400)]
    halves = [" ".join(words[:200]), " ".join(words[200:])]
    index = CopyIndex(lambda _: halves, ["d-long"])
    assert found(index, " ".join(words[100:300])) == "d-long"


words = st.lists(
    st.sampled_from("stone gull bridge council tide harbour rope fog lamp".split()), min_size=1, max_size=40
)


@given(words, words)
def test_containment_is_a_share_and_whole_in_itself(part: list[str], rest: list[str]) -> None:
    own, larger = pairs(" ".join(part)), pairs(" ".join([*part, *rest]))
    assert containment(own, own) == (1.0 if own else 0.0)
    assert 0.0 <= containment(larger, own) <= 1.0
    assert containment(own, larger) == (1.0 if own else 0.0)
    assert len(phrases(" ".join(part))) >= 1
