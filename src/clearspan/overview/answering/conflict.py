"""Where believable sources say different things: each side is shown with who says it and when; nothing is averaged.

Sides that speak of different things of one name are readings of the question, not a quarrel.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clearspan.faults import Conflict, ConflictCause, ConflictSide
from clearspan.language.words import stems
from clearspan.overview.answering import agreement
from clearspan.overview.answering.compose import Quotes, one_witness, reading_order
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import Question
from clearspan.receipts import Claim, Source

MOST_SIDES = 6
"""Sides that are shown; a reader does not weigh more."""

_SINGLE = re.compile(
    r"^\W*(?:who|whom|whose|when|where|(?:in\s+)?(?:what|which)(?!\s+(?:are|were)\b)|how\s+(?!do\b|does\b|did\b|can\b))",
    re.IGNORECASE,
)
_DEFINING = 0.2
"""Share of the threshold that a sentence needs which says what the named thing is; words asked for may be missing."""

_CARRYING = 0.4
"""The same for a sentence with a quantity of the wanted kind and all words of the question but its names."""

_TWO = 2
_AS_MUCH = 0.5
"""Share of the words asked about that a sentence needs, of those that the best one has, to answer the same."""

_YEARS_APART = 1.0
_MUCH_HIGHER = 0.4


@dataclass(frozen=True, slots=True)
class Side:
    """What one or more sources say: the sentence that is quoted, those that say the same, the value, of what."""

    quoted: Candidate
    others: tuple[Candidate, ...]
    value: str
    subject: str


def sides(question: Question, candidates: Sequence[Candidate], threshold: float) -> tuple[Side, ...]:
    """The different answers of believed documents to a question that has one, best first; fewer than two is none.

    A document speaks through its best sentence. One that only defines the thing of that name speaks too, if at least
    two do: then the question may mean several things, and each is named.
    """
    if (
        not (_SINGLE.search(question.text) or agreement.asks_yes_or_no(question))
        or "reason" in question.wants
        or not question.names
    ):
        return ()
    found: list[Side] = []
    for candidate in _speakers(question, candidates, threshold):
        same = next(
            (i for i, side in enumerate(found) if agreement.agree(question, candidate, side.quoted)), None
        )
        if same is None:
            found.append(Side(candidate, (), "", agreement.subject(question, candidate)))
        else:
            side = found[same]
            found[same] = Side(side.quoted, (*side.others, candidate), side.value, side.subject)
    answered = any(side.quoted.probability >= threshold for side in found) and not question.wants - {
        "definition"
    }
    found = [
        side
        for side in found
        if answered
        or side.quoted.probability >= threshold
        or agreement.carries(question, side.quoted)
        or all(_told_apart(side, other) for other in found if other is not side)
    ]
    # Sides share the probability that one of them answers.
    if len(found) < _TWO or sum(side.quoted.probability for side in found) < threshold:
        return ()
    shown = found[:MOST_SIDES]
    texts = [side.quoted for side in shown]
    return tuple(
        Side(side.quoted, side.others, agreement.value(question, side.quoted, texts), side.subject)
        for side in shown
    )


def of_quotes(question: Question, quotes: Quotes) -> tuple[Side, ...]:
    """The sides among quotes that were chosen and found to disagree."""
    main = [quotes.main[i] for i in sorted(quotes.disputed)]
    return tuple(
        Side(
            quotes.main[i],
            quotes.corroborating.get(i, ()),
            agreement.value(question, quotes.main[i], main),
            agreement.subject(question, quotes.main[i]),
        )
        for i in sorted(quotes.disputed)
    )


def with_sides(quotes: Quotes, sides: Sequence[Side], *, disputed: bool) -> Quotes:
    """The quotes with every side of a conflict among them, the newest first; those of the sides' documents make way."""
    if len(sides) < _TWO:
        return quotes
    documents = {c.judged.source.document_id for side in sides for c in (side.quoted, *side.others)}
    rest = [i for i, one in enumerate(quotes.main) if one.judged.source.document_id not in documents]
    ordered = sorted(sides, key=lambda side: reading_order(side.quoted, disputed))
    return replace(
        quotes,
        main=(*(side.quoted for side in ordered), *(quotes.main[i] for i in rest)),
        corroborating={i: _witnesses(side) for i, side in enumerate(ordered)}
        | {
            len(sides) + place: quotes.corroborating[i]
            for place, i in enumerate(rest)
            if i in quotes.corroborating
        },
        disputed=frozenset(range(len(sides))) if disputed else frozenset(),
    )


def cause(found: Sequence[Side]) -> ConflictCause:
    """Why the sides differ: they speak of different things, they are of different years, or they disagree."""
    pairs = [(one, two) for i, one in enumerate(found) for two in found[i + 1 :]]
    if all(_different_things(one, two) for one, two in pairs):
        return "readings"
    years = [_year(side.quoted.judged.source.date) for side in found]
    dated = [year for year in years if year is not None]
    if len(dated) == len(found) and len(found) > 1:
        ordered = sorted(dated, reverse=True)
        if ordered[0] - ordered[1] >= _YEARS_APART:
            return "age"
    return "disagreement"


