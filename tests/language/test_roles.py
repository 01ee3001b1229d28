"""Roles: who does what to whom, and which sides a claim may not swap."""

import pytest

from clearspan.language.roles import compares_alike, order

SWAPPED = [
    ("subject and object of a verb", "Sharks eat whales.", "Whales eat sharks."),
    ("a verb in another form", "The mayor accuses the council.", "The council accused the mayor."),
    ("passive claim, active evidence", "The mayor was fined by the council.", "The mayor fined the council."),
    ("active claim, passive evidence", "The mayor fined the council.", "The mayor was fined by the council."),
    ("both passive", "The mayor was fined by the council.", "The council was fined by the mayor."),
    ("passive without an agent", "The mayor was accused.", "The mayor accused the council."),
    ("the passive of 'get'", "The mayor gets elected by the council.", "The mayor elected the council."),
    (
        "an agent far off after a certain passive",
        "The mayor was taken to the old court by the council.",
        "The mayor took the council; the mayor taken council.",
    ),
    ("a comparison", "The shark is heavier than the whale.", "The whale is heavier than the shark."),
    ("its converse", "The shark is heavier than the whale.", "The shark is lighter than the whale."),
    ("more than", "More sharks than whales live here.", "More whales than sharks live here."),
    ("a possessive is the thing itself", "The mayor's dog bit Tarrow.", "Tarrow bit the mayor’s dog."),
    (
        "only the clause counts",
        "Sharks eat whales, and the sea is blue.",
        "The sea is blue, and whales eat sharks.",
    ),
    (
        "a phrase of place ends with its noun's article",
        "Near Tarrow the mayor fined the council.",
        "The council fined the mayor.",
    ),
]
KEPT = [
    ("the same", "Whales eat sharks.", "Whales eat sharks."),
    ("passive and active agree", "Sharks are eaten by whales.", "Whales eaten sharks."),
    ("a verb that joins both sides alike", "Tarrow joins Merrow.", "Merrow joins Tarrow."),
    ("'equals' is alike, too", "Tarrow equals Merrow.", "Merrow equals Tarrow."),
    (
        "a comparison told from the other side",
        "The shark is lighter than the whale.",
        "The whale is heavier than the shark.",
    ),
    ("another verb", "Sharks eat whales.", "Whales fear sharks."),
    ("one side only is shared", "Sharks eat whales.", "Whales eat krill."),
    ("a phrase of place is no side", "The bridge opened in Tarrow.", "In Tarrow the bridge opened."),
    ("a number is no side", "The bridge opened 1937.", "1937 opened the bridge."),
    (
        "one relation that agrees outweighs one that does not",
        "Whales eat sharks.",
        "Sharks eat whales. Whales eat sharks.",
    ),
    ("'by' and a number is a time", "The bridge was finished by 1937.", "The bridge was finished in 1937."),
    ("'by' at the end is no agent", "The bridge was passed by.", "The bridge passed by."),
    (
        "words on both sides tell nothing",
        "This bridge is longer than that bridge.",
        "That bridge is longer than this bridge.",
    ),
    ("nobody to be accused by", "The mayor was accused.", "The mayor accused."),
    (
        "'by' beyond reach of an uncertain participle",
        "The men cut the long old red rope by hand.",
        "The hand cut rope.",
    ),
]


@pytest.mark.parametrize(("rule", "claim", "evidence"), SWAPPED)
def test_swapped_sides_are_found(rule: str, claim: str, evidence: str) -> None:
    found = order(claim, [evidence])
    assert (found.name, found.score) == ("order", 0.0), rule


@pytest.mark.parametrize(("rule", "claim", "evidence"), KEPT)
def test_kept_sides_pass(rule: str, claim: str, evidence: str) -> None:
    found = order(claim, [evidence])
    assert (found.name, found.score, found.detail) == ("order", 1.0, "no sides swapped"), rule


def test_the_detail_names_the_words_on_the_wrong_side() -> None:
    found = order("Sharks eat whales.", ["Whales eat sharks."])
    assert found.detail == "the cited text has it the other way round: shark, whale"


def test_any_sentence_of_the_evidence_may_agree() -> None:
    assert order("Whales eat sharks.", ["Sharks eat whales.", "Whales eat sharks."]).score == 1.0
    assert order("Whales eat sharks.", []).score == 1.0


@pytest.mark.parametrize(
    ("claim", "evidence", "alike"),
    [
        ("The shark is lighter than the whale.", "The whale is heavier than the shark.", True),
        ("The shark is heavier than the whale.", "The shark is heavier than the whale.", True),
        ("The shark is heavier than the whale.", "The whale is heavier than the shark.", False),
        ("The shark is younger than the whale.", "The shark is newer than the whale.", True),
        ("The shark is heavier than the whale.", "The shark is longer than the whale.", False),
        ("Sharks eat whales.", "Sharks eat whales.", False),
        ("In Tarrow more rain fell than in Merrow.", "In Merrow less rain fell than in Tarrow.", True),
    ],
)
def test_comparisons_are_alike_from_either_side(claim: str, evidence: str, alike: bool) -> None:
    assert compares_alike(claim, ["The sea is blue.", evidence]) is alike


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("heavier", "lighter"),
        ("longer", "shorter"),
        ("taller", "shorter"),
        ("bigger", "smaller"),
        ("larger", "smaller"),
        ("greater", "smaller"),
        ("older", "younger"),
        ("older", "newer"),
        ("faster", "slower"),
        ("quicker", "slower"),
        ("higher", "lower"),
        ("wider", "narrower"),
        ("broader", "narrower"),
        ("deeper", "shallower"),
        ("farther", "nearer"),
        ("further", "closer"),
        ("stronger", "weaker"),
        ("harder", "softer"),
        ("hotter", "colder"),
        ("warmer", "cooler"),
        ("better", "worse"),
        ("earlier", "later"),
        ("richer", "poorer"),
        ("dearer", "cheaper"),
    ],
)
def test_every_comparison_has_its_converse(up: str, down: str) -> None:
    said, turned = f"The mill is {up} than the barn.", f"The barn is {down} than the mill."
    # 'shorter' is the converse of 'longer' and of 'taller': it is read as the first.
    if up != "taller":
        assert compares_alike(said, [turned])
    assert order(said, [f"The barn is {up} than the mill."]).score == 0.0
