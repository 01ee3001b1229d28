"""What a sentence may be made of, and each way in which it may say something else with the same words."""

import pytest

from clearspan.overview.answering.fidelity import unfaithful
from clearspan.receipts import Citation, Claim

QUESTION = "When was the Tarrow bridge built, and by whom?"


def quoted(text: str, title: str = "Tarrow bridge") -> Claim:
    citation = Citation(
        number=1, document_id=title, passage_id=title, start=0, end=len(text), quote=text, title=title
    )
    return Claim(text=text, origin="quoted", support="supported", score=0.9, citations=(citation,))


BUILT = quoted("It was built in 1861, when the town had grown, by the mason Ann Alder.")
PAID = quoted("The town paid for all of the work unless the river was high.")
SAID = quoted("Old newspapers claimed that it was the first bridge of iron, but this is wrong.")
HILL = quoted("It was burned down in 1872 by a crowd of angry weavers.", "Hill mill")
PROBABLY = quoted("The deck appears to be of oak, according to the council, and nobody has replaced it.")
QUOTES = (BUILT, PAID, SAID, HILL, PROBABLY)


@pytest.mark.parametrize(
    "sentence",
    [
        "The Tarrow bridge was built in 1861, when the town had grown, by the mason Ann Alder.",
        "It was built in 1861, when the town had grown, by the mason Ann Alder, and the town paid for all of the work "
        "unless the river was high.",
        "The Hill mill was burned down in 1872 by a crowd of angry weavers, while the Tarrow bridge was built in 1861, "
        "when the town had grown, by the mason Ann Alder.",
    ],
)
def test_stretches_of_the_quotes_may_be_joined_under_their_names(sentence: str) -> None:
    assert unfaithful(sentence, QUESTION, QUOTES) == ""


def test_what_stands_between_signs_may_be_left_out_if_it_binds_nothing() -> None:
    free = quoted("It was built in 1861, the year of the flood, by the mason Ann Alder.")
    without = "The Tarrow bridge was built in 1861 by the mason Ann Alder."
    assert unfaithful(without, QUESTION, [free]) == ""
    assert "condition" in unfaithful(without, QUESTION, [BUILT])


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The town paid for all of the work.", "condition"),
        ("The deck appears to be of oak.", "whose word"),
        ("The Tarrow bridge was the first bridge of iron.", "whose word"),
        ("The town paid for half of the work unless the river was high.", "half"),
        ("By the mason Ann Alder and paid for all of the work unless the river was high.", "condition"),
        ("The Tarrow bridge was burned down in 1872 by a crowd of angry weavers.", "tells of one thing"),
        (
            "It was built in 1861, when the town had grown, by the mason Ann Alder, and was burned down in 1872 by a "
            "crowd of angry weavers.",
            "tells of one thing",
        ),
        ("Was the Tarrow bridge built, and by whom.", "says"),
    ],
)
def test_the_same_words_may_say_something_else(sentence: str, why: str) -> None:
    assert why in unfaithful(sentence, QUESTION, QUOTES)


def test_who_acts_is_not_exchanged() -> None:
    paid = quoted("The town paid for all of the work on the bridge.")
    built = quoted("The bridge was built by the mason Ann Alder.")
    for sentence in (
        "The bridge was built by the mason Ann Alder, and paid for all of the work on the bridge.",
        "The mason Ann Alder paid for all of the work on the bridge.",
    ):
        assert unfaithful(sentence, "Who paid?", [paid, built]), sentence


def test_a_name_is_not_put_into_the_middle() -> None:
    assert "tarrow" in unfaithful(
        "It was built in 1861, when Tarrow had grown, by the mason Ann Alder.", QUESTION, QUOTES
    )


def test_words_within_a_part_stay() -> None:
    plain = quoted("Most of the old town was burned down in one night by a crowd of angry weavers.")
    assert "leans on" in unfaithful(
        "Most of the old town was burned down by a crowd of angry weavers.", QUESTION, [plain]
    )
    assert "middle" in unfaithful(
        "Was burned down in one night by a crowd of angry weavers.", QUESTION, [plain]
    )


def test_nothing_is_said_twice() -> None:
    plain = quoted("It is similar to a bridge of stone.")
    twice = "It is similar to a bridge, it is similar to a bridge of stone."
    assert "twice" in unfaithful(twice, QUESTION, [plain])
    named = quoted("The Tarrow bridge is similar to a bridge of stone.")
    for sentence in ("Tarrow bridge: The Tarrow bridge is similar to a bridge of stone.",):
        assert "in front" in unfaithful(sentence, QUESTION, [named])


def test_quotes_need_more_than_a_comma_between_them() -> None:
    both = (BUILT, PAID)
    spliced = (
        "It was built in 1861, when the town had grown, by the mason Ann Alder, the town paid for all of the work "
        "unless the river was high."
    )
    assert "nothing but a comma" in unfaithful(spliced, QUESTION, both)
    assert unfaithful(spliced.replace("Alder,", "Alder;"), QUESTION, both) == ""


def test_what_a_quote_says_against_it_stays() -> None:
    wide = quoted("The deck is of oak, but the council has replaced most of it with iron.")
    assert "against" in unfaithful("The deck is of oak.", QUESTION, [wide])


