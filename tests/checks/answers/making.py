"""Questions and overviews made by hand."""

from clearspan.checks.answers.asking import OURS, AnsweredQuestion, ShownAnswer
from clearspan.checks.answers.libraries import Place
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.receipts import Citation, Claim, Origin

MARKED: Place = ("d-1", 100, 140)
ELSEWHERE: Place = ("d-1", 300, 340)


def question(
    *answers: str,
    kinds: tuple[str, ...] = ("fact",),
    answerable: bool = True,
    marked: str = "gold",
    name: str = "q-1",
) -> LabelledQuestion:
    page = QuestionPage(f"QuestionPage of {name}", "A sentence that is marked.", "")
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


def claim(text: str, *places: Place, origin: Origin = "quoted", score: float = 0.8) -> Claim:
    cited = tuple(
        Citation(
            number=1, document_id=name, passage_id=f"{name}:0", start=start, end=end, quote=text, title="T"
        )
        for name, start, end in places
    )
    return Claim(text=text, origin=origin, support="supported", score=score, citations=cited)


def shown(
    *claims: Claim,
    evidence: tuple[tuple[Place, ...], ...] = ((MARKED,),),
    first: Place | None = MARKED,
    probability: float = 0.8,
    short: str = "",
) -> ShownAnswer:
    return ShownAnswer(
        claims, evidence, {OURS: first}, claims[0].text if claims else "", short, probability, 1.0
    )


def answered(one: LabelledQuestion, what: ShownAnswer) -> AnsweredQuestion:
    return AnsweredQuestion(one, what, what)
