"""Labels are where people set them; what misleads never holds the answer."""

import random
from dataclasses import replace

from clearspan.overview.answering.reader.kinds import KINDS
from clearspan.overview.answering.reader.training.examples import LabelledWindow, LabelledWindows, batches
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.overview.answering.reader.windows import WindowCutter

CHANCE = random.Random(0)


def group(windows: WindowCutter, *questions: LabelledQuestion) -> list[LabelledWindow]:
    return LabelledWindows(questions, windows).group(0, CHANCE, 2)


def test_the_marked_sentence_is_evidence_and_the_answer_stands_in_it(
    windows: WindowCutter, questions: list[LabelledQuestion]
) -> None:
    first, *rest = group(windows, *questions)
    assert (first.answers, first.evidence, first.trust) == (1, (0, 1, 0), 1.0)
    assert first.kind == KINDS.index("number")
    assert first.span is not None
    start, end = first.window.spans[1]
    assert start <= first.span[0] <= first.span[1] < end
    assert first.yes == -1
    assert rest
    assert all(one.answers == 0 and not any(one.evidence) and one.span is None for one in rest)


def test_a_window_that_says_the_answer_misleads_nobody(
    windows: WindowCutter, questions: list[LabelledQuestion]
) -> None:
    asked = replace(questions[0], answers=("baker",))
    assert len(group(windows, asked, *questions[1:])) == 1


def test_an_unanswerable_question_is_told_by_what_a_careless_reader_would_cite(windows: WindowCutter) -> None:
    text = (
        "The Tarrow bridge is blue.\n\n"
        + "It was painted by hand. " * 60
        + "\n\nThe Merrow bridge has a toll."
    )
    asked = LabelledQuestion(
        "q", "tolls", "What is the toll of the Tarrow bridge?", (), False, ("number",),
        (QuestionPage("Tolls", text, ""),),
        (), "none", ("The Merrow bridge has a toll.",), True,
    )  # fmt: skip
    examples = LabelledWindows([asked], windows)
    assert "Merrow" in examples.asked[0].own[0].text
    group = examples.group(0, CHANCE, 2)
    assert len(group) == 2
    assert all((one.answers, set(one.evidence)) == (0, {0}) for one in group)


def test_yes_and_no_are_learned_without_marked_sentences(windows: WindowCutter) -> None:
    asked = LabelledQuestion(
        "q", "yes", "is the bridge open", ("no",), True, ("yes_no",),
        (QuestionPage("Tolls", "The bridge is closed.", ""),),
        (), "none", (), True,
    )  # fmt: skip
    (only,) = group(windows, asked)
    assert (only.yes, only.answers, only.evidence) == (0, 1, ())


def test_what_is_laid_says_which_sentences_are_right(
    windows: WindowCutter, questions: list[LabelledQuestion]
) -> None:
    own, *others = LabelledWindows(questions, windows).laid(0)
    assert own.right == (False, True, False)
    assert len(others) == 8
    assert not any(any(one.right) for one in others)


def test_batches_hold_each_question_once_within_their_tokens(
    windows: WindowCutter, questions: list[LabelledQuestion]
) -> None:
    examples = LabelledWindows(questions, windows)
    made = list(batches(examples, list(range(24)), 400, near=2, seed=3))
    asked = [one.window.ids[1:12] for batch in made for group in batch for one in group[:1]]
    assert len(asked) == 24
    for batch in made:
        rows = [one for group in batch for one in group]
        assert len(batch) == 1 or len(rows) * max(len(one.window.ids) for one in rows) <= 400
    again = list(batches(examples, list(range(24)), 400, near=2, seed=3))
    assert [[one.window.ids for g in b for one in g] for b in made] == [
        [one.window.ids for g in b for one in g] for b in again
    ]
