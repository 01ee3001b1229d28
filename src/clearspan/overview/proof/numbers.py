"""Numbers of a claim: the evidence must have each one, of the same thing and of the same measure of it."""

import re
from collections.abc import Callable, Iterable, Sequence

from clearspan.language.clauses import clauses, telling_spans
from clearspan.language.quantities import Quantity, quantities
from clearspan.language.words import STOPWORDS, stems, words
from clearspan.receipts import Check

Rarity = Callable[[Iterable[str]], dict[str, float]]

NAME = re.compile(r"\b[A-Z][\w’'-]*[a-z][\w’'-]*\b|\b[A-Z]{2,}\b")
_MEASURES: dict[str, str] = {
    "height": r"tall|high|heights?",
    "length": r"long|lengths?|spans?",
    "width": r"wide|widths?|broad|breadth",
    "depth": r"deep|depths?",
    "thickness": r"thick|thickness|diameters?|across",
    "weight": r"heavy|weigh(?:s|ed|ing)?|weights?|mass",
    "distance": r"far|distances?|away",
}
_LIMIT = re.compile(
    r"\b(?:up\s+to|at\s+(?:most|least)|no\s+(?:more|less|fewer)\s+than|as\s+(?:many|much|few|little)\s+as|from|maximum\s+of|"
    r"minimum\s+of)\s+(?:about\s+)?$",
    re.IGNORECASE,
)
_MEASURE_STEMS = stems(
    "tall high height long length span wide width broad deep depth thick diameter heavy weigh weight mass distance "
    "measure cost last"
)


def numbers(claim: str, evidence: Sequence[str], rarity: Rarity) -> Check:
    """Whether each number of the claim is in the evidence, said of the same thing."""
    stated = quantities(claim)
    if not stated:
        return Check(name="numbers", score=1.0, detail="none to check")
    missing = [quantity.text for quantity in stated if not carried(quantity, claim, evidence, rarity)]
    share = 1.0 - len(missing) / len(stated)
    detail = (
        f"not in the cited text with these words: {', '.join(missing)}"
        if missing
        else "all in the cited text"
    )
    return Check(name="numbers", score=round(share, 3), detail=detail)


def measures(claim: str, evidence: Sequence[str]) -> Check:
    """Whether a number is the same measure (long, high, wide …) in the claim and in the evidence."""
    for quantity in quantities(claim):
        said = _measure(claim, quantity)
        found = {
            _measure(text, other) for text in evidence for other in quantities(text) if quantity.same(other)
        }
        if said and found and "" not in found and said not in found:
            other = " or ".join(sorted(found))
            detail = f"{quantity.text} is a {said} here, and a {other} in the cited text"
            return Check(name="measures", score=0.0, detail=detail)
    return Check(name="measures", score=1.0, detail="no measure exchanged")


def carried(quantity: Quantity, claim: str, evidence: Sequence[str], rarity: Rarity) -> bool:
    """Whether one evidence sentence has the number, and has it of what the claim says it is of."""
    clause = _clause(claim, quantity)
    named = frozenset(word for name in NAME.findall(clause) for word in stems(name))
    told = stems(clause) - stems(quantity.text)
    weights = rarity(told) if told else {}
    total = sum(weights.values())
    subject = _subject(claim, quantity)
    for sentence in evidence:
        around = stems(sentence)
        others = borne_out_by(quantity, claim, sentence)
        if not others or not named <= around | stems(claim.split()[0]):
            continue
        shared = sum(weight for word, weight in weights.items() if word in around)
        if total and shared / total < 0.5:
            continue
        elsewhere = {word for text in evidence if text != sentence for word in stems(text)}
        of = _following(claim, quantity)
        others = [other for other in others if not _exchanged(of, sentence, other)]
        if others and (
            not subject or any(_of_subject(subject, sentence, other, elsewhere) for other in others)
        ):
            return True
    return False


