"""Which sentences are shown: quotes first, each with the sources that carry it.

A second source that says the same joins the first one's citations; one that says something else is shown
beside it, marked as disputed. Nothing is averaged.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.language.quantities.conversion import dimension
from clearspan.language.sentences import Sentence
from clearspan.overview.answering.chains.pairing import Chain
from clearspan.overview.answering.reader.calibration import SECOND
from clearspan.overview.answering.select import Candidate
from clearspan.overview.calculate import in_asked_unit, is_difference, target_unit
from clearspan.overview.question import Question, wanted_quantities
from clearspan.receipts import Check, Claim, Dropped, Source

_NEAR_BEST = 0.6
"""A third quote must be at least this share as probable as the best one; a second is judged together with it."""

_SURE = 0.5
"""Probability from which a quote is the answer by itself."""

_MUCH_HIGHER = 0.4
"""Difference of standing from which a source is not disputed by another, e.g. reporting by promotion."""

_SAME_WORDS = 0.75
_SAME_SUBJECT = 0.4
_SAME_THING = 0.6


@dataclass(frozen=True, slots=True)
class Quotes:
    """Chosen sentences: `main` in reading order with those that corroborate each, and who disagrees.

    `lead` is told before them and answers nothing by itself.
    """

    main: tuple[Candidate, ...]
    corroborating: dict[int, tuple[Candidate, ...]]
    disputed: frozenset[int]
    dropped: tuple[Dropped, ...]
    lead: Candidate | None = None


def choose(
    question: Question,
    candidates: Sequence[Candidate],
    threshold: float,
    most: int,
    chain: Chain | None = None,
) -> Quotes:
    """Choose at most `most` quotes among believed candidates, most probable first; one more if it disagrees.

    Of a chain, its own sentences are chosen; others only corroborate or dispute them.
    """
    believed = [c for c in candidates if c.believed and c.probability >= threshold]
    # Between sentences that answer about equally well, the source of higher standing speaks first.
    believed.sort(key=lambda c: c.probability + 0.2 * c.judged.source.standing, reverse=True)
    lead = chain.first if chain and chain.leads else None
    main: list[Candidate] = [one for one in chain.both if one is not lead] if chain else []
    corroborating: dict[int, tuple[Candidate, ...]] = {}
    disputed: set[int] = set()
    dropped: list[Dropped] = []
    for candidate in believed:
        if any(_overlap(candidate, other) for other in (*main, *([lead] if lead else []))):
            continue
        index = _same_statement(question, candidate, main)
        if index is not None:
            if not any(one_witness(candidate, c) for c in (main[index], *corroborating.get(index, ()))):
                corroborating[index] = (*corroborating.get(index, ()), candidate)
            continue
        rivals = [i for i, other in enumerate(main) if _disagree(question, candidate, other)]
        if any(_outranks(main[i], candidate) for i in rivals):
            dropped.append(_dropped(candidate, "says otherwise than a source of much higher standing"))
            continue
        if rivals and len(main) <= most:
            disputed |= {*rivals, len(main)}
            main.append(candidate)
        elif chain or len(main) >= most or (main and not _worth_adding(question, candidate, main)):
            dropped.append(_dropped(candidate, "answers less well than what is shown"))
        else:
            main.append(candidate)
    order = sorted(range(len(main)), key=lambda i: reading_order(main[i], i in disputed))
    return Quotes(
        main=tuple(main[i] for i in order),
        corroborating={order.index(i): extra for i, extra in corroborating.items()},
        disputed=frozenset(order.index(i) for i in disputed),
        dropped=tuple(dropped[:8]),
        lead=lead,
    )


def number_sources(sources: Sequence[Source], cited: Sequence[str]) -> tuple[Source, ...]:
    """Give numbers to believed sources, cited ones first in the order of their citation.

    Args:
        cited: ids of documents in the order in which claims cite them, each once.
    """
    first = {document_id: number for number, document_id in enumerate(cited, 1)}
    rest = [s for s in sources if s.believed and s.document_id not in first]
    numbers = first | {source.document_id: len(first) + i for i, source in enumerate(rest, 1)}
    ordered = sorted((s for s in sources if s.document_id in first), key=lambda s: first[s.document_id])
    others = [s for s in sources if not s.believed and s.document_id not in first]
    return tuple(
        source.model_copy(update={"number": numbers.get(source.document_id)})
        for source in (*ordered, *rest, *others)
    )


def firmest(candidates: Sequence[Candidate], threshold: float) -> list[Candidate]:
    """The candidates without those of pages that may be satire, wherever a believed one of another page answers."""
    firm = [c for c in candidates if not c.believed or c.judged.source.may_be_satire is None]
    answered = any(c.believed and c.probability >= threshold for c in firm)
    return firm if answered else list(candidates)


def attributed(claims: Sequence[Claim], sources: Sequence[Source]) -> tuple[Claim, ...]:
    """The claims, each attributed whose every witness may be satire: such a page is never the only one for a fact."""
    doubtful = {source.document_id for source in sources if source.may_be_satire is not None}
    told: list[Claim] = []
    for claim in claims:
        if claim.citations and all(citation.document_id in doubtful for citation in claim.citations):
            who = claim.citations[0].publisher or claim.citations[0].title
            claim = claim.model_copy(update={"attribution": f"according to {who}, which may be satire"})
        told.append(claim)
    return tuple(told)


def converted_claim(question: Question, claims: Sequence[Claim]) -> Claim | None:
    """The quoted quantity in the unit that the question asks for, when the quote has it only in another."""
    target = target_unit(question.text)
    stating = next((one for one in claims if one.role != "context"), None)
    if target is None or stating is None or stating.origin != "quoted":
        return None
    stated = [q for q in wanted_quantities(question, Sentence(stating.text)) if q.unit]
    fitting = [q for q in stated if dimension(q.unit) == dimension(target)]
    if not fitting or any(q.unit == target or is_difference(q, stating.text) for q in fitting):
        return None
    calculation = in_asked_unit(fitting[0], target)
    return Claim(
        text=f"{fitting[0].text} is about {calculation.result}.",
        origin="calculated",
        support=stating.support,
        score=stating.score,
        checks=(Check(name="calculation", score=1.0, detail=calculation.method),),
        citations=stating.citations[:1],
        calculation=calculation,
    )


def _same_statement(question: Question, candidate: Candidate, main: Sequence[Candidate]) -> int | None:
    own = candidate.sentence.stems
    values = wanted_quantities(question, candidate.sentence)
    for index, other in enumerate(main):
        theirs = other.sentence.stems
        alike = len(own & theirs) / max(1, min(len(own), len(theirs)))
        shared = [a for a in values for b in wanted_quantities(question, other.sentence) if a.same(b)]
        if alike >= _SAME_WORDS and (shared or not values):
            return index
        if shared and alike >= _SAME_SUBJECT:
            return index
    return None


def _disagree(question: Question, candidate: Candidate, other: Candidate) -> bool:
    """Whether two documents give different values of the wanted kind for what looks like the same thing."""
    if candidate.judged.source.document_id == other.judged.source.document_id:
        return False
    mine = wanted_quantities(question, candidate.sentence)
    theirs = wanted_quantities(question, other.sentence)
    comparable = [(a, b) for a in mine for b in theirs if a.dimension == b.dimension]
    if not comparable or any(a.consistent(b) for a, b in comparable):
        return False
    own, others = candidate.sentence.stems, other.sentence.stems
    telling = set(question.telling)
    # Rows about two animals share their column names; only what the question names tells them apart.
    if telling & own != telling & others:
        return False
    return telling <= own or len(own & others) / max(1, min(len(own), len(others))) >= _SAME_THING


def _overlap(candidate: Candidate, other: Candidate) -> bool:
    same = candidate.judged.source.document_id == other.judged.source.document_id
    return same and candidate.start < other.end and other.start < candidate.end


def one_witness(candidate: Candidate, other: Candidate) -> bool:
    """Whether both come from one witness: a document, a publisher, or a text that several repeat."""
    one, two = candidate.judged.source, other.judged.source
    return one.document_id == two.document_id or (one.witness > 0 and one.witness == two.witness)


def _outranks(candidate: Candidate, other: Candidate) -> bool:
    return candidate.judged.source.standing >= other.judged.source.standing + _MUCH_HIGHER


def _worth_adding(question: Question, candidate: Candidate, main: Sequence[Candidate]) -> bool:
    near = SECOND if len(main) == 1 else _NEAR_BEST
    if candidate.probability < near * main[0].probability:
        return False
    # One quote that surely carries the value asked for is the whole answer; more of them would only blur it.
    sure = main[0].probability >= _SURE and question.wants - {"reason"}
    return not (sure and any(wanted_quantities(question, c.sentence) for c in main))


def reading_order(candidate: Candidate, disputed: bool) -> tuple[float, float]:
    """Where a quote stands: disputed ones first, the newest of them first; then the most probable."""
    if disputed:
        digits = (candidate.judged.source.date or "0").replace("-", "").ljust(8, "0")
        return (0.0, -float(digits))
    return (1.0, -candidate.probability)


def _dropped(candidate: Candidate, why: str) -> Dropped:
    return Dropped(text=candidate.text, origin="quoted", why=why, checks=candidate.checks)
