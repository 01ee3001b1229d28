"""Questions asked of their own documents and of all documents of their set, and what came out."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clearspan.answer import Finished, journey
from clearspan.checks.answers.baselines import firsts
from clearspan.checks.answers.libraries import MeasuredWorkspace, Place, Stocked, settings_apart, stock
from clearspan.journey.asked import Asked, ask, spelt_as
from clearspan.journey.judge import judge
from clearspan.journey.read import Scored, read
from clearspan.journey.search import Found, search
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.receipts import Claim
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

OURS = "Clearspan"

Progress = Callable[[str, int, int], None]
"""Is told the set, and how many of how many of all questions are done."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """What became of a question in one library.

    Attributes:
        claims: of the overview; empty where it is silent.
        word: yes or no where the overview says so; else empty.
        evidence: where each marked sentence stands, those that stand nowhere left out.
        firsts: ranker, Clearspan first → the span that it puts first; None where it has none.
        first_text: of the span that Clearspan puts first.
        probability: of Clearspan's first sentence that it answers; 0 where there is none.
        seconds: of the whole answer.
    """

    claims: tuple[Claim, ...]
    word: str
    evidence: tuple[tuple[Place, ...], ...]
    firsts: Mapping[str, Place | None]
    first_text: str
    probability: float
    seconds: float


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with what became of it among its own documents, and among all held-out documents of its set."""

    question: LabelledQuestion
    own: ShownAnswer
    together: ShownAnswer


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are asked.

    Attributes:
        generate: whether the local model may join quotes.
        progress: None where nobody wants to know.
    """

    settings: Settings
    generate: bool
    progress: Progress | None = None


def ask_all(
    questions: Sequence[LabelledQuestion], held_out: Sequence[LabelledQuestion], asking: Asking
) -> list[AnsweredQuestion]:
    """Ask every question twice, in a home folder of its own that goes away again.

    Args:
        questions: that are asked.
        held_out: whose documents make up the libraries of the sets.
    """
    found: list[AnsweredQuestion] = []
    with tempfile.TemporaryDirectory() as home:
        apart = settings_apart(asking.settings, Path(home))
        folder = Path(home) / "pages"
        folder.mkdir()
        with MeasuredWorkspace.open(apart) as workspace:
            workspace.require_reader()
            for name in dict.fromkeys(one.origin for one in questions):
                pages = [page for one in held_out if one.origin == name for page in one.pages]
                together = stock(workspace, f"set-{name}", pages, folder)
                for one in (each for each in questions if each.origin == name):
                    found.append(_answered(workspace, one, together, folder, asking.generate))
                    if asking.progress is not None:
                        asking.progress(name, len(found), len(questions))
                together.library.close()
    return found


def _answered(
    workspace: Workspace, question: LabelledQuestion, together: Stocked, folder: Path, generate: bool
) -> AnsweredQuestion:
    # Of the whole set first: what is remembered from asking before would make it quicker than it is.
    of_set = _shown(workspace, question, together, generate)
    own = stock(workspace, f"own-{len(workspace.libraries())}", dict.fromkeys(question.pages), folder)
    try:
        return AnsweredQuestion(question, _shown(workspace, question, own, generate), of_set)
    finally:
        own.library.close()


def scored_of(workspace: Workspace, question: str, stocked: Stocked) -> tuple[Asked, Found, Scored]:
    """What the first search of a question comes to, stage by stage, as an answer to it would."""
    settings = workspace.settings
    asked = spelt_as(ask(question, stocked.library.name, False, (), settings), stocked.library)
    found = search(asked, stocked.library, workspace.embedder, settings.search_limit)
    judged = judge(asked, found, workspace.judge(stocked.library), settings.search_limit)
    return asked, found, read(asked, judged, workspace.reader)


def _shown(workspace: Workspace, question: LabelledQuestion, stocked: Stocked, generate: bool) -> ShownAnswer:
    name = stocked.library.name
    steps = journey(workspace, question.question, library=name, generate=generate, keep=False)
    receipt = next(step.receipt for step in steps if isinstance(step, Finished))
    _, _, scored = scored_of(workspace, question.question, stocked)
    first = scored.candidates[0] if scored.candidates else None
    ours = (first.judged.hit.document.id, first.start, first.end) if first else None
    return ShownAnswer(
        claims=receipt.overview.claims,
        word=receipt.overview.verdict.answer if receipt.overview.verdict else "",
        evidence=stocked.places(question.evidence),
        firsts={OURS: ours, **firsts(question.question, stocked.library, workspace.embedder)},
        first_text=first.text if first else "",
        probability=first.probability if first else 0.0,
        seconds=receipt.meter.seconds,
    )
