"""From scored sentences to what a shape is made from, and from a shape to claims with their citations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clearspan.language.sentences import Sentence
from clearspan.overview.answering.compose import Quotes
from clearspan.overview.answering.select import Candidate
from clearspan.overview.answering.shapes.given import AnswerReading, DocumentSpan, Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, ShapedClaim, Spot
from clearspan.overview.answering.statements.statement import QuotableStatement
from clearspan.overview.answering.surroundings import ReadAround, Windows
from clearspan.overview.question import Question
from clearspan.receipts import Check, Citation, Claim, Source


def readable(candidates: Sequence[Candidate], read: Windows) -> list[Candidate]:
    """Candidates as they can be quoted: a sentence that introduces a list is its first item, which brings it along.

    Those of believed documents that say nothing alone are left out: fragments, questions, page chrome.
    """
    kept: list[Candidate] = []
    for one in candidates:
        if not one.believed or _document(one) not in read or _statement(one, read):
            kept.append(one)
        elif first := _introduced(one, read):
            words = Sentence(first.text, first.start - one.judged.hit.passage.start)
            kept.append(replace(one, sentence=words, short=None))
    return kept


def given(
    question: Question,
    candidates: Sequence[Candidate],
    quotes: Quotes,
    read: Windows,
    reading: AnswerReading,
    threshold: float,
    sure: float,
    most: int,
) -> Given:
    """What a shape is made from: all statements of the windows with the probabilities of their sentences."""
    probabilities: dict[DocumentSpan, float] = {}
    introduced: dict[DocumentSpan, float] = {}
    for one in candidates:
        if one.believed and (found := _statement(one, read)):
            key = (_document(one), found.start, found.end)
            probabilities[key] = max(one.probability, probabilities.get(key, 0.0))
        elif one.believed:
            introduced[_document(one), one.start, one.end] = one.probability
    scored = [
        replace(each, probability=_probability(each, probabilities, introduced))
        for document in read
        for window in read[document]
        for each in _unscored(window, reading)
    ]
    by_key = {(one.source, one.start, one.end): one for one in scored}
    chosen = [by_key.get(_key(one, read)) or _as_it_is(one) for one in quotes.main]
    lead = quotes.lead and replace(
        by_key.get(_key(quotes.lead, read)) or _as_it_is(quotes.lead), probability=quotes.lead.probability
    )
    return Given(question, reading.kinds, scored, chosen, lead, threshold, sure, most)


def claims_of(
    answer: ShapedAnswer, asked: Given, quotes: Quotes, read: Windows, sources: Sequence[Source]
) -> tuple[Claim, ...]:
    """The claims of an answer, with who else says the same and what is disputed."""
    numbers = {source.document_id: source.number or 0 for source in sources}
    told = [one for index in range(len(quotes.main)) for one in _everyone(quotes, index)]
    candidates = {_document(one): one for one in (*([quotes.lead] if quotes.lead else []), *told)}
    made: list[Claim] = []
    places: dict[int, int] = {}
    for place, claim in enumerate(answer.claims):
        pieces = _within_passages(claim, read)
        made.extend(_claim(piece, asked, quotes, read, numbers, candidates) for piece in pieces)
        places[place] = len(made) - 1
    # What is calculated cites what it was calculated from.
    for place, claim in enumerate(answer.claims):
        if claim.calculation is not None:
            cited = tuple(made[places[at]].citations[0] for at in claim.taken_from)
            made[places[place]] = made[places[place]].model_copy(update={"citations": cited})
    return tuple(made)


def cited_documents(answer: ShapedAnswer, asked: Given, quotes: Quotes) -> list[str]:
    """Ids of the documents that the claims of an answer cite, in the order of their citation."""
    found: dict[str, None] = {}
    for claim in answer.claims:
        for one in claim.spots:
            found.setdefault(one.source)
        for candidate in _corroborating(claim, asked, quotes):
            found.setdefault(_document(candidate))
    return list(found)


def _unscored(window: ReadAround, reading: AnswerReading) -> list[ScoredStatement]:
    found: list[ScoredStatement] = []
    for one in window.found:
        made = ScoredStatement(one, window.text, window.start, window.document.id, window.document.title, 0.0)
        answer, yes = _read(made, reading)
        found.append(replace(made, answer=answer, yes=yes))
    return found


def _read(one: ScoredStatement, reading: AnswerReading) -> tuple[tuple[int, int] | None, float | None]:
    """Where the short answer stands in a statement, and how probably it says yes, as its sentences were read."""
    answer: tuple[int, int] | None = None
    for (source, *_), (start, end) in reading.answers.items():
        if source == one.source and one.start <= start and end <= one.end:
            answer = (start - one.start, end - one.start)
    said = [
        yes
        for (source, start, end), yes in reading.yes.items()
        if source == one.source and start < one.end and one.start < end
    ]
    return answer, max(said, key=lambda yes: abs(yes - 0.5), default=None)


def _probability(
    one: ScoredStatement,
    probabilities: Mapping[DocumentSpan, float],
    introduced: Mapping[DocumentSpan, float],
) -> float:
    own = probabilities.get((one.source, one.start, one.end), 0.0)
    # A sentence that introduces a list speaks for the items of it.
    inherited = [
        probability
        for (source, start, end), probability in introduced.items()
        if source == one.source and _introduces(start, end, one)
    ]
    return max((own, *inherited))


def _statement(candidate: Candidate, read: Windows) -> ScoredStatement | None:
    """The statement that a candidate is: the one that its last words stand in, for what comes before may be context."""
    last = candidate.end - 1
    for window in read.get(_document(candidate), ()):
        if window.start <= last < window.end:
            for one in window.found:
                if window.start + one.start <= last < window.start + one.end:
                    return ScoredStatement(
                        one, window.text, window.start, window.document.id, window.document.title, 0.0
                    )
    return None


def _introduced(candidate: Candidate, read: Windows) -> ScoredStatement | None:
    """The first item of the list that a candidate introduces; None where it introduces none."""
    for window in read.get(_document(candidate), ()):
        for one in window.found:
            own = ScoredStatement(
                one, window.text, window.start, window.document.id, window.document.title, 0.0
            )
            if one.item is not None and _introduces(candidate.start, candidate.end, own):
                return own
    return None


def _introduces(start: int, end: int, one: ScoredStatement) -> bool:
    """Whether a sentence is, or ends with, the one that stands right before an item's list."""
    stem = one.statement.context[-1:] if one.statement.item is not None else ()
    return any(start <= one.offset + each.start and one.offset + each.end <= end for each in stem)


