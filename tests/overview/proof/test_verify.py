"""Verification: what the evidence says passes; one changed number, name, negation or direction does not."""

from collections.abc import Iterable
from importlib.resources import files

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clearspan.language.sentences import sentences
from clearspan.language.words import stems
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.verify import Verification, Witnesses, verify

SPAN = "The main span of the Golden Gate Bridge is 4,200 feet (1,280 metres) long."
AKASHI = "The main span of the Akashi Kaikyo Bridge is 1,991 metres long."
COLOUR = "The Golden Gate Bridge is painted International Orange so that ships can see it in fog."


def check(claim: str, evidence: Iterable[str], embedder: Embedder | None = None) -> Verification:
    said = [Evidence(text, source=number) for number, text in enumerate(evidence, 1)]
    return verify(claim, said, 0.5, Witnesses(embedder))


def support(claim: str, *evidence: str) -> str:
    return check(claim, evidence).support


@pytest.mark.parametrize(
    "claim",
    [
        SPAN,
        "The Golden Gate Bridge has a main span of 4,200 feet.",
        "The main span of the Golden Gate Bridge is 1,280 metres long.",
        "The main span of the Golden Gate Bridge is 1.28 km long.",
        "The Golden Gate Bridge is painted International Orange and its main span is 4,200 feet long.",
    ],
)
def test_what_the_evidence_says_is_supported(claim: str) -> None:
    assert support(claim, SPAN, COLOUR) == "supported"


@pytest.mark.parametrize(
    ("claim", "veto"),
    [
        ("The main span of the Golden Gate Bridge is 4,300 feet long.", "numbers"),
        ("The main span of the Golden Gate Bridge is 4,200 metres long.", "numbers"),
        ("The main span of the Brooklyn Bridge is 4,200 feet long.", "names"),
        ("The main span of the Golden Gate Bridge is not 4,200 feet long.", "negation"),
        ("The main span of the Golden Gate Bridge is 1,991 metres long.", "numbers"),
    ],
)
def test_one_changed_fact_is_caught_by_name(claim: str, veto: str) -> None:
    found = check(claim, [SPAN, AKASHI])
    assert found.support != "supported"
    assert veto in {check.name for check in found.checks if check.score < 1.0}


def test_an_opposite_comparison_is_a_contradiction() -> None:
    evidence = "The Akashi Kaikyo Bridge is longer than the Golden Gate Bridge."
    claim = "The Akashi Kaikyo Bridge is shorter than the Golden Gate Bridge."
    assert support(claim, evidence) == "contradicted"


def test_without_evidence_nothing_is_supported() -> None:
    assert support(SPAN) == "unsupported"


def test_unrelated_text_is_unsupported() -> None:
    assert support("Blue whales eat krill.", SPAN, COLOUR) == "unsupported"


def test_meaning_is_a_part_when_there_are_embeddings(embedder: Embedder) -> None:
    found = check("The Golden Gate Bridge's central span measures 4,200 feet.", [SPAN], embedder)
    assert found.support == "supported"
    assert "meaning" in {check.name for check in found.checks}


@settings(deadline=None)
@given(st.integers(min_value=2, max_value=9999), st.integers(min_value=2, max_value=9999))
def test_a_number_is_supported_only_by_itself(stated: int, found: int) -> None:
    assume(abs(stated - found) > 0)
    evidence = f"The harbour wall of Tarrow is {found} bricks high."
    assert support(f"The harbour wall of Tarrow is {found} bricks high.", evidence) == "supported"
    assert support(f"The harbour wall of Tarrow is {stated} bricks high.", evidence) != "supported"


