"""Each part of a sentence decided: what finds a fault, what the fault means, and what a person is told."""

import pytest

from clearspan.overview.proof.claim_parts import split
from clearspan.overview.proof.deciding import CONTRADICTING, decide, sentence_wide
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.model import trained
from clearspan.receipts import Check, ClaimPart, Decision, PartKind


def decided(
    claim: str,
    kind: PartKind,
    *evidence: str,
    probability: float = 0.6,
    threshold: float = 0.5,
    title: str = "",
) -> ClaimPart:
    """The first part of a kind, held against sentences of which the first is the nearest."""
    part = next(part for part in split(claim) if part.kind == kind)
    said = [Evidence(text, title, number) for number, text in enumerate(evidence, 1)]
    return decide(part, claim, said, probability, said[0], threshold)


FAULTS: list[tuple[str, PartKind, str, str, Decision, str]] = [
    (
        "another number of its kind, said of the same",
        "number",
        "The old mill has 13 tall floors.",
        "The old mill has 12 tall floors.",
        "contradicted",
        "the cited text says 12, not 13",
    ),
    (
        "a number where the text has none",
        "number",
        "The old mill has 13 tall floors.",
        "The old mill has tall floors.",
        "unsupported",
        "'13' is not in the cited text with these words",
    ),
    (
        "another number of its kind, said of something else",
        "number",
        "The old mill has 13 tall floors.",
        "A barn in Merrow sold 12 cows.",
        "unsupported",
        "'13' is not in the cited text with these words",
    ),
    (
        "a number of another kind is no rival",
        "number",
        "The old mill has 13 tall floors.",
        "The old mill has tall floors of 12 metres.",
        "unsupported",
        "'13' is not in the cited text with these words",
    ),
    (
        "another measure of the same number",
        "number",
        "The old bridge is 227 m long.",
        "The old bridge is 227 m high.",
        "contradicted",
        "227 m is a length here, and a height in the cited text",
    ),
    (
        "another date",
        "date",
        "The old bridge opened in May 1938.",
        "The old bridge opened in May 1937.",
        "contradicted",
        "the cited text says May 1937, not May 1938",
    ),
    (
        "a name that the text has not",
        "name",
        "The old bridge of Merrow opened.",
        "The old bridge opened.",
        "unsupported",
        "'Merrow' is not in the cited text",
    ),
    (
        "a name where the text has another",
        "name",
        "The stone bridge was designed at Tarrow by Joan Pardew.",
        "They say Mary Hollis designed the stone bridge at Tarrow, and Joan Pardew sang.",
        "supported",
        "'Tarrow' stands in the cited text",
    ),
    (
        "a hedge that was taken away",
        "scope",
        "All old rocks contain lead.",
        "Some old rocks contain lead.",
        "unsupported",
        "the cited text says 'some'",
    ),
    (
        "a 'not'",
        "negation",
        "The old mill is not red.",
        "The old mill is red.",
        "contradicted",
        "one says it, the other denies it",
    ),
    (
        "a comparison from the wrong side",
        "comparison",
        "The shark is heavier than the whale.",
        "The whale is heavier than the shark.",
        "contradicted",
        "the cited text has it the other way round: shark, whale",
    ),
    (
        "sides of a verb",
        "relation",
        "Sharks eat whales.",
        "Whales eat sharks.",
        "contradicted",
        "the cited text has it the other way round: shark, whale",
    ),
    (
        "an opposite",
        "relation",
        "The old plan passed.",
        "The old plan failed.",
        "contradicted",
        "the cited text says the opposite: failed, not passed",
    ),
    (
        "a relation that is denied",
        "relation",
        "The old mill burned.",
        "The old mill never burned.",
        "contradicted",
        "one says it, the other denies it",
    ),
    (
        "a comparison that is denied",
        "comparison",
        "The shark is heavier than the whale.",
        "The shark is not heavier than the whale.",
        "contradicted",
        "one says it, the other denies it",
    ),
    (
        "a bare statement that is denied",
        "statement",
        "Fizzes.",
        "It never fizzes.",
        "contradicted",
        "one says it, the other denies it",
    ),
]


@pytest.mark.parametrize(("rule", "kind", "claim", "evidence", "decision", "why"), FAULTS)
def test_a_fault_decides_its_part(
    rule: str, kind: PartKind, claim: str, evidence: str, decision: Decision, why: str
) -> None:
    found = decided(claim, kind, evidence, probability=0.99)
    assert (found.decision, found.decided_by) == (decision, why), rule
    assert (found.evidence, found.citation) == (evidence, 1)
    assert claim[found.start : found.end] == found.text


