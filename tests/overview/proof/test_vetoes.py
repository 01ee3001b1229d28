"""Vetoes: names, 'not', opposites and hedges that a claim may not change; each rule with what it stops and lets by."""

import pytest

from clearspan.overview.proof.vetoes import direction, hedges, is_opener, names, negation, scope_words
from clearspan.receipts import Check


def failed(name: str, detail: str) -> Check:
    return Check(name=name, score=0.0, detail=detail)


def passed(name: str, detail: str) -> Check:
    return Check(name=name, score=1.0, detail=detail)


@pytest.mark.parametrize(
    ("rule", "claim", "evidence", "unknown"),
    [
        ("a name that nobody mentions", "The bridge of Macron opened.", ["The bridge opened."], "Macron"),
        ("the first word counts as a name", "Macron opened the bridge.", ["Roosevelt opened it."], "Macron"),
        ("unless the evidence has it", "Bridges opened.", ["The bridge opened."], ""),
        ("in the evidence's own form", "The Bridges family came.", ["The bridge family came."], "Bridges"),
        ("an opener is no name", "Although it rained, Tarrow fell.", ["Tarrow fell."], ""),
        ("an opener elsewhere is one", "It was Although.", ["It was."], "Although"),
        ("any text of the evidence may have it", "Mary met Tom.", ["Mary was there.", "Tom was there."], ""),
        (
            "all words of a name are wanted",
            "The Tarrow’s-Mill stands.",
            ["The Tarrow stands."],
            "Tarrow’s-Mill",
        ),
        ("capitals make a name, too", "The BBC said so.", ["The radio said so."], "BBC"),
        (
            "all that are missing are told, in order",
            "In Rome, Zoe met Anna.",
            ["In rome they met."],
            "Anna, Zoe",
        ),
    ],
)
def test_names(rule: str, claim: str, evidence: list[str], unknown: str) -> None:
    expected = (
        failed("names", f"not in the cited text: {unknown}")
        if unknown
        else passed("names", "all in the cited text")
    )
    assert names(claim, evidence) == expected, rule


def test_a_claim_without_names_has_none_to_check() -> None:
    assert names("it is red", ["It is red."]) == passed("names", "none to check")


ONE_DENIES = "one says it, the other denies it"
ONE_MORE = "one denies more than the other"


@pytest.mark.parametrize(
    ("rule", "claim", "evidence", "detail"),
    [
        ("the claim denies", "The old mill is not red.", ["The old mill is red."], ONE_DENIES),
        ("the evidence denies", "The old mill is red.", ["The old mill is not red."], ONE_DENIES),
        ("neither denies", "The old mill is red.", ["The old mill is red."], ""),
        ("both deny", "The old mill is not red.", ["The old mill isn't red."], ""),
        ("a curly apostrophe denies, too", "The old mill isn’t red.", ["The old mill is red."], ONE_DENIES),
        ("an opposite in place of 'not'", "The old pool is dangerous.", ["The old pool is not safe."], ""),
        ("'no' denies", "No ship sank here.", ["A ship sank here."], ONE_DENIES),
        ("'never' denies", "The ship never sank here.", ["The ship sank here."], ONE_DENIES),
        ("'nobody' denies", "Nobody saw the old ship.", ["Sailors saw the old ship."], ONE_DENIES),
        ("'nothing' denies", "Nothing sank the old ship.", ["Storms sank the old ship."], ONE_DENIES),
        ("'neither' denies", "Neither old ship sank.", ["The old ship sank."], ONE_DENIES),
        ("'without' denies", "The ship sailed without cargo.", ["The ship sailed with cargo."], ONE_DENIES),
        ("'cannot' denies", "The old ship cannot sail.", ["The old ship can sail."], ONE_DENIES),
        ("'hardly' denies", "The old ship hardly sailed.", ["The old ship sailed."], ONE_DENIES),
        ("'rarely' denies", "The old ship rarely sailed.", ["The old ship sailed."], ONE_DENIES),
        ("'notable' has no 'not' in it", "The old ship is notable.", ["The old ship is notable."], ""),
        ("one 'not' more in the same words", "No orca is not known.", ["No orca is known."], ONE_MORE),
        (
            "the clause decides, not the sentence",
            "The mill is red and tall.",
            ["The mill is red and tall, but the barn did not burn."],
            "",
        ),
        (
            "scattered words are judged by the sentence",
            "The mill in Tarrow stands firm.",
            ["In Tarrow, which has no other, the tall mill of red brick stands."],
            ONE_DENIES,
        ),
        (
            "the title of a document denies nothing",
            "Rocks contain grey lead inside them always.",
            ["Why rocks are not food: Rocks hold lead."],
            "",
        ),
        (
            "each clause of the claim is held against its own",
            "Granite fizzes here and limestone does not fizz here.",
            ["Limestone fizzes here.", "Granite does not fizz here."],
            ONE_DENIES,
        ),
    ],
)
def test_negation(rule: str, claim: str, evidence: list[str], detail: str) -> None:
    expected = failed("negation", detail) if detail else passed("negation", "agrees with the cited text")
    assert negation(claim, evidence) == expected, rule


