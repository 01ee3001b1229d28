"""Composing: corroboration, disagreement, standing, numbering, and quantities in the unit that was asked for."""

from collections.abc import Callable

import pytest

from clearspan.overview.answering import shaping
from clearspan.overview.answering.compose import Quotes, choose, converted_claim, number_sources
from clearspan.overview.answering.select import Candidate
from clearspan.overview.answering.shapes.assemble import guessed
from clearspan.overview.answering.shapes.fact import fact
from clearspan.overview.answering.shapes.given import AnswerReading
from clearspan.overview.question import Question, understand
from clearspan.receipts import Claim

MakeCandidate = Callable[..., Candidate]
ASKED = understand("How long is the footbridge in Port Merrow?")


def claims_of(asked: Question, candidates: list[Candidate], quotes: Quotes) -> tuple[Claim, ...]:
    """The claims of an answer in the simplest shape, from candidates alone."""
    given = shaping.given(asked, candidates, quotes, {}, AnswerReading(guessed(asked)), 0.5, 0.6, 3)
    answer = fact(given)
    assert answer is not None
    sources = number_sources(
        [one.judged.source for one in candidates], shaping.cited_documents(answer, given, quotes)
    )
    return shaping.claims_of(answer, given, quotes, {}, sources)


def test_a_second_source_that_says_the_same_joins_the_citations(candidate: MakeCandidate) -> None:
    first = candidate("The footbridge in Port Merrow is 212 metres long.", "One")
    second = candidate("The Port Merrow footbridge is 212 m long.", "Two", probability=0.8)
    quotes = choose(ASKED, [first, second], 0.5, 3)
    claims = claims_of(ASKED, [first, second], quotes)
    assert len(claims) == 1
    assert [c.number for c in claims[0].citations] == [1, 2]
    assert claims[0].support == "supported"


def test_sources_that_disagree_are_both_shown_the_newer_first(candidate: MakeCandidate) -> None:
    old = candidate(
        "The footbridge in Port Merrow is 212 metres long.", "Guide", date="2019", probability=0.95
    )
    new = candidate(
        "The footbridge in Port Merrow is 208.6 metres long.", "Survey", date="2024-05", probability=0.9
    )
    quotes = choose(ASKED, [old, new], 0.5, 3)
    assert [c.judged.source.title for c in quotes.main] == ["Survey", "Guide"]
    assert quotes.disputed == {0, 1}


def test_promotion_does_not_dispute_a_reference(candidate: MakeCandidate) -> None:
    asked = understand("How long does the battery of the Calder Q2 last?")
    boast = candidate(
        "The battery of the Calder Q2 lasts 60 hours.", "Shop", kind="promotion", probability=0.95
    )
    test = candidate(
        "The battery of the Calder Q2 lasted 31 hours.", "Test", kind="reference", probability=0.9
    )
    quotes = choose(asked, [boast, test], 0.5, 3)
    assert [c.judged.source.title for c in quotes.main] == ["Test"]
    assert "higher standing" in quotes.dropped[0].why


def test_rows_about_other_things_are_no_rivals(candidate: MakeCandidate) -> None:
    asked = understand("How many tonnes does a large fin whale weigh?")
    fin = candidate("Animal: Fin whale; Weight of a large adult (tonnes): 70", "One", probability=0.95)
    blue = candidate("Animal: Blue whale; Weight of a large adult (tonnes): 150", "Two", probability=0.9)
    assert choose(asked, [fin, blue], 0.5, 3).disputed == frozenset()


def test_disagreement_does_not_grow_past_the_limit(candidate: MakeCandidate) -> None:
    sides = [
        candidate(f"The footbridge in Port Merrow is {n} metres long.", f"Page {n}") for n in range(100, 110)
    ]
    assert len(choose(ASKED, sides, 0.5, 3).main) <= 4


@pytest.mark.parametrize(("kind", "probability"), [("satire", 0.99), ("reference", 0.4)])
def test_what_is_not_believed_or_not_probable_is_not_quoted(
    candidate: MakeCandidate, kind: str, probability: float
) -> None:
    only = candidate("The footbridge in Port Merrow is 9 miles long.", kind=kind, probability=probability)
    assert choose(ASKED, [only], 0.5, 3).main == ()


def test_one_quote_with_the_value_is_the_whole_answer(candidate: MakeCandidate) -> None:
    answer = candidate("The footbridge in Port Merrow is 212 metres long.", "One", probability=0.95)
    aside = candidate(
        "The footbridge in Port Merrow was opened by a trawler captain.", "Two", probability=0.9
    )
    assert len(choose(ASKED, [answer, aside], 0.5, 3).main) == 1


def test_cited_sources_come_first_and_rejected_ones_have_no_number(candidate: MakeCandidate) -> None:
    cited = candidate("The footbridge in Port Merrow is 212 metres long.", "Cited")
    read = candidate("Port Merrow is a town.", "Read", probability=0.1)
    joke = candidate("Bridges are myths.", "Joke", kind="satire")
    given = [read.judged.source, joke.judged.source, cited.judged.source]
    sources = number_sources(given, [cited.judged.source.document_id])
    assert [(s.title, s.number) for s in sources] == [("Cited", 1), ("Read", 2), ("Joke", None)]


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("How long is the footbridge in Port Merrow in feet?", "695.5 feet"),
        ("How many kilometres long is the footbridge in Port Merrow?", "0.212 kilometres"),
        ("How long is the footbridge in Port Merrow in metres?", None),
        ("How heavy is the footbridge in Port Merrow in tonnes?", None),
        ("How long is the footbridge in Port Merrow?", None),
    ],
)
def test_a_quantity_in_the_unit_that_was_asked_for(
    candidate: MakeCandidate, question: str, result: str | None
) -> None:
    asked = understand(question)
    stated = [candidate("The footbridge in Port Merrow is 212 metres long.")]
    converted = converted_claim(asked, claims_of(asked, stated, choose(asked, stated, 0.5, 3)))
    assert (converted.calculation.result if converted and converted.calculation else None) == result
