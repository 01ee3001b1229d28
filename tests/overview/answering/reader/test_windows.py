"""WindowCutter hold each sentence of a passage once, within what the encoder takes, and know where its tokens stand."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from clearspan.overview.answering.reader.reader import SHIPPED, VOCABULARY
from clearspan.overview.answering.reader.windows import LONGEST, WindowCutter, place_of

WINDOWS = WindowCutter(Tokenizer.from_file(str(Path(SHIPPED) / VOCABULARY)))

words = st.lists(
    st.sampled_from(
        "The toll of Tarrow bridge is 4.50 crowns . It opened in 1931 ! Why ? \n\n - | é 漢 x1".split(" ")
    ),
    max_size=400,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(words, words)
def test_each_sentence_stands_in_one_window_that_the_encoder_takes(text: str, question: str) -> None:
    body = WINDOWS.body(text)
    windows = WINDOWS.of(question, "Tolls · Prices", body)
    held = [window.first + at for window in windows for at in range(len(window.spans))]
    assert held == list(range(len(body.sentences)))
    for window in windows:
        assert len(window.ids) <= LONGEST
        assert window.ids[0] == 101
        assert window.ids[-1] == 102
        assert window.ids.count(102) == 3
        for start, end in window.spans:
            assert window.second <= start <= end < len(window.ids)


def test_a_token_of_a_window_is_found_again_in_the_passage() -> None:
    text = "The bridge opened in 1931. Its toll is 4 crowns."
    body = WINDOWS.body(text)
    (window,) = WINDOWS.of("What is the toll?", "Tarrow", body)
    start, end = window.spans[1]
    first, last = start - window.offset, end - window.offset - 1
    assert text[body.starts[first] : body.ends[last]] == "Its toll is 4 crowns."


def test_a_long_passage_is_read_in_several_windows() -> None:
    text = " ".join(
        f"Lamp {number} of the Tarrow pier was lit by hand every evening." for number in range(60)
    )
    windows = WINDOWS.of("Who lit the lamps?", "Tarrow", WINDOWS.body(text))
    assert len(windows) > 2
    assert [window.first for window in windows] == sorted({window.first for window in windows})


def test_nothing_to_read_has_no_window() -> None:
    assert WINDOWS.of("Who?", "Tarrow", WINDOWS.body("")) == []


@pytest.mark.parametrize(
    ("title", "heading", "place"),
    [("Tolls", "Prices", "Tolls · Prices"), ("Tolls", "Tolls", "Tolls"), ("Tolls", "", "Tolls")],
)
def test_a_place_is_title_and_heading(title: str, heading: str, place: str) -> None:
    assert place_of(title, heading) == place
