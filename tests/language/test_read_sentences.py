"""Sentences that are read once: their parts, where they stand, and that nothing is read twice."""

import pytest

from clearspan.language import sentences as module
from clearspan.language.sentences import Sentence, read_sentences
from clearspan.language.words import stems

TEXT = "# The quay\n\nAda Venn built the Tarrow quay. It is 40 metres long.\n\n- closed on Mondays"


def test_sentences_stand_where_they_say() -> None:
    found = read_sentences(TEXT)
    assert [one.text for one in found] == [
        "Ada Venn built the Tarrow quay.",
        "It is 40 metres long.",
        "closed on Mondays",
    ]
    assert all(TEXT[one.start : one.end] == one.text for one in found)


def test_the_parts_of_a_sentence() -> None:
    built, long, _ = read_sentences(TEXT)
    assert built.stems == stems(built.text)
    # A run of capitals at the beginning is a name; a single word there may only begin the sentence.
    assert built.names == ("Ada Venn", "Venn", "Tarrow")
    assert built.name_stems[2] == frozenset({"tarrow"})
    assert long.names == ()
    (length,) = long.quantities
    assert (long.text[length.start : length.end], length.dimension) == ("40 metres", "[length]")


def test_each_part_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(text: str) -> frozenset[str]:
        read.append(text)
        return stems(text)

    monkeypatch.setattr(module, "stems", counted)
    text = "The quay of Tarrow was drained twice."
    for _ in range(3):
        assert read_sentences(text)[0].stems
    assert read == [text]


def test_sentences_are_the_same_by_what_they_say_and_where() -> None:
    assert Sentence("It is long.") == Sentence("It is long.")
    assert Sentence("It is long.") != Sentence("It is long.", 4)
