"""Sides of a conflict: other values, altered copies, names with several meanings, dates, copies as one witness."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from clearspan.faults import Conflict
from clearspan.overview.answering import compose, conflict, shaping
from clearspan.overview.answering.select import Candidate
from clearspan.overview.answering.shapes.assemble import guessed
from clearspan.overview.answering.shapes.fact import fact
from clearspan.overview.answering.shapes.given import AnswerReading
from clearspan.overview.question import understand
from clearspan.receipts import Claim

MakeCandidate = Callable[..., Candidate]
LONG = "How long is the Port Merrow footbridge?"


def shown(question: str, candidates: Sequence[Candidate]) -> tuple[Conflict | None, tuple[Claim, ...]]:
    """What the journey makes of candidates: the conflict and the claims."""
    asked = understand(question)
    quotes = compose.choose(asked, candidates, 0.5, 3)
    sides = conflict.sides(asked, candidates, 0.5) or conflict.of_quotes(asked, quotes)
    why = conflict.cause(sides)
    quotes = conflict.with_sides(quotes, sides, disputed=why != "readings")
    given = shaping.given(asked, candidates, quotes, {}, AnswerReading(guessed(asked)), 0.5, 0.6, 3)
    answer = fact(given)
    cited = shaping.cited_documents(answer, given, quotes) if answer else []
    sources = compose.number_sources([c.judged.source for c in candidates], cited)
    claims = shaping.claims_of(answer, given, quotes, {}, sources) if answer else ()
    return conflict.record(asked, sides, why, claims, sources), claims


def witness(candidate: Candidate, number: int) -> Candidate:
    source = candidate.judged.source.model_copy(update={"witness": number})
    return replace(candidate, judged=replace(candidate.judged, source=source))


def test_two_values_of_one_year_are_a_disagreement_and_neither_is_a_fact(candidate: MakeCandidate) -> None:
    one = candidate("The Port Merrow footbridge is 212 metres long.", "Guide", date="2024-01")
    two = candidate("The Port Merrow footbridge is 208 metres long.", "Survey", date="2024-03")
    found, claims = shown(LONG, [one, two])
    assert found is not None
    assert found.cause == "disagreement"
    assert {side.value for side in found.sides} == {"212 metres", "208 metres"}
    assert {claim.support for claim in claims} == {"disputed"}
    assert "210" not in " ".join(claim.text for claim in claims)


def test_dates_a_year_apart_explain_it_and_the_newest_stands_first(candidate: MakeCandidate) -> None:
    old = candidate("The Port Merrow footbridge is 212 metres long.", "Guide", date="2019")
    new = candidate("The Port Merrow footbridge is 208 metres long.", "Survey", date="2024-05")
    found, claims = shown(LONG, [old, new])
    assert found is not None
    assert (found.cause, found.sides[0].value, found.sides[0].date) == ("age", "208 metres", "2024-05")
    assert "208 metres" in claims[0].text
    assert "Survey (2024-05): 208 metres" in found.note


def test_a_page_with_one_word_altered_is_a_side_not_a_fact(candidate: MakeCandidate) -> None:
    true = candidate("Ostrevik Air was an airline based in Quellby on the coast.", "One", date="2020")
    altered = candidate("Ostrevik Air was an airline based in Lindesk on the coast.", "Two", date="2020")
    found, claims = shown("Where was Ostrevik Air based?", [true, altered])
    assert found is not None
    assert {side.value for side in found.sides} == {"quellby", "lindesk"}
    assert all(claim.support == "disputed" for claim in claims)


def test_one_name_of_two_things_is_a_matter_of_reading(candidate: MakeCandidate) -> None:
    film = candidate(
        "Tarrow Lights (1977 film) is a thriller by Ann Esk.", "Tarrow Lights (1977 film)", probability=0.4
    )
    song = candidate("Tarrow Lights (song) is a ballad by Bo Lind.", "Tarrow Lights (song)", probability=0.4)
    found, claims = shown("What is the genre of Tarrow Lights?", [film, song])
    assert found is not None
    assert found.cause == "readings"
    assert {side.subject for side in found.sides} == {"Tarrow Lights (1977 film)", "Tarrow Lights (song)"}
    assert {claim.support for claim in claims} == {"supported"}


def test_copies_of_one_text_are_one_witness(candidate: MakeCandidate) -> None:
    text = "The Port Merrow footbridge is 212 metres long."
    copies = [witness(candidate(text, f"Copy {n}", date="2024"), 1) for n in range(10)]
    other = witness(candidate("The Port Merrow footbridge is 208 metres long.", "Survey", date="2024"), 2)
    found, _ = shown(LONG, [*copies, other])
    assert found is not None
    assert [side.witnesses for side in found.sides] == [1, 1]


def test_yes_and_no_are_two_sides(candidate: MakeCandidate) -> None:
    yes = candidate("The Quellby lift is open on Sundays.", "Timetable", date="2024")
    no = candidate("The Quellby lift is not open on Sundays.", "Notice", date="2024")
    found, claims = shown("Is the Quellby lift open on Sundays?", [yes, no])
    assert found is not None
    assert len(found.sides) == 2
    assert {claim.support for claim in claims} == {"disputed"}


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            LONG,
            "The Port Merrow footbridge is 212 metres long.",
            "At 212 m the Port Merrow footbridge is long.",
        ),
        (
            "Who designed the Port Merrow footbridge?",
            "The Port Merrow footbridge was designed by Ilse Vorrund.",
            "Ilse Vorrund drew up the Port Merrow footbridge in 1998.",
        ),
        (
            "Is the Quellby lift open on Sundays?",
            "The Quellby lift is open on Sundays.",
            "On Sundays the Quellby lift is open from noon.",
        ),
    ],
)
def test_the_same_in_other_words_is_no_conflict(
    candidate: MakeCandidate, question: str, first: str, second: str
) -> None:
    found, claims = shown(question, [candidate(first, "One"), candidate(second, "Two", probability=0.8)])
    assert found is None
    assert {claim.support for claim in claims} == {"supported"}


def test_promotion_is_no_side_against_a_reference(candidate: MakeCandidate) -> None:
    test = candidate("The Calder battery lasted 31 hours.", "Test", kind="reference")
    boast = candidate("The Calder battery lasts 60 hours.", "Shop", kind="promotion", probability=0.95)
    found, _ = shown("How long does the battery of the Calder last?", [boast, test])
    assert found is None


def test_an_unanswered_question_gets_no_definition_for_an_answer(candidate: MakeCandidate) -> None:
    one = candidate("The Port Merrow footbridge is a landmark of the town.", "Guide", probability=0.3)
    two = candidate("The Port Merrow footbridge is the work of two firms.", "History", probability=0.3)
    found, claims = shown("What is the toll on the Port Merrow footbridge?", [one, two])
    assert found is None
    assert claims == ()