def test_no_contrast_and_no_cause_is_put_between_quotes() -> None:
    paid = quoted("The town paid for all of the work.")
    built = quoted("The bridge was built by the mason Ann Alder.")
    for word, fine in (("and", True), ("while", True), ("but", False), ("because", False)):
        joined = f"The bridge was built by the mason Ann Alder, {word} the town paid for all of the work."
        assert (unfaithful(joined, "Who paid?", [paid, built]) == "") is fine, word


def told(*pairs: tuple[str, str]) -> list[Claim]:
    """Quotes with the titles of their pages."""
    return [quoted(text, title) for text, title in pairs]


@pytest.mark.parametrize(
    ("asked", "said", "sentence"),
    [
        (
            "Did the wife of Henry Ford build the house?",
            [("The wife of Henry Ford built the house in 1915 for guests.", "Fair Lane")],
            "Henry Ford built the house in 1915 for guests.",
        ),
        (
            "Is aspirin not safe for adults?",
            [("Aspirin is not safe for adults.", "Aspirin"), ("It is sold in 50 countries.", "Aspirin")],
            "Aspirin is safe for adults and it is sold in 50 countries.",
        ),
        (
            "How few of the Tarrow workers are paid?",
            [("Few of the Tarrow workers are paid by the town.", "Tarrow")],
            "Tarrow workers are paid by the town.",
        ),
        (
            "Was it nearly crossed?",
            [("It was nearly crossed by the king.", "Tarrow bridge")],
            "Tarrow bridge was crossed by the king.",
        ),
        ("", [("The price fell to 10 pounds in 1872.", "Prices")], "The price fell 10 pounds in 1872."),
        (
            "",
            [
                ("Ann Alder drew the bridge in 1861.", "Tarrow bridge"),
                ("Tom Hill raised the money and died of fever in 1872.", "Tarrow bridge"),
            ],
            "Ann Alder drew the bridge in 1861 and died of fever in 1872.",
        ),
        (
            "Which was burned?",
            [
                ("It was built in 1861 by Ann Alder.", "The Tarrow bridge"),
                ("It was burned down in 1872 by the weavers.", "The Hill mill"),
            ],
            "The Tarrow bridge was built in 1861 by Ann Alder and was burned down in 1872 by the weavers.",
        ),
        (
            "When was the Elm bridge built?",
            [("It was built in 1861 by Ann Alder.", "Tarrow bridge")],
            "The Elm bridge was built in 1861 by Ann Alder.",
        ),
        ("", [("It was burned by weavers, which is false.", "Mill")], "Mill was burned by weavers."),
        ("", [("The drug cured fever (in mice).", "Drug")], "The drug cured fever."),
        (
            "",
            [("It is closed to all carts while ships pass.", "Tarrow bridge")],
            "Tarrow bridge is closed to all carts.",
        ),
        ("", [("It has a population of 12,000.", "Tarrow")], "Tarrow has a population of 12."),
        ("", [("It was open from 1861–1863.", "Tarrow")], "Tarrow was open from 1861."),
        ("", [("It opens at 10:30.", "Tarrow")], "Tarrow opens at 10."),
        ("", [("The water fell to -5 degrees.", "Tarrow")], "The water fell to 5 degrees."),
        (
            "",
            [
                ("As a player he was in two clubs.", "Ann Alder"),
                ("The club has won three cups.", "Hill club"),
            ],
            "As a player he was in two clubs, and the club has won three cups.",
        ),
        (
            "",
            [
                ("Boise Airport is in Idaho.", "Boise"),
                ("Most airports have one code, this has two.", "Grant"),
            ],
            "Boise Airport is in Idaho, and most airports have one code, this has two.",
        ),
        (
            "",
            [("Some of us are no smiths at all.", "Hill"), ("Or at least not wholly so far.", "Hill")],
            "Some of us are no smiths at all, and or at least not wholly so far.",
        ),
        (
            "",
            [("It is hard to assess the fame of Tarrow today.", "Tarrow")],
            "Tarrow is hard to assess the fame of Tarrow today.",
        ),
        ("", [("It takes 10 mg (per kilogram) of it daily.", "Tarrow")], "Tarrow takes 10 mg of it daily."),
    ],
)
def test_what_a_reviewer_found_that_is_false(asked: str, said: list[tuple[str, str]], sentence: str) -> None:
    assert unfaithful(sentence, asked, told(*said))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            [("It was invented in 1886 by a pharmacist.", "Coca-Cola")],
            "Coca-Cola was invented in 1886 by a pharmacist.",
        ),
        (
            [("It was founded in 1789 by the states.", "U.S. Senate")],
            "The U.S. Senate was founded in 1789 by the states.",
        ),
        (
            [("However, it was built in 1861 by Ann Alder.", "Tarrow bridge")],
            "The Tarrow bridge was built in 1861 by Ann Alder.",
        ),
    ],
)
def test_what_is_true_is_not_refused(said: list[tuple[str, str]], sentence: str) -> None:
    assert unfaithful(sentence, "", told(*said)) == ""
