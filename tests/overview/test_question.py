"""Questions taken apart: what they are about, which names they hold, and which kind of value would answer."""

import pytest

from clearspan.language.quantities.currencies import MONEY
from clearspan.language.sentences import Sentence
from clearspan.overview.question import carries, understand


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("How tall are the towers?", {"[length]"}),
        ("How heavy is an orca?", {"[mass]"}),
        ("When did the bridge open?", {"date"}),
        ("Who designed the bridge?", {"name"}),
        ("Who was in charge of the works?", {"name"}),
        ("What time does the library close on Saturday?", {"clock", "weekday"}),
        ("How many moons has Mars?", {"count"}),
        ("How many tonnes does a fin whale weigh?", {"[mass]"}),
        ("What is the fee for the pool?", MONEY),
        ("Why is the bridge orange?", {"reason"}),
        ("What is granite?", set()),
    ],
)
def test_the_kind_of_value_that_is_asked_for(question: str, wants: set[str]) -> None:
    assert understand(question).wants == wants


def test_names_and_telling_words() -> None:
    question = understand("How long is the main span of the Golden Gate Bridge?")
    assert question.names == {"golden", "gate", "bridg"}
    assert question.spoken == ("span", "golden", "gate", "bridge")


@pytest.mark.parametrize(
    ("question", "carrying", "other"),
    [
        ("How heavy is an orca?", "Animal: Orca; Weight (tonnes): 6", "Animal: Orca; Group: dolphin"),
        ("Who designed the Forth Bridge?", "John Fowler designed the Forth Bridge.", "The Forth Bridge was designed."),
        ("When did it open?", "It opened on 27 May 1937.", "It opened with a parade."),
        ("How many moons has Mars?", "Mars has two moons.", "Mars has a thin sky."),
        ("Why is it orange?", "It is orange because ships must see it.", "It is orange."),
        ("When did it close after 1937?", "It closed on 2 May 1960.", "It was still open in 1937."),
    ],
)  # fmt: skip
def test_a_sentence_carries_the_kind_of_value_that_is_asked_for(
    question: str, carrying: str, other: str
) -> None:
    asked = understand(question)
    assert carries(asked, Sentence(carrying))
    assert not carries(asked, Sentence(other))