SPOKEN = "Critics of the scheme claim that the fluoride in Tarrow's water causes headaches."
ONE_BRIDGE = "The bridge at Tarrow is 2,737 m long and 227 m high."
LIBRARY = {
    "blue": "Blue whale: Blue whales feed almost entirely on krill, which are small crustaceans like shrimps.",
    "heart": "Blue whale: The heart of a blue whale that was examined in Canada weighed about 180 kilograms.",
    "meal": "Blue whale: Research with electronic tags, published in 2021, suggests that a blue whale in the North "
    "Pacific may eat as much as 16 tonnes on a day of good feeding.",
    "newborn": "Blue whale: A newborn blue whale is about seven metres long and weighs between two and three tonnes.",
    "roebling": "Brooklyn Bridge: John Roebling designed the Brooklyn Bridge.",
    "opened": "Brooklyn Bridge: The Brooklyn Bridge opened on 24 May 1883 after nearly fourteen years of work.",
    "towers": "The Golden Gate Bridge in figures: The towers of the Golden Gate Bridge rise 746 feet (227 metres) "
    "above the water and 500 feet (152 metres) above the roadway.",
    "span": "The Golden Gate Bridge in figures: The main span of the Golden Gate Bridge is 4,200 feet (1,280 metres) "
    "long.",
    "cables": "The Golden Gate Bridge in figures: Each main cable of the Golden Gate Bridge is a little over 36 inches "
    "(92 centimetres) thick.",
    "forth": "The Forth Bridge: Sir John Fowler and Sir Benjamin Baker designed the Forth Bridge.",
    "cantilever": "The Forth Bridge: It is a cantilever bridge, not a suspension bridge: three great double towers of "
    "steel tube stretch out their arms, and shorter girders rest between them.",
    "whale shark": "Whale shark: The whale shark is a shark and not a whale.",
    "warm": "Whale shark: Whale sharks live in warm seas and gather where food is plentiful, for example at Ningaloo "
    "Reef in Western Australia.",
    "lightning": "Great white shark: More people are killed by lightning than by sharks.",
    "orca": "Whales and sharks by weight: An orca weighs about three times as much as a great white shark.",
    "granite": "Granite and limestone: Granite does not fizz.",
    "pool": "Swimming pool: A swim at the Port Merrow pool costs £5.60 for an adult and £2.80 for a child.",
    "session": "Swimming pool: The public session runs from 10 am to 6 pm every day.",
    "lighthouse": "A short history of Port Merrow harbour: The Port Merrow lighthouse was built in 1859.",
    "tall": "A short history of Port Merrow harbour: It is 24 metres tall, and its light can be seen for 17 nautical "
    "miles.",
    "mole": "A short history of Port Merrow harbour: The outer mole was finished in 1826 with granite from the quarry "
    "on Lantern Hill.",
    "harbour": "A short history of Port Merrow harbour: The inner harbour was dug in 1742 by miners who had lost their "
    "work inland.",
    "rocks": "Why rocks are not food: Some rocks contain lead or arsenic.",
    "morrow": "Why the bridge is orange: Morrow chose the colour of the Golden Gate Bridge after long studies of the "
    "light at the strait.",
}


