"""Whether a text states an answer: words, values, long answers, and what only looks like it."""

import pytest

from clearspan.checks.answers.matching import is_slight, normalised, states, token_f1


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It was painted by Ilse Varn, in oil.", "the Ilse Varn"),
        ("| Total | 24,933 | 3 |", "24933 thousand"),
        ("The ratio fell by 0.03 points.", "-0.03"),
        ("The ratio is 12.347.", "12.35"),
        ("She was born on 8 October 1876.", "1876-10-08"),
        ("You have four weeks to apply.", "28 days"),
        ("He reigned 1964–1966.", "1964"),
        (
            "New trees are planted where old trees were felled.",
            "old trees were felled and new trees are planted",
        ),
    ],
)
def test_stated(text: str, answer: str) -> None:
    assert states(text, answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It was painted by Ilse Varner.", "Ilse Varn"),
        ("It opened in 1995.", "1990"),
        ("It is 5 metres wide.", "5 km"),
        ("A share of 0.57.", "57%"),
        ("The ratio is 12.36.", "12.35"),
        ("Trees are tall and grow in many places.", "new trees are planted to replace those that are felled"),
        ("Anything at all.", ""),
    ],
)
def test_not_stated(text: str, answer: str) -> None:
    assert not states(text, answer)


def test_normalised_as_squad_does() -> None:
    assert normalised("The  “Old–Mill”, a Tale!") == "old mill tale"


def test_f1_counts_words_that_both_have() -> None:
    assert token_f1("the red mill", "a red barn") == 0.5
    assert token_f1("mill", "barn") == 0.0


def test_what_stands_in_a_text_by_chance() -> None:
    assert is_slight("12")
    assert not is_slight("127")
