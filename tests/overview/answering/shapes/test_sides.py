"""Which two things a question holds against each other, and that none are made up."""

import pytest

from clearspan.overview.answering.shapes.sides import sides


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Is the mill or the tower in the north?", "the mill|the tower"),
        ("Was Kepler or Tycho Brahe born in Denmark?", "Kepler|Tycho Brahe"),
        ("Is the old mill or the tower taller?", "the old mill|the tower"),
        ("What is the difference between the area of Norway and Sweden?", "Norway|Sweden"),
        ("What is the difference between the area of Norway and of Sweden?", "Norway|Sweden"),
        ("What is the difference between the speed of light and sound?", "light|sound"),
        ("What is the difference between the cost of living and inflation?", "the cost of living|inflation"),
        (
            "What is the difference between the king of Norway and the mayor of Oslo?",
            "the king of Norway|the mayor of Oslo",
        ),
        ("What is the difference between a frog and a toad in size?", "a frog|a toad"),
        ("Which is longer, the Nile or the Amazon?", "the Nile|the Amazon"),
        ("Which of the Nile and the Amazon is longer?", "the Nile|the Amazon"),
        ("How do cats and dogs differ?", "cats|dogs"),
        ("How do the Nile and the Amazon differ in length?", "the Nile|the Amazon"),
        ("How are frogs different from toads?", "frogs|toads"),
        ("Compare the mill and the tower.", "the mill|the tower"),
        ("Compare the bread and butter and the jam.", "the bread and butter|the jam"),
        ("Compare Trinidad and Tobago with Jamaica.", "Trinidad and Tobago|Jamaica"),
        ("Compare search and rescue to salvage.", "search and rescue|salvage"),
    ],
)
def test_the_two_things_are_named_as_the_question_has_them(question: str, named: str) -> None:
    assert sides(question) == tuple(named.split("|"))


@pytest.mark.parametrize(
    "question",
    [
        "How do bees and wasps make nests?",
        "How do I bake bread and cake?",
        "Is it red or blue?",
        "Is the mill open on Monday or Tuesday?",
        "Can I pay by card or cheque?",
        "What is the difference between Trinidad and Tobago and Jamaica?",
    ],
)
def test_what_is_not_clearly_two_things_is_none(question: str) -> None:
    assert sides(question) == ()


def test_what_a_document_is_about_is_one_thing() -> None:
    titles = ("Trinidad and Tobago", "Jamaica", "The Nile")
    assert sides("Compare Trinidad and Tobago.", titles) == ()
    asked = "What is the difference between Jamaica and Trinidad and Tobago?"
    assert sides(asked, titles) == ("Jamaica", "Trinidad and Tobago")
    assert sides("Compare cats and dogs.", ("Cats and dogs", "Cats")) == ("cats", "dogs")


def test_a_long_question_is_cut_in_short_time() -> None:
    assert sides("Compare " + "a and " * 5_000) == ()
