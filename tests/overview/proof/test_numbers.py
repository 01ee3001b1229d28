"""Numbers of a claim: in the evidence, of the same thing, and of the same measure of it."""

import pytest

from clearspan.language.quantities import quantities
from clearspan.overview.proof.numbers import NAME, carried, measures, numbers
from clearspan.overview.proof.rarity import rarity
from clearspan.receipts import Check

CARRIED = [
    ("the same number", "The mill has 12 floors.", ["The mill has 12 floors."]),
    ("the same in another unit", "The mill is 1.28 km away.", ["The mill is 1,280 metres away."]),
    (
        "a later sentence has it",
        "The mill has 12 floors.",
        ["The barn has 3 doors.", "The mill has 12 floors."],
    ),
    ("other words for what is said of it", "The old mill boasts 12 floors.", ["The old mill has 12 floors."]),
    ("a name in the same sentence", "Tarrow has 12 mills.", ["The 12 mills of Tarrow turn."]),
    (
        "the first word of a claim may be a name elsewhere",
        "Mary built 12 mills here.",
        ["She built 12 mills here."],
    ),
    (
        "each of two numbers with its own",
        "The mill has 12 floors and 3 doors.",
        ["The mill has 12 floors and 3 doors."],
    ),
    (
        "the second number's subject stands before the first",
        "The mill weighs 12 t, the barn 3 t.",
        ["The mill weighs 12 t, the barn 3 t."],
    ),
    ("a number before its subject", "There are 12 mills in Tarrow.", ["There are 12 mills in Tarrow."]),
    (
        "a number in brackets after another unit",
        "The mill is 1,280 m long.",
        ["The mill is 4,200 feet (1,280 m) long."],
    ),
    (
        "half of the words before it from nowhere",
        "The grand mill has 12 floors.",
        ["The mill has 12 floors."],
    ),
]
MISSING = [
    ("another number", "The mill has 13 floors.", ["The mill has 12 floors."]),
    ("another unit", "The mill is 12 km away.", ["The mill is 12 m away."]),
    ("of something else", "The shark weighs 150 t.", ["The whale weighs 150 t."]),
    (
        "under a name that the sentence has not",
        "The mill of Merrow has 12 floors.",
        ["The mill of Tarrow has 12 floors."],
    ),
    ("fewer than half of its words", "The grand red brick mill shelters 12 cats.", ["12 cats sleep."]),
    (
        "exchanged in one sentence",
        "A swim costs £2.80 for an adult.",
        ["A swim costs £5.60 for an adult and £2.80 for a child."],
    ),
    (
        "exchanged between sentences",
        "The whale weighs 20 t.",
        ["The whale weighs 150 t.", "The shark weighs 20 t."],
    ),
    (
        "exchanged between clauses",
        "The whale weighs 20 t and the shark weighs 150 t.",
        ["The whale weighs 150 t and the shark weighs 20 t."],
    ),
    (
        "above something else",
        "It rises 746 feet above the road.",
        ["It rises 746 feet above the sea and 500 feet above the road."],
    ),
]


@pytest.mark.parametrize(("rule", "claim", "evidence"), CARRIED)
def test_a_number_is_carried(rule: str, claim: str, evidence: list[str]) -> None:
    assert numbers(claim, evidence, rarity) == Check(
        name="numbers", score=1.0, detail="all in the cited text"
    ), rule


@pytest.mark.parametrize(("rule", "claim", "evidence"), MISSING)
def test_a_number_is_not_carried(rule: str, claim: str, evidence: list[str]) -> None:
    found = numbers(claim, evidence, rarity)
    assert found.score < 1.0, rule
    assert found.detail.startswith("not in the cited text with these words: ")


def test_the_score_is_the_share_that_is_carried_and_the_rest_is_told() -> None:
    evidence = ["The mill has 12 floors, 3 doors and 4 lofts."]
    found = numbers("The mill has 12 floors, 5 doors and 9 lofts.", evidence, rarity)
    assert found == Check(name="numbers", score=0.333, detail="not in the cited text with these words: 5, 9")


def test_a_claim_without_numbers_has_none_to_check() -> None:
    assert numbers("The mill is red.", [], rarity) == Check(name="numbers", score=1.0, detail="none to check")


def test_one_number_may_be_asked_for() -> None:
    claim = "The mill has 12 floors and 5 doors."
    floors, doors = quantities(claim)
    assert carried(floors, claim, ["The mill has 12 floors."], rarity)
    assert not carried(doors, claim, ["The mill has 12 floors."], rarity)
    assert not carried(floors, claim, [], rarity)