@pytest.mark.parametrize(
    ("kind", "claim", "evidence", "fault"),
    [
        ("number", "The old mill has 13 tall floors.", "The old mill has 12 tall floors.", "numbers"),
        ("number", "The old mill has 13 tall floors.", "The old mill has tall floors.", "numbers"),
        ("negation", "The old mill is not red.", "The old mill is red.", "negation"),
        ("relation", "Sharks eat whales.", "Whales eat sharks.", "order"),
        ("scope", "All old rocks contain lead.", "Some old rocks contain lead.", "hedges"),
    ],
)
def test_a_faulty_part_is_as_likely_as_its_fault_was_wrong(
    kind: PartKind, claim: str, evidence: str, fault: str
) -> None:
    broken = trained().broken[fault]
    assert decided(claim, kind, evidence, probability=0.99).probability == round(broken, 3)
    assert decided(claim, kind, evidence, probability=0.01).probability == 0.01


def test_a_fault_that_was_never_counted_is_taken_for_rare() -> None:
    assert "measures" not in trained().broken
    found = decided(
        "The old bridge is 227 m long.", "number", "The old bridge is 227 m high.", probability=0.9
    )
    assert found.probability == 0.1
    name = decided("The old bridge of Merrow opened.", "name", "The old bridge opened.", probability=0.9)
    assert name.probability == 0.1


@pytest.mark.parametrize(
    ("kind", "claim", "text"),
    [
        ("number", "The old mill has 12 tall floors.", "12"),
        ("date", "The old bridge opened in May 1937.", "May 1937"),
        ("name", "The old bridge of Merrow opened.", "Merrow"),
        ("scope", "Some old rocks contain lead.", "Some"),
    ],
)
def test_what_stands_where_it_belongs_is_as_sure_as_its_kind(kind: PartKind, claim: str, text: str) -> None:
    found = decided(claim, kind, claim, probability=0.2)
    assert (found.decision, found.decided_by) == ("supported", f"'{text}' stands in the cited text")
    assert found.probability == round(trained().kept[kind], 3)
    assert decided(claim, kind, claim, probability=1.0).probability == 1.0


@pytest.mark.parametrize(
    ("probability", "evidence", "decision", "why"),
    [
        (0.5, "A whale.", "supported", "its words and their meaning are in the cited text"),
        (0.499, "A whale.", "unsupported", "not in the cited text: red, burn, mill, old"),
        (
            0.1,
            "The old red mill burned.",
            "unsupported",
            "the cited text has the words, but not together as here",
        ),
        (0.1, "The old red barn.", "unsupported", "not in the cited text: burn, mill"),
    ],
)
def test_a_clause_is_decided_by_its_probability(
    probability: float, evidence: str, decision: Decision, why: str
) -> None:
    found = decided("The old red mill burned.", "relation", evidence, probability=probability)
    assert found.decision == decision
    assert found.probability == probability
    if decision == "unsupported" and evidence != "The old red mill burned.":
        missing = why.partition(": ")[2].split(", ")
        assert found.decided_by.startswith("not in the cited text: ")
        assert set(found.decided_by.partition(": ")[2].split(", ")) == set(missing)
    else:
        assert found.decided_by == why


def test_the_rarest_four_words_that_are_missing_are_told() -> None:
    found = decided("People saw big zymurgical whales near bridges.", "relation", "A barn.", probability=0.1)
    assert found.decided_by.startswith("not in the cited text: zymurg, whale, ")
    assert len(found.decided_by.split(", ")) == 4


def test_the_title_is_part_of_what_is_cited_but_is_not_quoted() -> None:
    found = decided("Tarrow's mill burned.", "name", "It burned.", title="The mill of Tarrow")
    assert found.decision == "supported"
    assert found.evidence == "It burned."
    number = decided("The old mill has 13 floors.", "number", "It has 12 floors.", title="The old mill")
    assert number.decided_by == "the cited text says 12, not 13"


def test_a_name_in_the_place_of_another_contradicts() -> None:
    claim = "It was Joan Pardew who designed the stone bridge here."
    evidence = "They say Mary Hollis designed the stone bridge here.", "Joan Pardew sang."
    found = decided(claim, "name", *evidence)
    assert found.text == "Joan Pardew"
    assert (found.decision, found.decided_by) == (
        "contradicted",
        "the cited text says it of Mary Hollis, not of Joan Pardew",
    )


def test_a_first_word_may_be_no_name_where_the_text_has_its_stem() -> None:
    assert decided("Bridges opened in Tarrow.", "name", "A bridge opened in Tarrow.").decision == "supported"
    assert decided("Macron opened Tarrow.", "name", "Roosevelt opened Tarrow.").decision == "unsupported"
    later = decided("It was that Bridges family.", "name", "It was that bridge family.")
    assert (later.text, later.decision) == ("Bridges", "unsupported")