def record(
    question: Question,
    found: Sequence[Side],
    why: ConflictCause,
    claims: Sequence[Claim],
    sources: Sequence[Source],
) -> Conflict | None:
    """The conflict as the receipt keeps it, newest or best witnessed side first; None when claims show only one."""
    numbered = {source.document_id: source for source in sources}
    made: list[ConflictSide] = []
    for side in found:
        documents = [c.judged.source.document_id for c in (side.quoted, *side.others)]
        shown = tuple(
            i
            for i, claim in enumerate(claims)
            if any(cited.document_id in documents for cited in claim.citations) and claim.origin == "quoted"
        )
        known = [numbered[each] for each in dict.fromkeys(documents) if each in numbered]
        if not shown or not known:
            continue
        witnesses = {source.witness or -position for position, source in enumerate(known, 1)}
        made.append(
            ConflictSide(
                value=side.value,
                subject=side.subject if why == "readings" else "",
                claims=shown,
                sources=tuple(source.number for source in known if source.number is not None),
                witnesses=len(witnesses),
                standing=max(source.standing for source in known),
                date=max((source.date for source in known if source.date), default=None),
            )
        )
    if len(made) < _TWO:
        return None
    made.sort(
        key=lambda side: (side.date or "" if why == "age" else "", side.witnesses, side.standing),
        reverse=True,
    )
    return Conflict(about=question.text, cause=why, sides=tuple(made), note=_note(why, made, numbered))


def _note(why: ConflictCause, made: Sequence[ConflictSide], numbered: dict[str, Source]) -> str:
    by_number = {source.number: source for source in numbered.values() if source.number is not None}
    named: list[str] = []
    for side in made:
        first = by_number.get(side.sources[0]) if side.sources else None
        who = (first.publisher or first.title) if first else "a source"
        more = f" and {side.witnesses - 1} more" if side.witnesses > 1 else ""
        named.append(f"{who}{more} ({side.date or 'undated'}): {side.value}")
    listed = "; ".join(named)
    if why == "readings":
        return f"The name may mean several things, and each source speaks of its own. {listed}."
    if why == "age":
        return f"The sources disagree, and their dates may explain it: the newest stands first. {listed}."
    return f"The sources disagree, and each side is shown; nothing here decides between them. {listed}."


def _witnesses(side: Side) -> tuple[Candidate, ...]:
    """Those that say the same as a side's quote, one for each witness."""
    kept = [side.quoted]
    for other in side.others:
        if not any(one_witness(other, known) for known in kept):
            kept.append(other)
    return tuple(kept[1:])


def _speakers(question: Question, candidates: Sequence[Candidate], threshold: float) -> list[Candidate]:
    """The best sentence of each believed document that speaks of what the question names, most probable first."""
    best: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: _worth(question, c), reverse=True):
        if not candidate.believed or not agreement.speaks_of(question, candidate):
            continue
        least = (
            _CARRYING
            if agreement.carries(question, candidate)
            else _DEFINING
            if agreement.says_what_it_is(question, candidate)
            else 1.0
        )
        if candidate.probability >= least * threshold:
            best.setdefault(candidate.judged.source.document_id, candidate)
    ordered = sorted(best.values(), key=lambda c: _worth(question, c), reverse=True)
    answering = [c for c in ordered if c.probability >= threshold]
    standing = max((c.judged.source.standing for c in answering), default=0.0)
    about = max((agreement.share_said(question, c) for c in answering), default=0.0)
    # 'How long' asks for metres or for minutes: what the surest sentence gives is what was meant.
    surest = max(ordered, key=lambda c: c.probability, default=None)
    meant = agreement.dimensions(question, surest) if surest else frozenset[str]()
    return [
        c
        for c in ordered
        if c.judged.source.standing > standing - _MUCH_HIGHER
        and (agreement.share_said(question, c) >= _AS_MUCH * about or agreement.says_what_it_is(question, c))
        and (not meant or not (own := agreement.dimensions(question, c)) or own & meant)
    ]


def _worth(question: Question, candidate: Candidate) -> float:
    # A sentence that carries the value asked for speaks for its document before one that merely reads alike.
    return candidate.probability + 0.3 * agreement.carries(question, candidate)


def _told_apart(one: Side, two: Side) -> bool:
    """Whether it is plain what sets two sides apart: other things of one name, or other words in one text."""
    return _different_things(one, two) or bool(agreement.change(one.quoted.text, two.quoted.text))


def _different_things(one: Side, two: Side) -> bool:
    """Whether two sides speak of different things of one name; altered copies of one text speak of the same thing."""
    if agreement.change(one.quoted.text, two.quoted.text):
        return False
    first, second = stems(one.subject), stems(two.subject)
    return bool(first - second and second - first)


def _year(date: str | None) -> float | None:
    if not date or not date[:4].isdigit():
        return None
    parts = [int(part) for part in re.findall(r"\d+", date)[:2]]
    return parts[0] + (parts[1] / 12 if len(parts) > 1 else 0.5)
