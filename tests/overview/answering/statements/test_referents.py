"""A pronoun brings the sentence that names what it stands for, and nothing more than that."""

import pytest

from clearspan.overview.answering.statements.outline import outline
from clearspan.overview.answering.statements.referents import referents, refers_back


def shown_before(text: str, last: str) -> list[str]:
    pieces = outline(text)
    index = next(i for i, piece in enumerate(pieces) if text[piece.start : piece.end] == last)
    return [text[piece.start : piece.end] for piece in referents(text, pieces, index)]


@pytest.mark.parametrize(
    "text",
    [
        "It opened in 1937.",
        "However, they were wrong.",
        "This makes it rust.",
        "Such bridges are rare.",
        "The latter is longer.",
        "Most of them survive.",
        "In this case, nobody pays.",
        "Yes, you can.",
        "His son built it.",
    ],
)
def test_words_that_stand_for_something_refer_back(text: str) -> None:
    assert refers_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is important to wash it.",
        "The bridge opened in 1937.",
        "Nobody knows.",
        "Thistles grow here.",
        "Items sell.",
    ],
)
def test_other_sentences_do_not(text: str) -> None:
    assert not refers_back(text)


def test_he_is_named_by_the_last_sentence_that_names_somebody() -> None:
    text = "Ada Venn was born in 1901. She played chess. She died in 1980."
    assert shown_before(text, "She died in 1980.") == ["Ada Venn was born in 1901."]


def test_this_means_the_sentence_before_with_what_that_one_needs() -> None:
    text = "The gene makes a protein. It binds oxygen. This keeps the cell alive."
    assert shown_before(text, "This keeps the cell alive.") == [
        "The gene makes a protein.",
        "It binds oxygen.",
    ]


def test_a_paragraph_may_begin_with_a_pronoun_but_a_heading_is_not_crossed() -> None:
    assert shown_before("Ada Venn was a player.\n\nShe died in 1980.", "She died in 1980.") == [
        "Ada Venn was a player."
    ]
    text = "Ada Venn was a player.\n\nDeath\n\nShe died in 1980."
    assert shown_before(text, "She died in 1980.") == []