def borne_out_by(quantity: Quantity, claim: str, text: str) -> list[Quantity]:
    """The quantities of a text that say what a claim's quantity says.

    One that is the same does; a range does for its ends where they are dates or times of day, or where the claim calls
    its number a limit ('up to 5 km'); a date does for the decade or century that it lies in; and two quantities of one
    sentence do for a range from the one to the other.
    """
    found = quantities(text)
    same = [other for other in found if quantity.same(other)]
    if same:
        return same
    if quantity.ends:
        ends = [[other for other in found if end.same(other)] for end in quantity.ends]
        return [other for others in ends for other in others] if all(ends) else []
    if quantity.precision in ("decade", "century"):
        return [other for other in found if quantity.holds(other)]
    if quantity.dimension in ("date", "clock") or _LIMIT.search(claim, 0, quantity.start):
        return [other for other in found if any(quantity.same(end) for end in other.ends)]
    return []


def _of_subject(subject: frozenset[str], sentence: str, quantity: Quantity, elsewhere: set[str]) -> bool:
    """Whether the words before a number in a claim are those of the number in the evidence.

    Words from nowhere may be half of them (a verb put in other words); words that the evidence has of something
    else may not.
    """
    near = _context(sentence, quantity)
    astray = {word for word in subject - near if word in elsewhere or word in stems(sentence)}
    return len(subject & near) * 2 >= len(subject) and len(astray) * 2 < len(subject)


def _exchanged(of: frozenset[str], sentence: str, quantity: Quantity) -> bool:
    """Whether words after a number in a claim stand after another number of its kind in the evidence, not after it."""
    rivals = [
        other
        for other in quantities(sentence)
        if other.dimension == quantity.dimension and not other.same(quantity)
    ]
    taken = {word for rival in rivals for word in _following(sentence, rival)}
    own = _following(sentence, quantity)
    return bool(of & taken - own) and not of & own


def _following(text: str, quantity: Quantity) -> frozenset[str]:
    """Telling words between a number, with the same value in other units, and the next number or clause."""
    _, end = _span(text, quantity)
    later = [q.start for q in quantities(text) if q.start >= quantity.end and not q.same(quantity)]
    return stems(text[quantity.end : min([end, *later])]) - _MEASURE_STEMS - _digits(text)


def _context(sentence: str, quantity: Quantity) -> frozenset[str]:
    """The words of a sentence that a number is said of: its clause if that has a subject, else the sentence."""
    if not _subject(sentence, quantity, own=True):
        return stems(sentence)
    start, end = _span(sentence, quantity)
    rivals = [
        q for q in quantities(sentence) if q.dimension == quantity.dimension and not start <= q.start < end
    ]
    return stems(sentence[start:end]) if rivals else stems(sentence)


def _subject(text: str, quantity: Quantity, own: bool = False) -> frozenset[str]:
    """Telling words between the start of a number's clause, or the number before it, and the number.

    Where there are none, the words of the whole clause, unless only its `own` are wanted.
    """
    start, _ = _span(text, quantity)
    start = max([start, *(other.end for other in quantities(text) if other.end <= quantity.start)])
    before = stems(text[start : quantity.start]) - _MEASURE_STEMS
    if before or own:
        return before
    return stems(_clause(text, quantity)) - stems(quantity.text) - _MEASURE_STEMS - _digits(text)


def _digits(text: str) -> frozenset[str]:
    return frozenset(word for quantity in quantities(text) for word in stems(quantity.text))


def _span(text: str, quantity: Quantity) -> tuple[int, int]:
    return next(
        ((start, end) for start, end in clauses(text) if start <= quantity.start < end), (0, len(text))
    )


def _clause(text: str, quantity: Quantity) -> str:
    return next(
        (text[start:end] for start, end in telling_spans(text) if start <= quantity.start < end), text
    )


def _measure(text: str, quantity: Quantity) -> str:
    """The measure that stands with a number: right after it, else last before it in its clause; empty if none."""
    after = re.sub(r"^\s*\([^)]*\)", "", text[quantity.end :])
    # The same value in a second unit stands in brackets, and its measure after them.
    after = re.split(r"[;,.]", after)[0]
    following = " ".join(word for word in words(after)[:2] if word not in STOPWORDS)
    for kind, pattern in _MEASURES.items():
        if re.match(rf"(?:in\s+)?(?:{pattern})\b", following):
            return kind
    start, _ = _span(text, quantity)
    start = max([start, *(other.end for other in quantities(text) if other.end <= quantity.start)])
    found = [
        (match.start(), kind)
        for kind, pattern in _MEASURES.items()
        for match in re.finditer(rf"\b(?:{pattern})\b", text[start : quantity.start], re.IGNORECASE)
    ]
    return max(found)[1] if found else ""
