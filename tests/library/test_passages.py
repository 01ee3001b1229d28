"""Passages tile the text, are exact, and never cross a heading."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.sentences import headings, sentences
from clearspan.language.words import index_terms, stem, words
from clearspan.library.passages import LARGEST, split

_LINE = st.text(st.sampled_from("abc XYZ .!?é日🌉-:;|0,1"), max_size=80)
_TEXT = st.lists(_LINE, max_size=60).map("\n".join)


@given(_TEXT)
def test_passages_tile_the_text_exactly(text: str) -> None:
    passages = split("d-0", text, headings(text))
    covered = 0
    for index, passage in enumerate(passages):
        assert passage.index == index
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert not text[covered : passage.start].strip()
        covered = passage.end
    assert not text[covered:].strip()


@given(_TEXT)
def test_no_passage_goes_on_over_a_heading(text: str) -> None:
    spans = headings(text)
    for passage in split("d-0", text, spans):
        inside = [span for span in spans if passage.start <= span[0] < passage.end]
        before = passage.start
        for start, end in inside:
            assert not text[before:start].strip()
            before = end


@given(st.integers(1, 3000), st.sampled_from(["word ", "x", "A sentence of six words here. "]))
def test_passages_are_bounded(count: int, piece: str) -> None:
    for passage in split("d-0", piece * count):
        assert len(passage.text.split()) <= LARGEST
        assert len(passage.text) <= LARGEST * 10 + 10


def test_passages_of_a_long_document_have_60_to_200_words() -> None:
    text = "\n\n".join("This paragraph has exactly seven words." for _ in range(200))
    assert all(60 <= len(passage.text.split()) <= 200 for passage in split("d-0", text))


def test_a_passage_knows_its_heading_and_page() -> None:
    text = "Weights\n\nOrcas are heavy.\n\nSounds\n\nThey click."
    first, second = split("d-0", text, headings(text), (0, 27))
    assert (first.heading, first.page) == ("Weights", 1)
    assert (second.heading, second.page) == ("Sounds", 2)


@given(_TEXT)
def test_sentences_are_ordered_trimmed_spans(text: str) -> None:
    end = 0
    for start, stop in sentences(text):
        assert end <= start < stop <= len(text)
        assert text[start:stop] == text[start:stop].strip()
        end = stop


def test_sentences_of_prose_lists_and_tables() -> None:
    text = (
        "Golden Gate\n\nThe bridge 🌉 opened on 27 May 1937. Dr. Élan saw it.\n\n"
        "- first item\n- second item\n\n"
        "Animal: Orca; Weight (lb): 8,000\nAnimal: Blue whale; Weight (lb): 300,000"
    )
    assert [text[start:end] for start, end in sentences(text)] == [
        "The bridge 🌉 opened on 27 May 1937.",
        "Dr. Élan saw it.",
        "first item",
        "second item",
        "Animal: Orca; Weight (lb): 8,000",
        "Animal: Blue whale; Weight (lb): 300,000",
    ]


def test_words_keep_numbers_whole_and_drop_possessives() -> None:
    assert words("Orca’s 4,200 lb, 1.5 t, don't, 1930s 1,2345") == [
        "orca", "4200", "lb", "1.5", "t", "don't", "1930s", "1", "2345",
    ]  # fmt: skip


def test_stems_are_those_of_the_index() -> None:
    assert stem("archaeology") == "archaeolog"
    assert stem("Cafés") == stem("cafe")
    assert index_terms("don't 4,200") == ("don", "t", "4", "200")


def test_a_blank_line_of_any_length_is_passed_over() -> None:
    # In time that grows with the square of the length this would not end while anyone waits.
    text = "Orcas swim." + "\n" + " " * 2_000_000 + "\n" + "Whales sing."
    assert [text[slice(*span)] for span in sentences(text)] == ["Orcas swim.", "Whales sing."]


@pytest.mark.parametrize(
    "piece", ["lorem ipsum dolor sit amet ", "x", "a. ", "key word: value one; ", "word\n", "A short one. "]
)
def test_cutting_takes_time_in_proportion_to_the_text(piece: str) -> None:
    once, eightfold = (_cpu_seconds(piece * (size // len(piece))) for size in (250_000, 2_000_000))
    # The square of its length would take 64 times as long.
    assert eightfold < 24 * max(once, 0.02)


def _cpu_seconds(text: str) -> float:
    started = time.process_time()
    split("d-0", text)
    return time.process_time() - started
