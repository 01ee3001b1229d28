"""What the question alone says: nonsense, what nobody can know, and what an error costs."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.answering import question_odds, subjects
from clearspan.overview.answering.abstain import unanswered
from clearspan.overview.answering.answerability.grams import grams, rows, vocabulary
from clearspan.overview.answering.answerability.model import FAULTS, Answerability, Fault, assess, shipped
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import understand
from clearspan.receipts import Source
from clearspan.settings import Settings

MakeCandidate = Callable[..., Candidate]
BASE: dict[Fault, float] = {"unknowable": 0.2, "false_premise": 0.5}


def reads(unknowable: float, false_premise: float = 0.5) -> Answerability:
    return Answerability(unknowable, false_premise, BASE)


def test_what_nobody_can_know_needs_a_plain_sentence(candidate: MakeCandidate) -> None:
    found = [
        candidate("The bridge is long.", probability=0.6),
        candidate("It is 90 m long.", "B", probability=0.3),
    ]
    assert question_odds.least(reads(0.95), found, 0.9, 0.5) == 0.98
    assert question_odds.least(reads(0.95), found, 0.9, 0.99) == 0.99


def test_two_sentences_that_answer_together_are_both_shown(candidate: MakeCandidate) -> None:
    found = [
        candidate("A parrot says so.", "P", kind="satire", probability=0.9),
        candidate("The bridge is long.", probability=0.4),
        candidate("It is 90 m long.", "B", probability=0.35),
        candidate("It is old.", "C", probability=0.3),
    ]
    assert question_odds.least(reads(0.5), found, 0.6, 0.5) == 0.35
    assert question_odds.least(reads(0.5), found[:2], 0.6, 0.5) == 0.4
    assert (
        question_odds.least(reads(0.5), [candidate("Both are sure.", probability=0.9)] * 2, 0.9, 0.5) == 0.5
    )


def test_a_sentence_that_answers_alone_brings_no_second(candidate: MakeCandidate) -> None:
    found = [candidate("It is zero.", probability=0.6), candidate("Whales are long.", "B", probability=0.2)]
    assert question_odds.least(reads(0.5), found, 0.6, 0.55) == 0.55


def test_nothing_is_shown_where_the_best_two_do_not_answer_together(candidate: MakeCandidate) -> None:
    found = [
        candidate("The bridge is long.", probability=0.6),
        candidate("It is 90 m long.", "B", probability=0.3),
    ]
    assert question_odds.least(reads(0.5), found, 0.49, 0.5) == math.inf
    assert question_odds.least(reads(0.5), [], 0.0, 0.5) == math.inf
    assert question_odds.least(reads(0.5), [], 0.0, 0.0) == 0.0


def test_letters_that_are_no_words_are_nonsense() -> None:
    assert question_odds.is_nonsense(understand("xkcd qwrtz bvnmk plkjh?"))
    assert not question_odds.is_nonsense(understand("How high is Mount Kčynštejn?"))
    assert not question_odds.is_nonsense(understand("What does HTTP stand for?"))
    assert unanswered(understand("xkcd qwrtz bvnmk plkjh?"), [], [], 0.5, []).code == "nonsense"


@pytest.mark.parametrize(
    ("assessed", "code"),
    [(reads(0.9), "unknowable"), (reads(0.1, 0.9), "false_premise"), (reads(0.1, 0.3), "nothing_found")],
)
def test_silence_has_the_reason_that_fits(assessed: Answerability, code: str) -> None:
    found = unanswered(understand("What is the meaning of the Port Merrow life?"), [], [], 0.5, [], assessed)
    assert found.code == code
    assert found.would_help


@pytest.mark.parametrize(
    ("question", "likely"),
    [
        ("Would you rather be rich or famous?", True),
        ("What is the meaning of life?", True),
        ("If God made us, who made God?", True),
        ("How long is the main span of the bridge?", False),
        ("Who wrote the first history of the town?", False),
        ("Why do birds swallow small stones?", False),
    ],
)
def test_the_shipped_model_tells_musings_from_questions(
    embedder: Embedder, question: str, likely: bool
) -> None:
    assert (assess(question, embedder).unknowable > 0.5) == likely


def test_without_an_embedder_words_alone_are_read() -> None:
    assert assess("Would you rather be rich or famous?", None).unknowable > 0.5
    for with_vectors in (True, False):
        for fault in FAULTS:
            head = shipped(with_vectors)[fault]
            assert bool(len(head.vector)) == with_vectors
            assert 0.0 < head.base < 1.0


def test_runs_of_words_are_what_is_read() -> None:
    assert grams("In 1999?") == {
        "^",
        "in",
        "0000",
        "?",
        "^ in",
        "in 0000",
        "0000 ?",
        "^ in 0000",
        "in 0000 ?",
    }
    index = vocabulary([grams("a b"), grams("a c")], at_least=2)
    assert set(index) == {"^", "a", "^ a"}
    assert rows([grams("a"), grams("z")], index).shape == (2, 3)


@given(st.floats(1.0, 50.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_an_answer_is_shown_exactly_when_silence_would_cost_more(
    wrong: float, silent: float, p: float
) -> None:
    settings = Settings(cost_of_wrong=wrong, cost_of_abstaining=silent)
    margin = silent - (1 - p) * wrong
    if abs(margin) > 1e-9:
        assert (p >= settings.answer_threshold) == (margin > 0)


def source(number: int, witness: int, *, believed: bool = True) -> Source:
    return Source(
        number=number,
        document_id=f"d{number}",
        passage_id="p",
        start=0,
        end=1,
        title="t",
        witness=witness,
        believed=believed,
    )


def test_careful_subjects_are_known_by_their_words() -> None:
    everything = subjects.SUBJECTS
    found = subjects.touched("How much ibuprofen may a child take?", everything)
    assert found is not None
    assert found.name == "medicines"
    assert subjects.touched("Is it safe to drink from the harbour?", everything) is not None
    assert subjects.touched("How long is the footbridge?", everything) is None
    own = subjects.touched(
        "When is the ice on the lake thick enough?", ["the lake: thin ice, ice on the lake"]
    )
    assert own is not None
    assert own.matched == ("ice on the lake",)
    with pytest.raises(BadInput, match="careful subject"):
        subjects.touched("How long?", ["astrology"])


def test_ten_copies_are_one_witness() -> None:
    copies = [source(n, 1) for n in range(1, 11)]
    assert subjects.witnesses([*copies, source(11, 2)], range(1, 11)) == 1
    assert subjects.witnesses([*copies, source(11, 2)], range(1, 12)) == 2
    assert subjects.witnesses([source(1, 1), source(2, 2, believed=False)], [1, 2]) == 1