def test_rarity_weighs_what_is_told_of_a_number() -> None:
    claim, evidence = "The mill wheel turns 12 times.", ["A mill turned 12 times."]
    (stated,) = quantities(claim)

    def heavy_wheel(words: object) -> dict[str, float]:
        return {"wheel": 9.0, "mill": 1.0, "turn": 1.0, "time": 1.0}

    assert carried(stated, claim, evidence, rarity)
    assert not carried(stated, claim, evidence, heavy_wheel)


@pytest.mark.parametrize(
    ("rule", "claim", "evidence", "here", "there"),
    [
        ("long, not high", "It is 12 m long.", ["It is 12 m high."], "length", "height"),
        ("a measure before the number", "It has a width of 12 m.", ["It is 12 m deep."], "width", "depth"),
        (
            "the last one before it",
            "Its height and its length is 12 m.",
            ["It is 12 m wide."],
            "length",
            "width",
        ),
        (
            "a measure after brackets",
            "It is 12 m (39 ft) thick.",
            ["It is 12 m across its length of 12 m tall."],
            "",
            "",
        ),
        ("brackets are passed over", "It is 12 m (39 ft) deep.", ["It is 12 m wide."], "depth", "width"),
        ("'in'", "It is 12 m in length.", ["It is 12 m in height."], "length", "height"),
        ("a weight", "It weighs 12 t.", ["It has a distance of 12 t."], "weight", "distance"),
        (
            "several in the evidence",
            "It is 12 m long.",
            ["It is 12 m wide.", "It is 12 m deep."],
            "length",
            "depth or width",
        ),
        ("the same", "It is 12 m long.", ["It has a span of 12 m."], "", ""),
        ("tall is high", "It is 12 m tall.", ["It is 12 m high."], "", ""),
        ("no measure here", "It is 12 m.", ["It is 12 m high."], "", ""),
        ("no measure there", "It is 12 m long.", ["It is 12 m."], "", ""),
        ("one without a measure is enough", "It is 12 m long.", ["It is 12 m.", "It is 12 m high."], "", ""),
        ("another number's measure", "It is 12 m long.", ["It is 13 m high and 12 m long."], "", ""),
        ("a measure beyond a comma is another's", "It is 12 m, and high.", ["It is 12 m wide."], "", ""),
        ("a word that only begins like one", "It is 12 m longitude.", ["It is 12 m high."], "", ""),
        (
            "the measure of the number before it",
            "It is long, at 9 m, and by 12 m.",
            ["It is 12 m high."],
            "",
            "",
        ),
    ],
)
def test_measures(rule: str, claim: str, evidence: list[str], here: str, there: str) -> None:
    found = measures(claim, evidence)
    if not here:
        assert found == Check(name="measures", score=1.0, detail="no measure exchanged"), rule
        return
    (stated, *_) = quantities(claim)
    detail = f"{stated.text} is a {here} here, and a {there} in the cited text"
    assert found == Check(name="measures", score=0.0, detail=detail), rule


@pytest.mark.parametrize(
    ("measure", "phrase"),
    [
        ("height", "12 m tall"),
        ("height", "a height of 12 m"),
        ("length", "12 m long"),
        ("length", "a span of 12 m"),
        ("width", "12 m wide"),
        ("width", "12 m broad"),
        ("width", "a breadth of 12 m"),
        ("depth", "12 m deep"),
        ("depth", "a depth of 12 m"),
        ("thickness", "12 m thick"),
        ("thickness", "a diameter of 12 m"),
        ("thickness", "12 m across"),
        ("distance", "12 m away"),
        ("distance", "a distance of 12 m"),
    ],
)
def test_each_measure_has_its_words(measure: str, phrase: str) -> None:
    other = "mass" if measure != "weight" else "width"
    found = measures(f"It has {phrase}.", [f"It has a {other} of 12 m."])
    assert found.detail == f"12 m is a {measure} here, and a weight in the cited text"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mary Hollis of Tarrow", ["Mary", "Hollis", "Tarrow"]),
        ("the BBC and O'Hara", ["BBC", "O'Hara"]),
        ("A mill, I say", []),
        ("iPhone McKay", ["McKay"]),
    ],
)
def test_a_name_has_a_capital(text: str, found: list[str]) -> None:
    assert NAME.findall(text) == found
