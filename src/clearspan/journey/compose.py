"""Which sentences are shown, with proved citations: the floor of every answer, or the reason why there is none."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clearspan.errors import BadInput, ClearspanError, NotFound
from clearspan.faults import Conflict
from clearspan.journey.asked import Asked
from clearspan.journey.read import Scored
from clearspan.journey.search import Found
from clearspan.journey.tabled import from_tables
from clearspan.language.words import stems
from clearspan.overview.answering import abstain, compose, conflict, question_odds, shaping, subjects
from clearspan.overview.answering.answerability.model import Answerability, assess
from clearspan.overview.answering.chains.pairing import SEVERAL, Chain, chain_of, holds, raised
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.select import Candidate, passage_stems
from clearspan.overview.answering.shapes.assemble import assemble, blended
from clearspan.overview.answering.shapes.fact import fact
from clearspan.overview.answering.shapes.given import AnswerReading, DocumentSpan
from clearspan.overview.answering.surroundings import ReadAround, Windows, windows
from clearspan.overview.answering.tables.claims import TableClaims
from clearspan.overview.proof import citing
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Abstention, Check, Claim, Dropped, Layout, Source, Verdict
from clearspan.settings import Settings
from clearspan.tiers.calculator import Calculator
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.models.serving.engine import LanguageModel

_WITNESSES = 2
"""Independent sources that a sentence in the machine's own words needs on a careful subject."""

_ONE_ANSWER = frozenset({"fact", "yes_no", "number", "multi_hop", "table"})
"""Kinds of question that have one answer: only there do sources that say different things disagree."""

_SURELY_ALONE = 0.7
"""Probability from which one sentence answers a question of several hops. Of 21 held-out questions whose chain was not
sure six had a sentence from .6 on, right once, and one from .7 on: a decision more than a measurement."""

_WORD = re.compile(r"\w[\w’'-]*")

