"""Where believable sources say different things: each side is shown with who says it and when; nothing is averaged.

Two sentences are held against each other by the value that is asked for (quantities, names), and where neither can be
read off, by the words that one has in the place of the other's: pages that were altered keep all others. Sides that
speak of different things of one name are readings of the question, not a quarrel.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from clearspan.language.words import STOPWORDS, stems, words
from clearspan.overview.answering.compose import Quotes, one_witness, reading_order
from clearspan.overview.answering.select import Candidate
from clearspan.overview.proof.numbers import NAME
from clearspan.overview.proof.vetoes import direction, negation
from clearspan.overview.question import Question, wanted_quantities
from clearspan.receipts import Claim, Conflict, ConflictCause, ConflictSide, Source

MOST_SIDES = 6
"""Sides that are shown; a reader does not weigh more."""

_SINGLE = re.compile(
    r"^\W*(?:who|whom|whose|when|where|(?:in\s+)?(?:what|which)(?!\s+(?:are|were)\b)|how\s+(?!do\b|does\b|did\b|can\b))",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must)\b", re.IGNORECASE
)
_DEFINES = re.compile(r"\b(?:is|was|are|were)\s+(?:an?|the|one)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)")
_NAMING = frozenset("known called named formerly née born of".split())
_ALTERED = 0.7
"""Share of words in the same order from which one sentence is an altered copy of the other."""

_LONGEST_CHANGE = 6
_SAME_FOCUS = 0.34
_DEFINING = 0.2
"""Share of the threshold that a sentence needs which says what the named thing is; words asked for may be missing."""

_CARRYING = 0.4
"""The same for a sentence with a quantity of the wanted kind and all words of the question but its names."""

_TWO, _STRAY = 2, 3
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
        not (_SINGLE.search(question.text) or _YES_NO.search(question.text))
        or "reason" in question.wants
        or not question.names
    ):
        return ()
    found: list[Side] = []
    for candidate in _speakers(question, candidates, threshold):
        same = next((i for i, side in enumerate(found) if _agree(question, candidate, side.quoted)), None)
        if same is None:
            found.append(Side(candidate, (), "", _subject(question, candidate)))
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
        or _carries(question, side.quoted)
        or all(_told_apart(side, other) for other in found if other is not side)
    ]
    if len(found) < _TWO:
        return ()
    shown = found[:MOST_SIDES]
    texts = [side.quoted for side in shown]
    return tuple(
        Side(side.quoted, side.others, _value(question, side.quoted, texts), side.subject) for side in shown
    )


def of_quotes(question: Question, quotes: Quotes) -> tuple[Side, ...]:
    """The sides among quotes that were chosen and found to disagree."""
    main = [quotes.main[i] for i in sorted(quotes.disputed)]
    return tuple(
        Side(
            quotes.main[i],
            quotes.corroborating.get(i, ()),
            _value(question, quotes.main[i], main),
            _subject(question, quotes.main[i]),
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
    return Quotes(
        main=(*(side.quoted for side in ordered), *(quotes.main[i] for i in rest)),
        corroborating={i: _witnesses(side) for i, side in enumerate(ordered)}
        | {
            len(sides) + place: quotes.corroborating[i]
            for place, i in enumerate(rest)
            if i in quotes.corroborating
        },
        disputed=frozenset(range(len(sides))) if disputed else frozenset(),
        dropped=quotes.dropped,
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
        if not candidate.believed or not _of_the_name(question, candidate):
            continue
        least = (
            _CARRYING
            if _carries(question, candidate)
            else _DEFINING
            if _defines(question, candidate)
            else 1.0
        )
        if candidate.probability >= least * threshold:
            best.setdefault(candidate.judged.source.document_id, candidate)
    ordered = sorted(best.values(), key=lambda c: _worth(question, c), reverse=True)
    answering = [c for c in ordered if c.probability >= threshold]
    standing = max((c.judged.source.standing for c in answering), default=0.0)
    about = max((_said(question, c) for c in answering), default=0.0)
    # 'How long' asks for metres or for minutes: what the surest sentence gives is what was meant.
    surest = max(ordered, key=lambda c: c.probability, default=None)
    meant = _dimensions(question, surest) if surest else frozenset[str]()
    return [
        c
        for c in ordered
        if c.judged.source.standing > standing - _MUCH_HIGHER
        and (_said(question, c) >= _AS_MUCH * about or _defines(question, c))
        and (not meant or not (own := _dimensions(question, c)) or own & meant)
    ]


def _dimensions(question: Question, candidate: Candidate) -> frozenset[str]:
    return frozenset(quantity.dimension for quantity in wanted_quantities(question, candidate.text))


def _said(question: Question, candidate: Candidate) -> float:
    """Share of what is asked about the named thing that the sentence speaks of."""
    asked = frozenset(question.telling) - question.names
    return len(asked & stems(f"{candidate.text} {candidate.judged.source.title}")) / max(1, len(asked))


def _worth(question: Question, candidate: Candidate) -> float:
    # A sentence that carries the value asked for speaks for its document before one that merely reads alike.
    return candidate.probability + 0.3 * _carries(question, candidate)


def _carries(question: Question, candidate: Candidate) -> bool:
    """Whether the sentence has a quantity of the kind that is asked for and every telling word of the question."""
    said = stems(f"{candidate.text} {candidate.judged.source.title}")
    return (
        bool(wanted_quantities(question, candidate.text)) and set(question.telling) - question.names <= said
    )


def _of_the_name(question: Question, candidate: Candidate) -> bool:
    said = stems(f"{candidate.judged.source.title} {candidate.text}")
    return question.names <= said or question.names <= stems(candidate.judged.hit.passage.text)


def _defines(question: Question, candidate: Candidate) -> bool:
    """Whether the sentence says of the named thing what it is: nothing but the name stands before 'is a …'."""
    if question.wants - {"name", "place", "definition"}:
        return False
    match = _DEFINES.search(candidate.text)
    before = candidate.text[: match.start()] if match else ""
    bare = _ASIDE.sub(" ", before)
    others = [
        word for word in bare.split() if word.islower() and word not in STOPWORDS and word not in _NAMING
    ]
    return question.names <= stems(before) and len(others) <= _STRAY


def _agree(question: Question, one: Candidate, two: Candidate) -> bool:
    """Whether two sentences give one answer."""
    if (
        one.judged.source.witness
        and one.judged.source.witness == two.judged.source.witness
        and one.text == two.text
    ):
        return True
    if _YES_NO.search(question.text):
        said = (negation(one.text, [two.text]), direction(one.text, [two.text]))
        return all(check.score == 1.0 for check in said)
    mine, theirs = wanted_quantities(question, one.text), wanted_quantities(question, two.text)
    if mine and theirs:
        return any(a.same(b) for a in mine for b in theirs)
    change = _change(one.text, two.text)
    if change is not None:
        return not change
    asked = stems(question.text)
    if "name" in question.wants:
        names = [_new_names(each.text, asked) for each in (one, two)]
        if all(names):
            return bool(names[0] & names[1])
    own, other = stems(one.text) - asked, stems(two.text) - asked
    return len(own & other) >= _SAME_FOCUS * max(1, min(len(own), len(other)))


def _change(one: str, two: str) -> str | None:
    """What the first sentence has in place of the second's words; empty if nothing; None if it is no altered copy."""
    first, second = words(one), words(two)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if 2 * sum(block.size for block in matcher.get_matching_blocks()) < _ALTERED * (len(first) + len(second)):
        return None
    for kind, a, b, c, d in matcher.get_opcodes():
        told = [word for word in first[a:b] if word not in STOPWORDS]
        instead = [word for word in second[c:d] if word not in STOPWORDS]
        if kind == "replace" and told and instead and max(b - a, d - c) <= _LONGEST_CHANGE:
            return " ".join(first[a:b])
    return ""


