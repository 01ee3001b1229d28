"""Questions taken apart: what they are about, which names they hold, and which kind of value would answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities.currencies import MONEY
from clearspan.language.sentences import Sentence
from clearspan.overview.question import coverage, fit, understand


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
    ("question", "better", "worse"),
    [
        ("How tall is the lighthouse?", "It is 24 metres tall.", "The bridge is 212 metres long."),
        ("How heavy is an orca?", "Animal: Orca; Weight (tonnes): 6", "Animal: Orca; Group: dolphin"),
        ("Who designed the Forth Bridge?", "John Fowler designed the Forth Bridge.", "The Forth Bridge was designed."),
        ("When did it open?", "It opened on 27 May 1937.", "It opened with a parade."),
        ("How many moons has Mars?", "Mars has two moons.", "Mars has 2 ice caps."),
    ],
)  # fmt: skip
def test_the_right_kind_of_value_fits_better(question: str, better: str, worse: str) -> None:
    asked = understand(question)
    assert fit(asked, Sentence(better)) > fit(asked, Sentence(worse))


def test_a_value_that_is_already_in_the_question_is_no_answer() -> None:
    asked = understand("How many years after 1937 did it close?")
    assert fit(asked, Sentence("It was still open in 1937.")) < 1.0


weights = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(min_value=0.1, max_value=9), min_size=1)


@given(weights, st.frozensets(st.sampled_from("abcdefgh")), st.frozensets(st.sampled_from("abcdefgh")))
def test_coverage_is_a_share_that_grows_with_what_is_found(
    rarity: dict[str, float], near: frozenset[str], around: frozenset[str]
) -> None:
    found = coverage(rarity, rarity, near, around)
    assert 0.0 <= found <= 1.0 + 1e-9
    assert found <= coverage(rarity, rarity, near | around) + 1e-9
    assert coverage(rarity, rarity, frozenset(rarity)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("question", "sentence", "fits"),
    [
        ("What sport is Aldo Venn associated with?", "Aldo Venn (born 1971) is a Danish chess player.", 1.0),
        ("What is the genre of Tarrow Lights?", "Tarrow Lights is a 1977 thriller by Ann Esk.", 1.0),
        ("What is the genre of Tarrow Lights?", "Critics liked Tarrow Lights.", 0.5),
        ("What is the toll on the Quellby bridge?", "The Quellby bridge is a landmark.", 0.5),
    ],
)
def test_what_a_thing_is_answers_what_sort_of_thing_it_is(question: str, sentence: str, fits: float) -> None:
    assert fit(understand(question), Sentence(sentence)) == fits
