"""Verdicts on overviews made by hand."""

import pytest

from clearspan.checks.answers.verdicts import (
    Verdict,
    evidence_f1,
    first_is_right,
    hits,
    list_f1,
    overlaps,
    squad_f1,
    stated,
    verdict,
)
from clearspan.receipts import Claim
from tests.checks.answers.making import ELSEWHERE, MARKED, claim, question, shown


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("d-1", 100, 140), True),
        (("d-1", 0, 1000), True),
        (("d-1", 120, 140), True),
        (("d-1", 121, 180), False),
        (("d-1", 140, 180), False),
        (("d-2", 100, 140), False),
    ],
)
def test_half_of_the_shorter_must_be_shared(place: tuple[str, int, int], expected: bool) -> None:
    assert overlaps(MARKED, place) is expected
    assert overlaps(place, MARKED) is expected


def test_nothing_first_hits_nothing() -> None:
    assert not hits(None, shown())


@pytest.mark.parametrize(
    ("answers", "claims", "expected"),
    [
        (("Ilse Varn",), [claim("Ilse Varn painted it.", ELSEWHERE)], "right"),
        (("Ilse Varn",), [claim("She painted it.", MARKED)], "right"),
        (("Ilse Varn",), [claim("Odo Bree painted it.", ELSEWHERE)], "something else"),
        (("Ilse Varn",), [], "silent"),
        # Twelve stands in many a sentence; only one that cites what is marked answers with it.
        (("12",), [claim("The tower has 12 windows.", ELSEWHERE)], "something else"),
        (("12",), [claim("The tower has 12 bells.", MARKED)], "right"),
    ],
)
def test_of_facts(answers: tuple[str, ...], claims: list[Claim], expected: Verdict) -> None:
    assert verdict(question(*answers), shown(*claims)) == expected


def test_of_questions_without_an_answer() -> None:
    one = question(answerable=False, marked="none")
    assert verdict(one, shown(evidence=())) == "rightly silent"
    assert verdict(one, shown(claim("Something.", ELSEWHERE), evidence=())) == "should be silent"


def test_of_yes_and_no() -> None:
    one, mondays = question("no", kinds=("yes_no",), marked="none"), claim("It opens on Mondays.", ELSEWHERE)
    assert verdict(one, shown(mondays, word="no", evidence=())) == "right"
    assert verdict(one, shown(mondays, word="yes", evidence=())) == "something else"
    assert verdict(one, shown(mondays, evidence=())) == "silent"
    marked, cited = question("no", kinds=("yes_no",)), claim("It opens on Mondays.", MARKED)
    assert verdict(marked, shown(cited)) == "right"
    # The right sentence does not mend the wrong word.
    assert verdict(marked, shown(cited, word="yes")) == "something else"


def test_several_facts_must_come_together() -> None:
    one, other = (MARKED,), (("d-2", 0, 40),)
    hops = question("Port Oss", kinds=("multi_hop",))
    assert verdict(hops, shown(claim("A.", MARKED), evidence=(one, other))) == "something else"
    assert verdict(hops, shown(claim("A.", MARKED), claim("B.", other[0]), evidence=(one, other))) == "right"


def test_what_is_worked_out_must_be_said_and_not_only_quoted() -> None:
    sum_of_table = question("127", kinds=("table",), marked="none")
    assert not stated(sum_of_table, shown(claim("| Oss | 127 |", ELSEWHERE), evidence=()))
    assert stated(sum_of_table, shown(claim("100 + 27 = 127", origin="calculated"), evidence=()))


def test_items_of_a_list_are_found_and_nothing_else() -> None:
    one = question("oak", "elm", "red elm", kinds=("list",))
    both = shown(claim("Oak grows there.", MARKED), claim("So does elm.", MARKED))
    assert list_f1(one, both) == 1.0
    assert list_f1(one, shown(claim("Oak grows there.", MARKED), claim("It rains.", MARKED))) == 0.5
    assert list_f1(one, shown()) == 0.0


def test_evidence_is_found_and_nothing_else() -> None:
    two = ((MARKED,), (("d-1", 200, 240),))
    assert evidence_f1(shown(claim("A.", MARKED), evidence=two)) == pytest.approx(2 / 3)
    assert evidence_f1(shown(claim("A.", MARKED, ELSEWHERE))) == pytest.approx(2 / 3)
    assert evidence_f1(shown()) == 0.0


def test_squad_counts_silence() -> None:
    none = question(answerable=False, marked="none")
    assert squad_f1(none, shown(evidence=())) == 1.0
    assert squad_f1(none, shown(claim("Something."), evidence=())) == 0.0
    assert squad_f1(question("Ilse Varn"), shown()) == 0.0
    assert squad_f1(question("Ilse Varn"), shown(claim("by Ilse Varn"))) == pytest.approx(0.8)
    assert squad_f1(question("Ilse Varn"), shown(claim("by Ilse Varn", emphasis=(3, 12)))) == 1.0


def test_whether_the_first_sentence_is_right() -> None:
    assert first_is_right(question("x"), shown(first=MARKED)) is True
    assert first_is_right(question("x"), shown(first=ELSEWHERE)) is False
    assert first_is_right(question(answerable=False), shown(first=MARKED)) is False
    assert first_is_right(question("yes", kinds=("yes_no",), marked="none"), shown(evidence=())) is None
    assert first_is_right(question("oak", marked="none"), shown(claim("An oak."), evidence=())) is True
