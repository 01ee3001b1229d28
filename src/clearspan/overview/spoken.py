"""An overview as it is said: who made it comes first, each sentence says where it is from, and the rest is on screen.

A listener cannot see type, marks and superscripts, and cannot skip. So words tell what a person wrote, what a model
wrote and what was calculated; at most two publishers are named; and it is short.
"""

from collections.abc import Sequence

from clearspan.faults import Conflict
from clearspan.language.aloud import aloud, day, name
from clearspan.receipts import Abstention, Claim, Overview, Source

OPENING = "A machine composed this."
ON_SCREEN = "on the screen."
MOST_PUBLISHERS = 2

_MOST_CLAIMS = 3
_MOST_WORDS = 90
_COUNTS = "no one two three four five six seven eight nine ten".split()


def spoken(overview: Overview, sources: Sequence[Source]) -> str:
    """The overview in words for a voice, in one paragraph.

    Args:
        overview: claims, or an abstention.
        sources: what was found and judged, for what to say when only sources that are not believed were found.
    """
    if overview.abstention:
        return _abstained(overview.abstention, sources)
    said = _said_first(overview)
    voice = _Voice(dated=len(_disputed(overview)) > 1)
    parts = [
        OPENING,
        _disagreement(overview),
        _verdict(overview),
        *(voice.claim(claim) for claim in said),
        *(_sentence("", aloud(line)) for line in overview.missing),
        _rest(overview, len(said)),
    ]
    return " ".join(part for part in parts if part)


class _Voice:
    """Says claims one after another, and remembers whom it has named."""

    def __init__(self, *, dated: bool) -> None:
        self._dated = dated
        self._named: list[str] = []
        self._last: str | None = None

    def claim(self, claim: Claim) -> str:
        if claim.origin == "calculated":
            return _sentence("Calculated", _worked_out(claim))
        if claim.origin == "generated":
            return _sentence("Written by a model, and checked against the sources", aloud(claim.text))
        doubt = ", which may be satire" if claim.attribution else ""
        return _sentence(f"{_part(claim)} from {self._whom(claim)}{doubt}", _row(claim) or aloud(claim.text))

    def _whom(self, claim: Claim) -> str:
        first = claim.citations[0] if claim.citations else None
        if first is None:
            return "a source"
        known = name(first.publisher or first.title) or "a source without a name"
        when = f", dated {day(first.date)}" if self._dated and first.date else ""
        if self._last == known:
            return "the same source"
        self._last = known
        if known not in self._named:
            if len(self._named) == MOST_PUBLISHERS:
                return f"another source{when}"
            self._named.append(known)
        others = len({one.document_id for one in claim.citations}) - 1
        more = (
            f"{_count(others)} more {_plural('source', others)} {'says' if others == 1 else 'say'} the same"
        )
        agreed = f", and {more}" if others > 0 else ""
        return f"{known}{when}{agreed}"


def _part(claim: Claim) -> str:
    """How a quote is announced, after the part that it plays."""
    if claim.role == "step" and claim.mark:
        return f"Step {claim.mark}, quoted"
    if claim.role == "condition":
        return "On condition, quoted"
    if claim.role == "side" and claim.mark:
        return f"Of {aloud(claim.mark)}, quoted"
    return "Quoted"


def _verdict(overview: Overview) -> str:
    if overview.verdict is None:
        return ""
    said = overview.verdict.words.lower()
    return f"The answer is {said}, as it was read in the sources."


def _row(claim: Claim) -> str:
    """A row of a table by its first cell and the cells that answer; empty where the quote is none."""
    table = claim.citations[0].table if claim.citations else None
    if table is None or not table.rows:
        return ""
    row = table.rows[0]
    label = next((cell for cell in row if cell), "")
    marked = [column for place, column in table.marked if place == 0 and row[column] != label]
    cells = "; ".join(f"{aloud(table.header[column])}, {aloud(row[column])}".strip(" ,") for column in marked)
    return f"row {aloud(label)}: {cells}" if cells else f"row {aloud(label)}"


def _said_first(overview: Overview) -> list[Claim]:
    """One claim of each of two sides that disagree, else claims in order while they are few and short."""
    disputed = _disputed(overview)
    if len(disputed) > 1:
        return [overview.claims[index] for index in disputed[:2]]
    said: list[Claim] = []
    words = 0
    for claim in overview.claims:
        words += len(claim.text.split())
        if said and (words > _MOST_WORDS or len(said) == _MOST_CLAIMS):
            break
        said.append(claim)
    return said


def _disputed(overview: Overview) -> list[int]:
    """Indices of the claims that stand for the sides of a conflict, one a side; else of the disputed claims."""
    if overview.conflict:
        firsts = [side.claims[0] for side in overview.conflict.sides if side.claims]
        return [index for index in dict.fromkeys(firsts) if index < len(overview.claims)]
    return [index for index, claim in enumerate(overview.claims) if claim.support == "disputed"]


def _disagreement(overview: Overview) -> str:
    conflict = overview.conflict
    if conflict is None:
        return "The sources disagree." if _disputed(overview) else ""
    sides = len(conflict.sides)
    if conflict.cause == "readings":
        return f"The question can be meant in {_count(sides)} ways."
    newest = " The newest comes first." if conflict.cause == "age" else ""
    return f"The sources disagree{_sides(conflict)}.{newest}"


def _sides(conflict: Conflict) -> str:
    return f", in {_count(len(conflict.sides))} ways" if len(conflict.sides) > 2 else ""


def _worked_out(claim: Claim) -> str:
    """What was calculated; an expression that a listener could not follow is left to the screen."""
    done = claim.calculation
    if done and (sum(map(done.expression.count, "()*/^√")) > 1):
        return f"the result is {aloud(done.result)}"
    return aloud(claim.text)


def _rest(overview: Overview, said: int) -> str:
    left = len(overview.claims) - said
    cited = {citation.document_id for claim in overview.claims for citation in claim.citations}
    parts = [f"{_count(left)} more {_plural('sentence', left)}"] if left else []
    if cited:
        parts.append(f"{_count(len(cited))} {_plural('source', len(cited))}")
    if not parts:
        return f"How it was worked out is {ON_SCREEN}"
    verb = "is" if len(parts) == 1 and left + len(cited) == 1 else "are"
    words = " and ".join(parts)
    return f"{words[0].upper()}{words[1:]} {verb} {ON_SCREEN}"


def _abstained(abstention: Abstention, sources: Sequence[Source]) -> str:
    doubted = [source for source in sources if not source.believed]
    if abstention.code == "only_untrusted_sources" and doubted:
        satire = [source for source in doubted if source.kind == "satire" or source.copy_of]
        what = "satire" if satire else "pages that I do not believe"
        names = list(dict.fromkeys(name(one.publisher or one.title) for one in satire or doubted))
        named = " and ".join(one for one in names[:MOST_PUBLISHERS] if one)
        found = f"I only found {what}{f', from {named}' if named else ''}, so I give no answer."
        return f"{OPENING} {found} What I found, and why it is not believed, is {ON_SCREEN}"
    message = _sentence("", aloud(abstention.message))
    return f"{OPENING} I have no answer. {message} What was looked for, and what would help, is {ON_SCREEN}"


def _sentence(label: str, text: str) -> str:
    ended = text if text[-1:] in {".", "!", "?"} else f"{text}."
    return f"{label}: {ended}" if label else f"{ended[0].upper()}{ended[1:]}"


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else f"{number:,}"


def _plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"
