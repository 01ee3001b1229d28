"""Questions and overviews made by hand."""

from collections.abc import Sequence

import numpy as np

from clearspan.checks.answers.asking import OURS, AnsweredQuestion, ShownAnswer
from clearspan.checks.answers.libraries import Place
from clearspan.language.sentences import read_sentences
from clearspan.language.words import stems
from clearspan.overview.answering.reader.calibration import AnswerCalibration
from clearspan.overview.answering.reader.kinds import KINDS
from clearspan.overview.answering.reader.reader import ReadPassage, ReadQuestion, ReadSentence, ShortAnswer
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.receipts import Citation, Claim, Origin

MOST = 0.9
"""Probability of a sentence that holds all words of a question but one."""

MARKED: Place = ("d-1", 100, 140)
ELSEWHERE: Place = ("d-1", 300, 340)


def question(
    *answers: str,
    kinds: tuple[str, ...] = ("fact",),
    answerable: bool = True,
    marked: str = "gold",
    name: str = "q-1",
) -> LabelledQuestion:
    page = QuestionPage(f"Page of {name}", "A sentence that is marked.", "")
    return LabelledQuestion(
        name,
        "made",
        "What?",
        answers,
        answerable,
        kinds,
        (page,),
        ("A sentence that is marked.",),
        marked,
        (),
        True,
    )


def claim(
    text: str,
    *places: Place,
    origin: Origin = "quoted",
    score: float = 0.8,
    emphasis: tuple[int, int] | None = None,
) -> Claim:
    cited = tuple(
        Citation(
            number=1, document_id=name, passage_id=f"{name}:0", start=start, end=end, quote=text, title="T"
        )
        for name, start, end in places
    )
    return Claim(
        text=text, origin=origin, support="supported", score=score, citations=cited, emphasis=emphasis
    )


def shown(
    *claims: Claim,
    evidence: tuple[tuple[Place, ...], ...] = ((MARKED,),),
    first: Place | None = MARKED,
    probability: float = 0.8,
    word: str = "",
) -> ShownAnswer:
    return ShownAnswer(
        claims, word, evidence, {OURS: first}, claims[0].text if claims else "", probability, 1.0
    )


def answered(one: LabelledQuestion, what: ShownAnswer) -> AnsweredQuestion:
    return AnsweredQuestion(one, what, what)


class WordReader:
    """Takes a sentence for an answer if it holds most words of the question; its short answer is its last words."""

    note = ""

    def read(
        self, question: str, passages: Sequence[tuple[str, str]], believed: Sequence[bool] | None = None
    ) -> ReadQuestion:
        read = tuple(self._passage(stems(question), text) for _, text in passages)
        # As sure of all as of the surest sentence.
        alone = AnswerCalibration(np.array([0.0] * 8 + [-30.0]))
        return ReadQuestion(dict.fromkeys(KINDS, 1 / len(KINDS)), read, alone)

    def close(self) -> None:
        pass

    def _passage(self, asked: frozenset[str], text: str) -> ReadPassage:
        found: list[ReadSentence] = []
        for one in read_sentences(text):
            sure = MOST if len(asked - one.stems) <= 1 else 0.1
            short = ShortAnswer(max(one.start, one.end - 17), one.end, 1.0)
            found.append(ReadSentence(one.start, one.end, sure, 0.0, 0.0, short))
        return ReadPassage(0.0, 0.5, tuple(found))