def _as_it_is(candidate: Candidate) -> ScoredStatement:
    """A candidate of a document that was not read around, quoted as it was scored."""
    hit = candidate.judged.hit
    plain = QuotableStatement(candidate.sentence, "prose", (), hit.passage.heading)
    return ScoredStatement(
        plain, hit.passage.text, hit.passage.start, hit.document.id, hit.document.title, candidate.probability
    )


def _key(candidate: Candidate, read: Windows) -> DocumentSpan:
    found = _statement(candidate, read)
    return (found.source, found.start, found.end) if found else (_document(candidate), -1, -1)


def _claim(
    claim: ShapedClaim,
    asked: Given,
    quotes: Quotes,
    read: Windows,
    numbers: Mapping[str, int],
    candidates: Mapping[str, Candidate],
) -> Claim:
    if claim.calculation is not None:
        return Claim(
            text=claim.says,
            origin="calculated",
            support="supported",
            score=1.0,
            checks=(Check(name="calculation", score=1.0, detail=claim.calculation.method),),
            calculation=claim.calculation,
            role=claim.role,
        )
    index = _main_index(claim, asked)
    own = [_cite(one, read, numbers, candidates) for one in claim.spots]
    others = [
        (hit := one.judged.hit).document.cited(
            hit.passage, one.start, one.end, one.text, numbers[_document(one)]
        )
        for one in _corroborating(claim, asked, quotes)
    ]
    exact = Check(name="exact quote", score=1.0, detail="stands word for word in the source")
    read_in = quotes.main[index].checks if index is not None and claim.role not in ("context", "stem") else ()
    # What is shown with a statement is shown because of it.
    probability = (claim.of.probability if claim.of else 0.0) or asked.best.probability
    return Claim(
        text=claim.shown,
        origin="quoted",
        support="disputed" if index in quotes.disputed else "supported",
        score=round(probability, 3),
        checks=(exact, *read_in),
        citations=(*own, *others),
        role=claim.role,
        mark=claim.mark,
        depth=claim.depth,
        emphasis=claim.emphasis,
    )


def _main_index(claim: ShapedClaim, asked: Given) -> int | None:
    return next((i for i, one in enumerate(asked.chosen) if one is claim.of or one == claim.of), None)


def _corroborating(claim: ShapedClaim, asked: Given, quotes: Quotes) -> tuple[Candidate, ...]:
    if claim.role in ("context", "stem") or (index := _main_index(claim, asked)) is None:
        return ()
    said = {one.source for one in claim.spots}
    return tuple(one for one in quotes.corroborating.get(index, ()) if _document(one) not in said)


def _everyone(quotes: Quotes, index: int) -> tuple[Candidate, ...]:
    return (quotes.main[index], *quotes.corroborating.get(index, ()))


def _cite(
    spot: Spot, read: Windows, numbers: Mapping[str, int], candidates: Mapping[str, Candidate]
) -> Citation:
    """A citation of exactly a span; of a document that was not read around, the passage that was found."""
    span = (spot.start, spot.end, spot.text, numbers.get(spot.source, 0))
    for window in read.get(spot.source, ()):
        for passage in window.passages:
            if passage.start <= spot.start and spot.end <= passage.end:
                return window.document.cited(passage, *span)
    hit = candidates[spot.source].judged.hit
    return hit.document.cited(hit.passage, *span)


def _within_passages(claim: ShapedClaim, read: Windows) -> list[ShapedClaim]:
    """A claim, cut where its quote goes on in another passage: a citation stands within one."""
    if claim.spot is None:
        return [claim]
    spot, pieces = claim.spot, list[ShapedClaim]()
    edges = [
        passage.end
        for window in read.get(spot.source, ())
        for passage in window.passages
        if spot.start < passage.end < spot.end
    ]
    shown = 0
    for start, end in zip([spot.start, *edges], [*edges, spot.end], strict=True):
        text = spot.text[start - spot.start : end - spot.start]
        first = start + len(text) - len(text.lstrip())
        piece = replace(claim, spot=Spot(spot.source, first, first + len(text.strip()), text.strip()))
        length = len(piece.shown)
        at = claim.emphasis
        inside = at is not None and shown <= at[0] and at[1] <= shown + length
        pieces.append(replace(piece, emphasis=(at[0] - shown, at[1] - shown) if at and inside else None))
        shown += length + 1
    return [replace(pieces[0], also=claim.also), *(replace(one, mark="", also=()) for one in pieces[1:])]


def _document(candidate: Candidate) -> str:
    return candidate.judged.source.document_id