@pytest.mark.parametrize(
    ("claim", "veto", "evidence"),
    [
        ("Sharks eat whales.", "order", ["Whales eat sharks."]),
        ("The shark is heavier than the whale.", "order", ["The whale is heavier than the shark."]),
        ("The shark is heavier than the whale.", "order", ["The shark is lighter than the whale."]),
        ("The mayor accused the council.", "order", ["The council accused the mayor."]),
        ("The mayor was accused by the council.", "order", ["The mayor accused the council."]),
        ("The mayor was accused.", "order", ["The mayor accused the council."]),
        ("More people are killed by sharks than by lightning.", "order", [LIBRARY["lightning"]]),
        ("A great white shark weighs three times as much as an orca.", "order", [LIBRARY["orca"]]),
        ("The bridge at Tarrow is 227 m long and 2,737 m high.", "measures", [ONE_BRIDGE]),
        ("The bridge at Tarrow has a height of 2,737 m.", "measures", [ONE_BRIDGE]),
        (
            "The whale weighs 20 t and the shark 150 t.",
            "numbers",
            ["The whale weighs 150 t.", "The shark weighs 20 t."],
        ),
        (
            "The whale weighs 20 t and the shark weighs 150 t.",
            "numbers",
            ["The whale weighs 150 t and the shark weighs 20 t."],
        ),
        ("The shark weighs 150 t.", "numbers", ["The whale weighs 150 t."]),
        ("The pool at Tarrow will close in winter.", "hedges", ["The pool at Tarrow may close in winter."]),
        ("The pool at Tarrow closes in winter.", "hedges", ["The pool at Tarrow might close in winter."]),
        ("All rocks contain lead or arsenic.", "hedges", [LIBRARY["rocks"]]),
        ("Rocks contain lead or arsenic.", "hedges", [LIBRARY["rocks"]]),
        ("All adults swim there.", "hedges", ["Most adults swim there."]),
        ("The fluoride in Tarrow's water causes headaches.", "hedges", [SPOKEN]),
        ("A blue whale in the North Pacific eats 16 tonnes on a day.", "hedges", [LIBRARY["meal"]]),
        ("Macron opened the bridge.", "names", ["Roosevelt opened the bridge."]),
        ("The inspection of the bridge failed.", "direction", ["The inspection of the bridge passed."]),
        ("The council rejected the plan.", "direction", ["The council accepted the plan."]),
        ("Dogs are banned on the beach.", "direction", ["Dogs are allowed on the beach."]),
        ("The price of a swim fell.", "direction", ["The price of a swim rose."]),
        (
            "The towers of the Golden Gate Bridge rise 746 feet above the roadway.",
            "numbers",
            [LIBRARY["towers"]],
        ),
        ("A swim at the pool costs £2.80 for an adult.", "numbers", [LIBRARY["pool"]]),
        ("The fluoride in Tarrow's water causes headaches.", "hedges", [SPOKEN.replace("claim that", "say")]),
        ("The whale shark is a whale.", "negation", [LIBRARY["whale shark"]]),
        ("Rocks are food.", "negation", [LIBRARY["rocks"]]),
        ("Granite fizzes.", "negation", ["Granite: It does not fizz."]),
        (
            "Granite fizzes and limestone does not fizz.",
            "negation",
            ["Limestone fizzes.", LIBRARY["granite"]],
        ),
    ],
)
def test_a_changed_meaning_in_the_same_words_is_caught_by_name(
    claim: str, veto: str, evidence: list[str]
) -> None:
    found = check(claim, evidence)
    assert found.support != "supported"
    assert veto in {check.name for check in found.checks if check.score < 1.0}


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        (
            "Blue whales feed almost entirely on krill, and a newborn is about seven metres long.",
            "blue newborn",
        ),
        ("A newborn blue whale weighs between two and three tonnes.", "newborn"),
        (
            "A blue whale may eat as much as 16 tonnes on a day, and its heart weighed 180 kilograms.",
            "meal heart",
        ),
        ("The heart of a blue whale examined in Canada weighed about 180 kg.", "heart"),
        ("The Brooklyn Bridge was designed by John Roebling and opened on 24 May 1883.", "roebling opened"),
        ("Designed by John Roebling, the Brooklyn Bridge opened in May 1883.", "roebling opened"),
        ("The towers of the Golden Gate Bridge rise 500 feet above the roadway.", "towers"),
        (
            "The Golden Gate Bridge has a main span of 4,200 feet and towers that rise 746 feet above the water.",
            "span towers",
        ),
        ("The Golden Gate Bridge's main cables are each a little over 36 inches thick.", "cables"),
        ("The Forth Bridge was designed by Sir John Fowler and Sir Benjamin Baker.", "forth"),
        (
            "The Forth Bridge is a cantilever bridge designed by Sir John Fowler and Sir Benjamin Baker.",
            "cantilever forth",
        ),
        ("Whale sharks live in warm seas and gather where food is plentiful.", "warm"),
        ("Granite does not fizz, and some rocks contain lead.", "granite rocks"),
        ("Lightning kills more people than sharks.", "lightning"),
        (
            "A swim at the Port Merrow pool costs £5.60 for an adult, and the public session runs from 10 am to 6 pm.",
            "pool session",
        ),
        ("The Port Merrow lighthouse was built in 1859 and is 24 metres tall.", "lighthouse tall"),
        ("Built in 1859, the Port Merrow lighthouse is 24 metres tall.", "lighthouse tall"),
        (
            "The inner harbour was dug by miners in 1742 and the outer mole was finished in 1826.",
            "harbour mole",
        ),
        ("In 1742 miners dug the inner harbour.", "harbour"),
        ("Some rocks contain arsenic.", "rocks"),
        (
            "The colour of the Golden Gate Bridge was chosen by Morrow after long studies of the light.",
            "morrow",
        ),
        ("Granite does not fizz.", "granite"),
    ],
)
def test_a_true_rewrite_is_not_vetoed(claim: str, quotes: str) -> None:
    evidence = [LIBRARY[key.replace("_", " ")] for key in quotes.split()]
    found = check(claim, evidence)
    assert found.support == "supported", [check for check in found.checks if check.score < 1.0]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (
            "In 2015 the mill was added to the county list by Tarrow Council.",
            "Tarrow Council added the mill to the county list in 2015.",
        ),
        ("The orca weighs 6 tonnes.", "Animal: Orca; Weight (tonnes): 6; Length (metres): 8"),
        ("Sharks are eaten by whales.", "Whales eat sharks."),
        ("The shark is lighter than the whale.", "The whale is heavier than the shark."),
        ("The council was accused by the mayor of waste.", "The mayor accused the council of waste."),
        ("The bridge in Tarrow opened in 1937.", "In 1937 the bridge opened in Tarrow."),
        ("The pool is dangerous in winter.", "The pool is not safe in winter."),
        ("Whales eat krill and sharks eat fish.", "Sharks eat fish and whales eat krill."),
    ],
)
def test_the_same_said_from_the_other_side_is_supported(claim: str, evidence: str) -> None:
    assert support(claim, evidence) == "supported"


def test_every_sentence_of_the_samples_follows_from_itself() -> None:
    vetoed: list[str] = []
    for page in files("clearspan.samples").joinpath("library").iterdir():
        if not page.name.endswith(".md"):
            continue
        _, head, body = page.read_text(encoding="utf-8").split("---\n", 2)
        title = next(
            line.removeprefix("title: ").strip('"') for line in head.splitlines() if "title: " in line
        )
        paragraphs = [part for part in body.split("\n\n") if part.strip() and part.lstrip()[0] not in "#|"]
        said = [part[start:end].strip() for part in paragraphs for start, end in sentences(part)]
        for first, second in zip(said, [*said[1:], said[0]], strict=True):
            if stems(first) and support(first, f"{title}: {first}", f"{title}: {second}") != "supported":
                vetoed.append(first)
    assert vetoed == []
