"""Server-sent events, however the stream is cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.models.remote.events import EventReader, Malformed

_LINES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)


def _read(stream: bytes, cuts: list[int]) -> list[str]:
    reader = EventReader()
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    pieces = [stream[a:b] for a, b in itertools.pairwise(places)]
    return [event for piece in pieces for event in reader.feed(piece)]


@given(
    st.lists(st.lists(_LINES, min_size=1, max_size=3), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.integers(0, 10_000), max_size=12),
)
def test_every_cut_gives_the_same_events(events: list[list[str]], end: str, cuts: list[int]) -> None:
    lines = [line for event in events for line in (*(f"data: {data}" for data in event), ": ping", "")]
    # A reader cannot know of a lone carriage return at the end that no line feed follows it.
    stream = end.join([*lines, "", ""]).encode() + b":"
    assert _read(stream, cuts) == ["\n".join(event) for event in events]


def test_fields_that_are_not_data_are_let_go_by() -> None:
    stream = b"event: x\nid: 7\nretry: 10\ndata:a\ndata\n: note\n\n\n\ndata: left over"
    assert _read(stream, []) == ["a\n"]


def test_what_is_not_utf8_is_malformed() -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        EventReader().feed(b"data: \xff\n\n")


@pytest.mark.parametrize("stream", [b"data: " + b"x" * 2_000_000, b"data: 0123456789\n" * 200_000])
def test_an_endless_event_is_not_kept(stream: bytes) -> None:
    with pytest.raises(Malformed, match="characters"):
        EventReader().feed(stream)
