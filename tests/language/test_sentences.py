"""Sentences of a stored text: prose by its punctuation, lists and tables by their lines, headings by themselves."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.language import sentences as module
from clearspan.language.sentences import Sentence, headings, read_sentences, sentences, trim
from clearspan.language.words import stems

TEXT = "# The quay\n\nAda Venn built the Tarrow quay. It is 40 metres long.\n\n- closed on Mondays"


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def named(text: str) -> list[str]:
    return [text[start:end] for start, end in headings(text)]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("prose is cut at full stops", "The mill is red. It burned.", ["The mill is red.", "It burned."]),
        (
            "an abbreviation ends nothing",
            "Dr. Hollis built it. It fell.",
            ["Dr. Hollis built it.", "It fell."],
        ),
        ("a sentence runs over a line's end", "The mill\nis red.", ["The mill\nis red."]),
        (
            "a full line goes on in the next one",
            "The mill of Tarrow was built in the year of\nthe flood by a baker. It burned.",
            ["The mill of Tarrow was built in the year of\nthe flood by a baker.", "It burned."],
        ),
        (
            "a line that is not full does not, whatever it ends in",
            "The mill is 91 metres wide\nThe barn beside it, which is older, is 48 metres wide and has three doors",
            [
                "The mill is 91 metres wide",
                "The barn beside it, which is older, is 48 metres wide and has three doors",
            ],
        ),
        (
            "what stands under a colon is no part of it",
            "You may keep:\na cat\na dog",
            ["You may keep:", "a cat", "a dog"],
        ),
        (
            "a verb cannot begin anew",
            "The main span of the bridge\nis 1,280 metres long, and for years it was the longest of all.",
            ["The main span of the bridge\nis 1,280 metres long, and for years it was the longest of all."],
        ),
        (
            "a preposition cannot end",
            "The mill was built in 1931 by\nWilliam Hollis, who was a baker of great renown in all of Tarrow.",
            [
                "The mill was built in 1931 by\nWilliam Hollis, who was a baker of great renown in all of Tarrow."
            ],
        ),
        (
            "one line that could not be broken does not break the others",
            "The mill of Tarrow was built in the year of the\n"
            "flood by a baker whose name is not known, and it\n"
            "burned (see " + "x" * 180 + ")\n"
            "before the barn beside it had so much as a roof.",
            [
                "The mill of Tarrow was built in the year of the\n"
                "flood by a baker whose name is not known, and it\n"
                "burned (see " + "x" * 180 + ")\n"
                "before the barn beside it had so much as a roof."
            ],
        ),
        (
            "nobody breaks very long lines because they are full",
            "The mill " + "very " * 40 + "old\nthe barn",
            ["The mill " + "very " * 40 + "old", "the barn"],
        ),
        (
            "a line after an item that is full goes on with nothing",
            "- The mill\nThe barn beside the mill was painted blue by a baker.",
            ["The mill", "The barn beside the mill was painted blue by a baker."],
        ),
        ("signs alone are no sentence", "The mill is red. …", ["The mill is red."]),
        ("a bullet is left out", "- The mill is red.\n- It burned.", ["The mill is red.", "It burned."]),
        (
            "a number is a bullet, too",
            "1. The mill\n2) The barn\n(3) The quay",
            ["The mill", "The barn", "The quay"],
        ),
        ("so is a letter", "a) The mill\nb. The barn", ["The mill", "The barn"]),
        ("an item runs over its line's end", "- The mill\n  is red.", ["The mill\n  is red."]),
        ("pairs of name and value are one row", "Animal: Orca; Weight: 6", ["Animal: Orca; Weight: 6"]),
        ("a short pair is a row", "Animal: Orca\nWeight: 6", ["Animal: Orca", "Weight: 6"]),
        ("a pair that ends as a sentence is prose", "He said: It is.", ["He said: It is."]),
        ("cells are one row", "Orca | 6. Tons", ["Orca | 6. Tons"]),
        ("cells with tabs, too", "Orca\t6. Tons", ["Orca\t6. Tons"]),
        ("white space is trimmed", "  The mill is red.  ", ["The mill is red."]),
        ("nothing has none", "", []),
        ("a heading is no sentence", "The mill\n\nIt is red.", ["It is red."]),
    ],
)
def test_a_text_is_cut_into_sentences(rule: str, text: str, expected: list[str]) -> None:
    assert said(text) == expected, rule


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("alone, short, and followed by something", "The mill\n\nIt is red.", ["The mill"]),
        ("a hash makes one anywhere", "# The mill\nIt is red.", ["# The mill"]),
        (
            "a hash makes one of a line that ends as a sentence",
            "# It burned.\n\nIt is red.",
            ["# It burned."],
        ),
        ("seven hashes do not", "####### x\nIt is red.", []),
        ("nothing follows", "The mill", []),
        ("it ends as a sentence", "The mill.\n\nIt is red.", []),
        ("it ends as a question in quotes", "“The mill?”\n\nIt is red.", []),
        ("it is an item", "- The mill\n\nIt is red.", []),
        ("it is a row", "Animal: Orca\n\nIt is red.", []),
        ("it introduces what follows", "The mill:\n\nIt is red.", []),
        ("it is long", "The " * 15 + "mill\n\nIt is red.", []),
        ("it is just short enough", "The " * 13 + "mill\n\nIt is red.", ["The " * 13 + "mill"]),
        ("it begins small", "the mill\n\nIt is red.", []),
        ("it has no letter", "1861\n\nIt is red.", []),
        ("two lines are a paragraph", "The mill\nThe barn\n\nIt is red.", []),
        ("each of two blocks", "The mill\n\nThe barn\n\nIt is red.", ["The mill", "The barn"]),
    ],
)
def test_a_heading_is_told_by_its_form(rule: str, text: str, expected: list[str]) -> None:
    assert named(text) == expected, rule


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("  mill ", 0, 7, (2, 6)),
        ("mill", 0, 4, (0, 4)),
        ("a   b", 1, 4, (4, 4)),
        ("x mill y", 1, 7, (2, 6)),
    ],
)
def test_a_span_is_trimmed(text: str, start: int, end: int, expected: tuple[int, int]) -> None:
    assert trim(text, start, end) == expected


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="aB. \n-#:;|\t1)", max_size=60))
def test_spans_are_in_order_inside_and_trimmed(text: str) -> None:
    spans = sentences(text)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


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
