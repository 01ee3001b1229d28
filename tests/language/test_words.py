"""Words and stems as the full-text index has them."""

import pytest

from clearspan.language.words import STOPWORDS, index_terms, stem, stems, words


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("lower case", "The Mill", ["the", "mill"]),
        ("a possessive ending is dropped", "Tarrow's mill", ["tarrow", "mill"]),
        ("a curly apostrophe is one, too", "Tarrow’s mill doesn’t", ["tarrow", "mill", "doesn't"]),
        ("thousands signs are dropped", "4,200 feet", ["4200", "feet"]),
        ("a decimal stays whole", "1.28 km", ["1.28", "km"]),
        ("both together", "1,234.5", ["1234.5"]),
        ("letters stay with their number", "5km 3rd", ["5km", "3rd"]),
        ("a comma between numbers that are not thousands cuts", "1,23", ["1", "23"]),
        ("four digits after a comma are no thousands", "1,2345", ["1", "2345"]),
        ("a hyphen cuts", "well-known", ["well", "known"]),
        ("an underscore cuts", "a_b", ["a", "b"]),
        ("composed and decomposed letters are the same", "cafe\u0301", ["café"]),
        ("signs are no words", "… — !", []),
    ],
)
def test_a_text_is_cut_into_words(rule: str, text: str, expected: list[str]) -> None:
    assert words(text) == expected, rule


def test_stems_are_the_indexs() -> None:
    assert stem("running") == "run"
    assert stem("archaeology") == "archaeolog"
    assert stem("don't") == "don t"
    assert stem("1.5") == "1 5"
    assert index_terms("Cafés running") == ("cafe", "run")
    assert index_terms("") == ()


def test_stop_words_have_no_stems() -> None:
    assert stems("The mill of the town is running") == {"mill", "town", "run"}
    assert stems("It is not.") == frozenset()
    assert {"the", "not", "doesn't"} <= STOPWORDS
