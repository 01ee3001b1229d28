"""Words that are meant, and words that are only spoken of."""

import pytest

from clearspan.overview.trust.mention import in_quotation, is_mentioned

WORDS = "this article has been retracted"


@pytest.mark.parametrize(
    "text",
    [
        f'The signal is "{WORDS}", on the page.',
        f"A page that says “{WORDS}” is left out.",
        f"It reads ‘{WORDS}’ in red.",
        f"Look for '{WORDS}' at the journal's page.",
        f"Search for `{WORDS}` in the text.",
        f"If {WORDS}, the reader is told.",
        f"A banner that reads {WORDS} is shown.",
        f'The authors\' "{WORDS}" note is gone.',
        f'Beside a 5" pipe the mark "{WORDS}" stands.',
        f'The words "a 5" pipe: {WORDS}" are an example.',
        f'It bore "{WORDS}," and was thrown away.',
        f"It bore '{WORDS},' at the editors' wish.",
        f"The words 'the authors' paper: {WORDS}' are an example.",
        f"The words ‘the authors’ paper isn’t there: {WORDS}’ are an example.",
    ],
)
def test_words_that_are_spoken_of(text: str) -> None:
    start = text.index(WORDS)
    assert is_mentioned(text, start, start + len(WORDS))


@pytest.mark.parametrize(
    "text",
    [
        f"{WORDS}.",
        f"The editors' note: {WORDS}.",
        f'The paper "Pebbles and growth" is gone: {WORDS}. See "Policy".',
        f"We regret that {WORDS}.",
        f"If in doubt, write to us. At the authors' request, {WORDS}.",
        f"The authors' note: {WORDS}, at the editors' wish.",
        f"He said 'yes' and knew that {WORDS} at the authors' wish.",
        f"The authors’ note: {WORDS}, at the editors’ wish.",
        f"A book of the '90s: {WORDS}, at the authors' wish.",
        f'On a 5" pipe: {WORDS}, as on a 6" pipe.',
        f'It bore "a stamp," and {WORDS}, "so to say".',
        f'He said "no".\n\n{WORDS}\n\n"Yes", she said.',
    ],
)
def test_words_that_are_meant(text: str) -> None:
    start = text.index(WORDS)
    assert not is_mentioned(text, start, start + len(WORDS))


def test_an_apostrophe_is_no_quotation_mark() -> None:
    text = "The author's and editors' view of it, in the journal's words."
    assert not in_quotation(text, text.index("view"), text.index("view") + 4)