_MAY_ANSWER = 0.3
"""Share of the threshold from which a sentence has its document read around it: it may be half of an answer."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is shown before any model speaks: claims, or an abstention; never both.

    Attributes:
        sources: cited ones first, numbered.
        quotes_only: whether nothing in the machine's own words may join them.
        layout: the shape of the claims.
        verdict: the one word that answers a yes/no question.
        missing: what was asked and is not answered, each a sentence.
        more: whether a list goes on beyond the claims.
    """

    claims: tuple[Claim, ...] = ()
    abstention: Abstention | None = None
    sources: tuple[Source, ...] = ()
    conflict: Conflict | None = None
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    quotes_only: bool = False
    layout: Layout = "fact"
    verdict: Verdict | None = None
    missing: tuple[str, ...] = ()
    more: bool = False


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
    asked: Asked,
    found: Found,
    scored: Scored,
    instruments: Instruments,
    settings: Settings,
) -> Chosen:
    """Choose the quotes, give them the question's shape, number the sources, prove the citations; else abstain."""
    question = asked.question
    assessed = assess(question.text, found.embedder)
    threshold = settings.answer_threshold
    every = compose.firmest(scored.candidates, threshold)
    if told := from_tables(asked, found, scored, every, threshold):
        return _tabled(told, found, scored, settings, instruments)
    weighed = _weighed(asked, found, scored, every, assessed, threshold)
    every, read, least, chain = weighed.every, weighed.read, weighed.least, weighed.chain
    kinds = blended(question, scored.kinds)
    quotes = compose.choose(question, weighed.readable, least, settings.max_quotes, chain)
    # Two sentences of one chain say different things, and both are so.
    sides = () if chain else conflict.sides(question, weighed.readable, least)
    if conflict.cause(sides) != "readings" and max(kinds, key=lambda kind: kinds[kind]) not in _ONE_ANSWER:
        sides = ()
    sides = sides or conflict.of_quotes(question, quotes)
    why = conflict.cause(sides)
    quotes = conflict.with_sides(quotes, sides, disputed=why != "readings")
    if chain:
        every = raised(every, quotes.main)
    given = shaping.given(
        question, every, quotes, read, _reading(scored, kinds), least, threshold, settings.max_quotes
    )
    # Each side of a disagreement is told by itself: no shape may choose between them.
    answer = assemble(given, fact if sides else None)
    cited = shaping.cited_documents(answer, given, quotes) if answer else []
    sources = compose.number_sources(scored.sources, cited)
    shaped = shaping.claims_of(answer, given, quotes, read, sources) if answer else ()
    proof = citing.prove_quotes(shaped, _opened(found, read), settings.support_threshold, instruments)
    dropped = (*quotes.dropped, *proof.dropped)
    if answer is None or not proof.claims:
        silence = _abstention(
            asked,
            found,
            replace(scored, sources=sources, candidates=tuple(weighed.readable)),
            assessed,
            threshold,
        )
        noted = (scored.note,) if scored.note else ()
        return Chosen(abstention=silence, sources=sources, dropped=dropped, notes=noted)
    claims = compose.attributed(proof.claims, sources)
    differing = conflict.record(question, sides, why, claims, sources)
    careful = _carefully(question.text, claims, sources, settings)
    doubtful = _doubtfully(claims)
    unnamed = _unnamed(asked, found)
    converted = None if doubtful else compose.converted_claim(question, claims)
    return Chosen(
        claims=(*claims, converted) if converted else claims,
        sources=sources,
        conflict=differing,
        dropped=dropped,
        notes=tuple(
            note
            for note in (scored.note, differing.note if differing else "", unnamed, careful, doubtful)
            if note
        ),
        quotes_only=bool(careful or unnamed) or any(claim.attribution for claim in claims),
        # A figure that may be of another thing is not set large above its quote.
        layout="fact" if unnamed and answer.layout == "number" else answer.layout,
        verdict=answer.verdict,
        missing=answer.missing,
        more=answer.more,
    )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Candidates that may be chosen.

    Attributes:
        every: all of them, each with its own probability.
        readable: as they can be quoted; those of a chain and its rivals with the probability of the chain.
        read: the documents around them.
        least: probability from which one is chosen.
        chain: the two that answer only together, where the question needs two.
    """

    every: Sequence[Candidate]
    readable: Sequence[Candidate]
    read: Windows
    least: float
    chain: Chain | None


def _weighed(
    asked: Asked,
    found: Found,
    scored: Scored,
    every: Sequence[Candidate],
    assessed: Answerability,
    threshold: float,
) -> _Weighed:
    # Pages that may be satire are in a chain only where no other two answer.
    firm = [one for one in every if one.judged.source.may_be_satire is None]
    for able in (firm, every):
        chain = chain_of(asked.question, able, scored.kinds)
        if chain is None:
            continue
        least = question_odds.least(assessed, chain.both, chain.probability, threshold)
        if chain.probability >= least:
            lifted = raised(every, (*chain.both, *chain.rivals))
            read = _read_around(lifted, found, threshold)
            readable = shaping.readable(lifted, read)
            if holds(readable, chain):
                return _Weighed(every, readable, read, least, chain)
    least = question_odds.least(assessed, every, scored.answered, threshold)
    if scored.kinds["multi_hop"] >= SEVERAL:
        # Of several hops one is no answer, unless a single sentence surely is.
        least = max(least, _SURELY_ALONE)
    read = _read_around(every, found, threshold)
    return _Weighed(every, shaping.readable(every, read), read, least, None)


def _tabled(
    told: TableClaims, found: Found, scored: Scored, settings: Settings, instruments: Instruments
) -> Chosen:
    """What a table says, with its citations proved."""
    sources = compose.number_sources(scored.sources, [told.answer.table.document_id])
    opened = {**found.opened, **told.opened}
    proof = citing.prove_quotes(told.claims, opened, settings.support_threshold, instruments)
    noted = (scored.note,) if scored.note else ()
    return Chosen(proof.claims, sources=sources, dropped=proof.dropped, notes=noted, layout="table")


def _reading(scored: Scored, kinds: Mapping[AskedFor, float]) -> AnswerReading:
    """What was read besides the probabilities: short answers and yes or no, by where their sentences stand."""
    answers: dict[DocumentSpan, tuple[int, int]] = {}
    yes: dict[DocumentSpan, float] = {}
    for one in scored.candidates:
        place = (one.judged.source.document_id, one.start, one.end)
        if one.short is not None:
            answers[place] = (one.start + one.short.start, one.start + one.short.end)
        if one.yes is not None:
            yes[place] = one.yes
    return AnswerReading(kinds, answers, yes)


def _read_around(candidates: Sequence[Candidate], found: Found, threshold: float) -> Windows:
    """The documents whose sentences may answer, read around these: lists and pronouns begin further up."""
    wanted: dict[str, set[int]] = {}
    taken: dict[str, tuple[tuple[int, int], ...]] = {}
    for one in candidates:
        if one.believed and one.probability >= _MAY_ANSWER * threshold:
            document_id = one.judged.source.document_id
            wanted.setdefault(document_id, set()).add(one.judged.hit.passage.index)
            taken[document_id] = one.judged.copied
    read: dict[str, tuple[ReadAround, ...]] = {}
    for document_id, indices in wanted.items():
        # A document that was removed since the search is quoted as it was found.
        with suppress(NotFound):
            document = found.library.document(document_id)
            passages = found.library.passages_of(document_id)
            read[document_id] = windows(document, passages, sorted(indices), taken[document_id])
    return read


def _opened(found: Found, read: Windows) -> dict[str, str]:
    """Passage id → its text, of each passage that was found or read around one that was."""
    passages = [passage for around in read.values() for window in around for passage in window.passages]
    return {**found.opened, **{passage.id: passage.text for passage in passages}}


def _doubtfully(quoted: Sequence[Claim]) -> str:
    """That only doubtful pages answer; empty where any other does."""
    if not all(claim.attribution for claim in quoted):
        return ""
    return "Only pages that may be satire answer this; nobody else in the library says so."


def _unnamed(asked: Asked, found: Found) -> str:
    """That nothing that was found says a name of the question; empty where all are said.

    It takes nothing away: on held-out questions answers without the name were right as often as others, since a page
    may say it in another way. But a reader who does not know the subject must be told.
    """
    said = frozenset[str]().union(
        *(passage_stems(hit.passage.text) | stems(hit.document.title) for hit in found.hits)
    )
    unsaid = asked.question.names - said
    lacking = [word for word in _WORD.findall(asked.question.text) if stems(word) & unsaid]
    if not lacking:
        return ""
    named = ", ".join(f"“{word}”" for word in dict.fromkeys(lacking))
    return f"No page that was found says {named}: what is quoted may be about something else."


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