def _value(question: Question, candidate: Candidate, others: Sequence[Candidate]) -> str:
    """What the side says, in the words of its sentence: the quantity, the changed words, the names, or all of it."""
    quantities = wanted_quantities(question, candidate.text)
    if quantities:
        return quantities[0].text
    for other in others:
        if other is not candidate and (change := _change(candidate.text, other.text)):
            return change
    if "name" in question.wants:
        asked = stems(question.text)
        names = [match.group() for match in NAME.finditer(candidate.text) if stems(match.group()) - asked]
        if names:
            return " ".join(names[:3])
    return " ".join(candidate.text.split())[:160]


def _new_names(text: str, asked: frozenset[str]) -> frozenset[str]:
    return frozenset(word for name in NAME.findall(text) for word in stems(name)) - asked


def _subject(question: Question, candidate: Candidate) -> str:
    """What a sentence speaks of: its document's title if that has the name, else its own words before 'is a …'."""
    title = candidate.judged.source.title
    if question.names <= stems(title):
        return title
    match = _DEFINES.search(candidate.text)
    start = candidate.text[: match.start()].strip() if match else ""
    return " ".join(start.split()[:12]) if question.names <= stems(start) else ""


def _told_apart(one: Side, two: Side) -> bool:
    """Whether it is plain what sets two sides apart: other things of one name, or other words in one text."""
    return _different_things(one, two) or bool(_change(one.quoted.text, two.quoted.text))


def _different_things(one: Side, two: Side) -> bool:
    """Whether two sides speak of different things of one name; altered copies of one text speak of the same thing."""
    if _change(one.quoted.text, two.quoted.text):
        return False
    first, second = stems(one.subject), stems(two.subject)
    return bool(first - second and second - first)


def _year(date: str | None) -> float | None:
    if not date or not date[:4].isdigit():
        return None
    parts = [int(part) for part in re.findall(r"\d+", date)[:2]]
    return parts[0] + (parts[1] / 12 if len(parts) > 1 else 0.5)
