"""Which sentences are shown, with proved citations: the floor of every answer, or the reason why there is none."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.errors import BadInput, ClearspanError
from clearspan.faults import Conflict
from clearspan.journey.asked import Asked
from clearspan.journey.judge import Scored
from clearspan.journey.search import Found
from clearspan.overview.answering import abstain, compose, conflict, question_odds, subjects
from clearspan.overview.answering.answerability.model import Answerability, assess
from clearspan.overview.proof import citing
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Abstention, Check, Claim, Dropped, Source
from clearspan.settings import Settings
from clearspan.tiers.calculator import Calculator
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.models.serving.engine import LanguageModel

_WITNESSES = 2
"""Independent sources that a sentence in the machine's own words needs on a careful subject."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is shown before any model speaks: claims, or an abstention; never both.

    Attributes:
        sources: cited ones first, numbered.
        quotes_only: whether nothing in the machine's own words may join them.
    """

    claims: tuple[Claim, ...] = ()
    abstention: Abstention | None = None
    sources: tuple[Source, ...] = ()
    conflict: Conflict | None = None
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    quotes_only: bool = False


def calculated(asked: Asked, calculator: Calculator) -> Chosen:
    """The calculated claim; an abstention where the calculation has no result."""
    try:
        calculation = calculator.calculate(asked.question.text)
    except BadInput as error:
        return Chosen(abstention=abstain.cannot_calculate(error.what, error.why, error.do))
    claim = Claim(
        text=f"{calculation.expression} = {calculation.result}",
        origin="calculated",
        support="supported",
        score=1.0,
        checks=(Check(name="calculation", score=1.0, detail=calculation.method),),
        calculation=calculation,
    )
    return Chosen((claim,))


def instruments_for(asked: Asked, found: Found, workspace: Workspace) -> Instruments:
    """What verification may ask: the model only where the settings say so, and it may write and nobody waits for it.

    Raises:
        ClearspanError: the settings name a claim checker that cannot be had.
    """
    model: LanguageModel | None = None
    if workspace.settings.verify_with_model and not asked.no_writer and not workspace.model_state():
        with suppress(ClearspanError):  # the weights without it are calibrated for that
            model = workspace.model
    return Instruments(found.embedder, model, workspace.checker)


def choose(
    asked: Asked, found: Found, scored: Scored, instruments: Instruments, settings: Settings
) -> Chosen:
    """Choose the quotes, number the sources, prove the citations; abstain when nothing believed answers."""
    question, threshold = asked.question, settings.answer_threshold
    assessed = assess(question.text, found.embedder)
    weighed = question_odds.weigh(scored.candidates, assessed)
    quotes = compose.choose(question, weighed, threshold, settings.max_quotes)
    sides = conflict.sides(question, weighed, threshold) or conflict.of_quotes(question, quotes)
    why = conflict.cause(sides)
    quotes = conflict.with_sides(quotes, sides, disputed=why != "readings")
    sources = compose.number_sources(scored.sources, quotes)
    proof = citing.prove_quotes(
        compose.quoted_claims(quotes, sources), found.opened, settings.support_threshold, instruments
    )
    dropped = (*quotes.dropped, *proof.dropped)
    if not proof.claims:
        silence = _abstention(
            asked, found, Scored(sources, tuple(weighed), scored.kinds), assessed, threshold
        )
        return Chosen(abstention=silence, sources=sources, dropped=dropped)
    differing = conflict.record(question, sides, why, proof.claims, sources)
    careful = _carefully(question.text, proof.claims, sources, settings)
    converted = compose.converted_claim(question, proof.claims)
    return Chosen(
        claims=(*proof.claims, converted) if converted else proof.claims,
        sources=sources,
        conflict=differing,
        dropped=dropped,
        notes=tuple(note for note in (differing.note if differing else "", careful) if note),
        quotes_only=bool(careful),
    )


def _carefully(question: str, quoted: Sequence[Claim], sources: Sequence[Source], settings: Settings) -> str:
    """Why only quotes are shown: a careful subject without two independent sources. Empty where it is none."""
    subject = subjects.touched(question, settings.careful_subjects)
    if subject is None:
        return ""
    count = max(subjects.witnesses(sources, (c.number for c in one.citations)) for one in quoted)
    return subjects.note(subject, count) if count < _WITNESSES else ""


def _abstention(
    asked: Asked, found: Found, scored: Scored, assessed: Answerability, threshold: float
) -> Abstention:
    documents, passages = found.library.counts()
    if documents == 0:
        return abstain.empty_library(asked.library)
    searched = (
        f"{documents:,} documents ({passages:,} passages) of the library '{asked.library}'",
        "words: " + ", ".join(asked.question.spoken),
    )
    return abstain.unanswered(
        asked.question, scored.candidates, scored.sources, threshold, searched, assessed
    )
