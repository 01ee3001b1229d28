"""The sample suite: its data is whole, and its verdicts are what they say."""

import pytest

from clearspan.checks.samples import as_report, load_questions, run
from clearspan.workspace.workspace import SAMPLES, Workspace


def test_the_suite_is_large_enough_and_covers_every_kind() -> None:
    questions = load_questions()
    assert len(questions) >= 60
    assert len({q.id for q in questions}) == len(questions)
    assert {q.type for q in questions} == {"answerable", "trap", "calculator", "unanswerable", "conflict"}
    assert all(bool(q.reason) != bool(q.expect.all_of) for q in questions)
    assert {q.id for q in load_questions("dev")} & {q.id for q in load_questions("heldout")} == set()


def test_the_copy_of_the_satire_is_word_for_word() -> None:
    def body(name: str) -> str:
        return (SAMPLES / f"{name}.md").read_text("utf-8").split("---", 2)[2]

    assert body("midland-health-courier-rocks") == body("daily-barnacle-rocks")


def test_no_satire_is_cited_and_most_of_what_cannot_be_answered_is_met_with_silence(
    samples: Workspace,
) -> None:
    risky = [q for q in load_questions() if q.type in {"trap", "unanswerable"}]
    outcomes = run(samples, risky, generate=False)
    assert [o.question.id for o in outcomes if o.satire] == []
    # The reader was trained on none of these; `clearspan check answers` has the share on questions that people asked.
    wrong = [o.question.id for o in outcomes if o.verdict in {"wrong", "should have abstained"}]
    assert len(wrong) <= len(risky) / 3


def test_what_can_be_computed_is_right(samples: Workspace) -> None:
    outcomes = run(samples, [q for q in load_questions() if q.type == "calculator"], generate=False)
    assert [o.question.id for o in outcomes if o.verdict not in {"answered right", "abstained right"}] == []
    assert as_report(outcomes, "x").bars[1].holds


_BELOW = "the reader takes a sentence about another thing of the same name, or another amount, for the answer"


@pytest.mark.xfail(reason=_BELOW)
def test_no_trap_is_fallen_into_and_nothing_unanswerable_is_answered(samples: Workspace) -> None:
    risky = [q for q in load_questions() if q.type in {"trap", "unanswerable"}]
    outcomes = run(samples, risky, generate=False)
    assert [o.question.id for o in outcomes if o.verdict in {"wrong", "should have abstained"}] == []


def test_sources_that_disagree_are_always_both_shown(samples: Workspace) -> None:
    outcomes = run(samples, [q for q in load_questions() if q.type == "conflict"], generate=False)
    assert [o.question.id for o in outcomes if o.verdict not in {"answered right", "abstained right"}] == []
