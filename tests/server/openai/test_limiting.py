"""Limits of what an overview may say."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.server.openai.limiting import LimitedText

TEXT = "“The main span is 4,200 feet.” [1]\n“It opened in 1937.” [2]"


def whole(
    text: str, most: int | None = None, stops: tuple[str, ...] = (), cuts: tuple[int, ...] = ()
) -> tuple[str, str]:
    limited = LimitedText(most, stops)
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    said = "".join(limited.add(text[a:b]) for a, b in pairwise(places))
    return said + limited.finish(), limited.reason


def test_tokens_are_counted_and_the_reason_says_so() -> None:
    assert whole(TEXT, 2) == ("“The", "length")
    assert whole(TEXT, 10_000) == (TEXT, "stop")
    assert whole(TEXT) == (TEXT, "stop")


def test_nothing_from_a_stop_string_on_is_said() -> None:
    assert whole(TEXT, stops=("feet",)) == ("“The main span is 4,200 ", "stop")
    assert whole(TEXT, stops=("",)) == (TEXT, "stop")


@settings(deadline=None)
@given(
    st.text(max_size=60),
    st.lists(st.integers(0, 60), max_size=5).map(tuple),
    st.text("ab \n", min_size=1, max_size=3),
)
def test_how_a_text_is_cut_into_pieces_makes_no_difference_to_where_it_stops(
    text: str, cuts: tuple[int, ...], stop: str
) -> None:
    said, reason = whole(text, stops=(stop,), cuts=cuts)
    assert said == text.partition(stop)[0]
    assert reason == "stop"


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(1, 30))
def test_never_more_tokens_than_are_allowed(text: str, most: int) -> None:
    said, reason = whole(text, most)
    assert text.startswith(said)
    assert whole(said, most)[0] == said
    assert (reason == "length") == (len(said.rstrip()) < len(text.rstrip()))
