"""Copies: found wherever they stand, and not where there is none."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from clearspan.library.documents import Document
from clearspan.overview.copies import containment, find_original, originals, shingles

SATIRE = (
    "Experts agreed on Tuesday that one small pebble before breakfast keeps the dentist in business. "
    "A spokesman, himself a boulder, was unavailable for comment but looked firm on the matter."
)


def document(text: str, name: str = "barnacle") -> Document:
    return Document(
        id=f"d-{name}",
        locator=name,
        title=name,
        text=text,
        media_type="text/plain",
        content_hash="",
        added_at=datetime.now(UTC),
        kind="satire",
    )


def test_a_copy_inside_a_longer_page_is_found() -> None:
    known = originals(
        [document(SATIRE), document("Quite another text about gulls and councils and hats.", "gull")]
    )
    found = find_original(SATIRE.upper().replace(",", ""), known)
    assert found is not None
    assert found[0].document.title == "barnacle"
    assert found[1] == 1.0


def test_a_text_on_the_same_subject_is_no_copy() -> None:
    serious = (
        "Dentists advise against biting on stones: a small pebble can crack a tooth before breakfast is over."
    )
    assert find_original(serious, originals([document(SATIRE)])) is None


def test_a_document_is_not_a_copy_of_itself() -> None:
    assert find_original(SATIRE, originals([document(SATIRE)]), but_not="d-barnacle") is None


words = st.lists(
    st.sampled_from("stone gull bridge council tide harbour rope fog lamp".split()), min_size=1, max_size=40
)


@given(words, words)
def test_containment_is_a_share_and_whole_in_itself(part: list[str], rest: list[str]) -> None:
    own, larger = shingles(" ".join(part)), shingles(" ".join([*part, *rest]))
    assert containment(own, own) == 1.0
    assert 0.0 <= containment(larger, own) <= 1.0
    if len(part) >= 5:
        assert containment(own, larger) == 1.0