OPPOSITES = [
    ("more", "fewer"),
    ("larger", "smaller"),
    ("above", "below"),
    ("over", "under"),
    ("most", "least"),
    ("tallest", "shortest"),
    ("before", "after"),
    ("began", "ended"),
    ("first", "last"),
    ("rose", "fell"),
    ("increased", "declined"),
    ("grew", "shrank"),
    ("opened", "closed"),
    ("open", "shut"),
    ("passed", "failed"),
    ("won", "lost"),
    ("accepted", "rejected"),
    ("approved", "turned down"),
    ("allowed", "banned"),
    ("legal", "illegal"),
    ("safe", "dangerous"),
    ("recommended", "discouraged"),
    ("true", "false"),
    ("supported", "opposed"),
    ("built", "demolished"),
    ("added", "removed"),
    ("born", "died"),
    ("gained", "lost"),
    ("guilty", "innocent"),
    ("hot", "cold"),
    ("prevents", "causes"),
    ("at least", "up to"),
    ("northern", "southern"),
    ("east", "west"),
    ("upper", "lower"),
    ("inside", "outside"),
    ("positive", "negative"),
    ("strong", "weak"),
    ("common", "rare"),
    ("major", "minor"),
    ("public", "private"),
    ("present", "absent"),
    ("early", "late"),
    ("stimulates", "inhibits"),
    ("improved", "worsened"),
    ("reduced", "raised"),
    ("expanded", "contracted"),
    ("many", "few"),
]


@pytest.mark.parametrize(("one", "other"), OPPOSITES)
def test_an_opposite_is_found_from_either_side(one: str, other: str) -> None:
    for said, found in ((one, other), (other, one)):
        check = direction(
            f"The Tarrow harbour plan {said} there.", [f"The Tarrow harbour plan {found} there."]
        )
        assert check == failed("direction", f"the cited text says the opposite: {found}, not {said}")


@pytest.mark.parametrize(
    ("rule", "claim", "evidence"),
    [
        ("the same word", "The old plan passed.", ["The old plan passed."]),
        ("capitals do not matter to the same word", "The old plan Passed.", ["The old plan passed."]),
        ("both words in the claim", "The old plan passed or failed.", ["The old plan failed."]),
        ("both words in the evidence", "The old plan passed.", ["The old plan passed or failed."]),
        ("an opposite that is denied", "The old plan passed.", ["The old plan did not fail."]),
        ("a denial of the opposite", "The old plan did not pass.", ["The old plan failed."]),
        (
            "a comparison told from the other side",
            "The shark is smaller than the whale.",
            ["The whale is larger than the shark."],
        ),
        ("part of a word", "The old plan passed.", ["The old plan was failsafe."]),
        (
            "a clause about something else",
            "The old mill opened.",
            ["The old mill opened.", "The barn closed."],
        ),
    ],
)
def test_no_opposite(rule: str, claim: str, evidence: list[str]) -> None:
    assert direction(claim, evidence) == passed("direction", "no opposite"), rule


def test_an_opposite_in_the_nearest_clause_counts_where_the_sentence_has_both() -> None:
    check = direction("The old mill opened.", ["The old mill closed, and a barn was opened in Merrow."])
    assert check == failed("direction", "the cited text says the opposite: closed, not opened")


def test_opposites_are_found_whatever_their_capitals() -> None:
    check = direction("The old plan Passed.", ["The old plan FAILED."])
    assert check == failed("direction", "the cited text says the opposite: FAILED, not Passed")


