"""Names in the wrong place, where every word of the claim is somewhere in the evidence."""

import pytest

from clearspan.overview.proof.exchange import WHOLE_NAME, exchange

EVIDENCE = [
    "Mary Hollis designed the stone bridge at Tarrow.",
    "Joan Pardew painted the mill at Wexcombe green.",
]


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ("Joan Pardew designed the stone bridge at Tarrow.", "Mary Hollis"),
        ("The mill was painted green by Joan Pardew at Tarrow.", "Wexcombe"),
    ],
)
def test_another_name_in_its_place_is_found(claim: str, named: str) -> None:
    sentences = [f"Everybody knows that {each}" for each in EVIDENCE]
    found = exchange(claim, sentences)
    assert found.score == 0.0
    assert named in found.detail


def test_two_names_that_changed_places_are_found() -> None:
    evidence = ["In that year Mary Hollis defeated Joan Pardew at chess."]
    assert exchange("Joan Pardew defeated Mary Hollis at chess.", evidence).score == 0.0
    assert exchange("Mary Hollis defeated Joan Pardew at chess.", evidence).score == 1.0


@pytest.mark.parametrize("claim", [*EVIDENCE, "Mary Hollis designed a bridge.", "Whales sing."])
def test_names_in_their_place_pass(claim: str) -> None:
    assert exchange(claim, EVIDENCE).score == 1.0


def test_a_name_in_the_sentence_before_is_whom_it_speaks_of() -> None:
    evidence = ["Mary Hollis was an engineer.", "She designed the stone bridge at Tarrow with Joan Pardew."]
    assert exchange("Mary Hollis designed the stone bridge at Tarrow.", evidence).score == 1.0


def told(claim: str, *evidence: str) -> str:
    """What is found wrong; empty where nothing is."""
    found = exchange(claim, evidence)
    assert found.name == "exchange"
    assert (found.score, found.detail) == (1.0, "no name exchanged") or found.score == 0.0
    return "" if found.score else found.detail


@pytest.mark.parametrize(
    ("rule", "claim", "evidence", "detail"),
    [
        (
            "another name in its place",
            "They say Joan Pardew designed the stone bridge.",
            ["They say Mary Hollis designed the stone bridge."],
            "the cited text says it of Mary Hollis, not of Joan Pardew",
        ),
        (
            "the first name of the sentence that says it",
            "The stone bridge was designed by Joan.",
            ["The stone bridge was designed by Mary and Tom."],
            "the cited text says it of Mary, not of Joan",
        ),
        ("the same name", "In May Mary designed the bridge.", ["In May Mary designed the bridge."], ""),
        (
            "part of the name",
            "In May Hollis designed the bridge.",
            ["In May Mary Hollis designed the bridge."],
            "",
        ),
        ("too little in common", "Joan designed it.", ["In May Mary designed it."], ""),
        (
            "less than seven tenths in common",
            "Joan sold and painted old stone barns.",
            ["They say Mary sold and painted new mills."],
            "",
        ),
        ("no other name", "In May Joan designed the bridge.", ["In May somebody designed the bridge."], ""),
        (
            "a first word is no other name",
            "In May the bridge was designed by Joan.",
            ["Engineers designed the bridge in May."],
            "",
        ),
        (
            "a name that the claim has, too, is no other",
            "Joan told Mary that the stone bridge was designed.",
            ["They say Mary told that the stone bridge was designed."],
            "",
        ),
        (
            "one of several sentences has it",
            "Joan designed the stone bridge.",
            ["They say Mary designed the stone bridge.", "They say Joan designed the stone bridge."],
            "",
        ),
        (
            "a sentence that refers back has the names of the one before",
            "Joan designed the stone bridge.",
            ["Joan was old.", "She designed the stone bridge with Mary."],
            "",
        ),
        (
            "one that does not refer back has not",
            "Joan designed the stone bridge.",
            ["Joan was old.", "Later on Mary designed the stone bridge."],
            "the cited text says it of Mary, not of Joan",
        ),
        (
            "the first sentence has none before it",
            "Joan designed the stone bridge.",
            ["She designed the stone bridge with Mary.", "Joan was old."],
            "the cited text says it of Mary, not of Joan",
        ),
        (
            "a title is no other name",
            "Joan designed the stone bridge.",
            ["Bridges of Wexcombe: They designed the stone bridge."],
            "",
        ),
        (
            "two names that changed places",
            "Pardew defeated Hollis.",
            ["In that year Hollis defeated Pardew."],
            "Pardew and Hollis have changed places",
        ),
        (
            "changed places, told over two lines",
            "Pardew  clearly defeated Hollis.",
            ["In that year Hollis", "clearly defeated Pardew."],
            "Pardew and Hollis have changed places",
        ),
        (
            "both ways round in the text",
            "Pardew defeated Hollis.",
            ["First Hollis defeated Pardew, then Pardew defeated Hollis."],
            "",
        ),
        ("joined by 'and'", "Pardew and Hollis sang.", ["They say Hollis and Pardew sang."], ""),
        ("joined by 'or'", "Pardew or Hollis sang.", ["They say Hollis or Pardew sang."], ""),
        ("joined by 'and the'", "Pardew and her Hollis sang.", ["They say Hollis and her Pardew sang."], ""),
        ("names that are not neighbours", "Pardew met Tom near Hollis.", ["Hollis met Tom near Pardew."], ""),
    ],
)
def test_names_exchanged(rule: str, claim: str, evidence: list[str], detail: str) -> None:
    assert told(claim, *evidence) == detail, rule


def test_each_clause_is_looked_at() -> None:
    claim = "The old mill turned grey, and Joan designed the stone bridge."
    assert told(claim, "They say Mary designed the stone bridge.") == (
        "the cited text says it of Mary, not of Joan"
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("it was Mary Hollis who", "Mary Hollis"),
        ("the Bank of England said", "Bank of England"),
        ("the Bay of the Pigs was", "Bay of the Pigs"),
        ("by Ludwig van Beethoven in", "Ludwig van Beethoven"),
        ("the BBC said", "BBC"),
    ],
)
def test_a_whole_name_has_its_small_words(text: str, name: str) -> None:
    found = WHOLE_NAME.search(text)
    assert found is not None
    assert found.group() == name
