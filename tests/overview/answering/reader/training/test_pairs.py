"""Pairs are calibrated on questions of several hops; those are right that say the answer, or all that is marked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.reader.training.examples import LabelledWindows
from clearspan.overview.answering.reader.training.pairs import fitted_pairs
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.overview.answering.reader.windows import WindowCutter

CROSSES = "The Tarrow Bridge crosses the Anvel."
RISES = "The Anvel is a river that rises in the Quellby Hills."


def asked(question: str, *evidence: str, answers: tuple[str, ...] = ()) -> LabelledQuestion:
    pages = (
        QuestionPage("Tarrow Bridge", f"{CROSSES} It was painted blue by a baker.", ""),
        QuestionPage("Anvel", f"{RISES} It is 40 kilometres long.", ""),
        QuestionPage(
            "Merrow", "The Merrow is a river that rises near Port Sallow. It is 52 kilometres long.", ""
        ),
    )
    return LabelledQuestion(
        question, "rivers", question, answers, True, ("multi_hop",), pages, evidence, "gold", (), True
    )  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[EvidenceReader]:
    reader = EvidenceReader.load()
    yield reader
    reader.close()


def surely(reader: EvidenceReader, windows: WindowCutter, *questions: LabelledQuestion) -> float:
    examples = LabelledWindows(questions, windows)
    laid = ((one, examples.laid(index)) for index, one in enumerate(questions))
    return fitted_pairs(reader, laid).probability(0.7, 0.7, 0.7)


SEVERAL = "Where does the river that the Tarrow Bridge crosses rise?"


def test_a_pair_is_right_that_is_all_that_is_marked(reader: EvidenceReader, windows: WindowCutter) -> None:
    right = surely(reader, windows, *[asked(SEVERAL, CROSSES, RISES)] * 12)
    half = surely(reader, windows, *[asked(SEVERAL, CROSSES, "It is 52 kilometres long.")] * 12)
    assert right > 0.6 > 0.4 > half


def test_where_nobody_marked_anything_a_pair_is_right_that_says_the_answer(
    reader: EvidenceReader, windows: WindowCutter
) -> None:
    told = replace(asked(SEVERAL, answers=("the Quellby Hills",)), marked="match_unique")
    assert surely(reader, windows, *[told] * 12) > 0.6


def test_questions_for_one_fact_tell_nothing(reader: EvidenceReader, windows: WindowCutter) -> None:
    assert surely(
        reader, windows, asked("How long is the Anvel?", "It is 40 kilometres long.")
    ) == pytest.approx(0.7)