@pytest.mark.parametrize(
    ("rule", "claim", "evidence", "hedge"),
    [
        ("what may be, is", "The pool closes in winter.", "The pool may close in winter.", "may"),
        ("what was reported, is", "The pool closed.", "Reportedly, the pool closed.", "reportedly"),
        (
            "an attribution opens the sentence",
            "The old pool closed today.",
            "According to Ann, rain fell, and the old pool closed today.",
            "according to",
        ),
        ("said by somebody", "The pool was closed.", "Ann said the pool was closed.", "said"),
        ("thought by somebody", "The pool was closed.", "It is thought that the pool was closed.", "thought"),
        ("argued by somebody", "The pool was closed.", "Ann argued that the pool was closed.", "argued that"),
        ("a hedge that is kept", "The pool may close in winter.", "The pool might close in winter.", ""),
        ("another hedge that is kept", "The pool could close.", "The pool may close.", ""),
        (
            "an ability keeps a possibility",
            "The whale can eat 16 tonnes.",
            "The whale may eat 16 tonnes.",
            "",
        ),
        ("'up to' keeps it, too", "The whale eats up to 16 tonnes.", "The whale may eat 16 tonnes.", ""),
        ("a month is no hedge", "The pool closed in May.", "The pool closed in May.", ""),
        (
            "a hedge of another clause",
            "The pool closed in winter.",
            "The pool closed in winter, and it may rain.",
            "",
        ),
        ("what is possible must be", "The old pool may or must close.", "The old pool may close.", "may"),
        ("'certainly' settles it", "The pool could certainly close.", "The pool could close.", "could"),
        ("what must be, must be", "The pool must close, it is said.", "The pool must close, it is said.", ""),
        ("about becomes exactly", "Exactly 40 ships sank.", "About 40 ships sank.", "about"),
        ("roughly becomes precisely", "Precisely 40 ships sank.", "Roughly 40 ships sank.", "roughly"),
        (
            "exactly stays exactly",
            "Exactly 40 of about 90 ships sank.",
            "Exactly 40 of about 90 ships sank.",
            "",
        ),
        ("about stays unsaid", "Ships sank, 40 of them.", "About 40 of the ships sank.", ""),
        ("some become all", "All rocks contain lead.", "Some rocks contain lead.", "some"),
        ("most become all", "All rocks contain lead.", "Most rocks contain lead.", "most"),
        ("often becomes always", "Rocks always contain lead.", "Rocks often contain lead.", "often"),
        ("some become any", "Rocks contain lead.", "Some rocks contain lead.", "some"),
        ("most may stay unsaid", "Rocks contain lead.", "Most rocks contain lead.", ""),
        ("some stay few", "A few rocks contain lead.", "Some rocks contain lead.", ""),
        ("all stay all", "All rocks contain lead.", "All rocks contain lead.", ""),
        ("all in the evidence beside some", "All rocks contain lead.", "All rocks contain some lead.", ""),
    ],
)
def test_hedges(rule: str, claim: str, evidence: str, hedge: str) -> None:
    expected = (
        failed("hedges", f"the cited text says '{hedge}'")
        if hedge
        else passed("hedges", "nothing left open was settled")
    )
    assert hedges(claim, [evidence]) == expected, rule


def test_every_clause_of_a_claim_keeps_its_own_hedge() -> None:
    evidence = ["The mill is tall.", "The pool may close."]
    assert hedges("The mill is tall, and the pool closes.", evidence).detail == "the cited text says 'may'"


def test_far_words_are_hedged_by_their_whole_sentence() -> None:
    found = hedges(
        "Tarrow's old mill of brick closed.", ["It may rain, and Tarrow shuts, and a mill is of brick."]
    )
    assert found == failed("hedges", "the cited text says 'may'")


@pytest.mark.parametrize(
    ("word", "opens"),
    [("Although", True), ("THE", True), ("several", True), ("Tarrow", False), ("Mill", False)],
)
def test_openers_are_known(word: str, opens: bool) -> None:
    assert is_opener(word) is opens


def test_words_of_scope_are_found_where_they_stand() -> None:
    text = "All mills may close, and some reportedly did."
    assert [text[start:end] for start, end in scope_words(text)] == ["All", "may", "some", "reportedly"]