def test_a_number_of_a_sentence_that_shares_half_of_the_other_words_is_a_rival() -> None:
    claim = "The old mill has 13 tall floors."
    # Of old, mill, tall and floor it has two, then one; and of nothing but the number, all.
    assert decided(claim, "number", "The old mill sold 12 cows.").decision == "contradicted"
    assert decided(claim, "number", "The old barn sold 12 cows.").decision == "unsupported"
    assert decided("It was 13.", "number", "It was 12.").decision == "unsupported"
    assert decided("Mills: 13.", "number", "Mills: 12.").decision == "contradicted"


def test_the_number_of_the_part_is_looked_for_and_no_other() -> None:
    claim = "The old mill has 12 floors and the barn has 5 tall doors."
    parts = [part for part in split(claim) if part.kind == "number"]
    evidence = [Evidence("The old mill has 12 floors."), Evidence("The barn has 4 tall doors.")]
    found = [decide(part, claim, evidence, 0.6, evidence[n], 0.5) for n, part in enumerate(parts)]
    assert [(one.text, one.decision) for one in found] == [("12", "supported"), ("5", "contradicted")]


def test_an_exchange_of_other_names_is_not_this_names_fault() -> None:
    claim = "They say Joan designed the stone bridge at Tarrow."
    evidence = "They say Mary designed the stone bridge at Tarrow.", "Joan sang."
    parts = [part for part in split(claim) if part.kind == "name"]
    said = [Evidence(text) for text in evidence]
    found = {p.text: decide(p, claim, said, 0.6, said[0], 0.5).decision for p in parts}
    assert found == {"Joan": "contradicted", "Tarrow": "supported"}


def test_rivals_are_told_once_each_and_three_at_most() -> None:
    found = decided(
        "The old mill has 13 tall floors.",
        "number",
        "The old mill has 2 tall floors, 2 tall floors, 4 tall floors, 6 tall floors and 8 tall floors.",
    )
    assert found.decided_by == "the cited text says 2 or 4, not 13"


def part(kind: PartKind, decision: Decision) -> ClaimPart:
    return ClaimPart(kind=kind, text="", start=0, end=0, decision=decision, probability=0.5, decided_by="")


def fault(name: str) -> Check:
    return Check(name=name, score=0.0, detail="")


@pytest.mark.parametrize(
    ("rule", "parts", "faults", "probability", "contradicted", "decision"),
    [
        ("nothing wrong and likely", [part("relation", "supported")], [], 0.5, 0.9, "supported"),
        ("nothing wrong but unlikely", [part("relation", "supported")], [], 0.49, 0.69, "unsupported"),
        ("unlikely, and likely contradicted", [part("relation", "supported")], [], 0.49, 0.7, "contradicted"),
        (
            "an unlikely clause alone does not decide",
            [part("relation", "unsupported")],
            [],
            0.5,
            0.0,
            "supported",
        ),
        ("a number that is missing", [part("number", "unsupported")], [], 0.9, 0.0, "unsupported"),
        ("a date that is missing", [part("date", "unsupported")], [], 0.9, 0.0, "unsupported"),
        ("a name that is missing", [part("name", "unsupported")], [], 0.9, 0.0, "unsupported"),
        ("a scope that is missing", [part("scope", "unsupported")], [], 0.9, 0.0, "unsupported"),
        (
            "one that is missing among others",
            [part("name", "supported"), part("name", "unsupported")],
            [],
            0.9,
            0.9,
            "unsupported",
        ),
        (
            "a fault that is not a contradiction",
            [part("relation", "supported")],
            [fault("hedges")],
            0.9,
            0.9,
            "unsupported",
        ),
        ("a fault, unlikely, likely contradicted", [], [fault("numbers")], 0.1, 0.7, "contradicted"),
        ("a fault that is one", [part("relation", "supported")], [fault("order")], 0.9, 0.0, "contradicted"),
        ("a part that is contradicted", [part("name", "contradicted")], [], 0.9, 0.0, "contradicted"),
    ],
)
def test_the_sentence_is_supported_only_if_nothing_in_it_is_not(
    rule: str,
    parts: list[ClaimPart],
    faults: list[Check],
    probability: float,
    contradicted: float,
    decision: Decision,
) -> None:
    assert sentence_wide(parts, faults, probability, 0.5, contradicted) == decision, rule


@pytest.mark.parametrize("name", ["negation", "direction", "order", "exchange", "measures"])
def test_these_faults_say_otherwise(name: str) -> None:
    assert name in CONTRADICTING
    assert sentence_wide([], [fault(name)], 0.9, 0.5, 0.0) == "contradicted"


@pytest.mark.parametrize("name", ["numbers", "names", "hedges"])
def test_these_faults_only_do_not_say_it(name: str) -> None:
    assert name not in CONTRADICTING
