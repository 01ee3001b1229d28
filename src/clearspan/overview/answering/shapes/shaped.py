"""An answer in its shape: exact quotes in order, each with the part that it plays, and calculations from them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from clearspan.language.sentences import Sentence
from clearspan.overview.answering.shapes.given import ScoredStatement
from clearspan.receipts import Calculation, ClaimRole, Layout, Verdict

_MOST_SET_OFF = 0.7
"""Share of a statement beyond which its short answer is not set off: all in bold, nothing is."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Spot:
    """A span of a document: `text` is exactly what stands there."""

    source: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ShapedClaim:
    """One quote of an answer, or one thing that was calculated from its quotes.

    Attributes:
        spot: what is quoted; None for what is calculated.
        of: the statement that it is of, or that it introduces; None for what is calculated.
        role: the part that it plays.
        mark: what stands before it: the number of an item as the source writes it, the date of an event, a side.
        depth: of the list that it stands in, 0 outside of another one.
        emphasis: where the short answer stands in `shown`.
        also: other places that say the same.
        calculation: what was calculated, and how.
        says: the calculated claim in words; empty for quotes.
        taken_from: places in the answer of the claims that it was calculated from.
    """

    spot: Spot | None
    of: ScoredStatement | None
    role: ClaimRole = "answer"
    mark: str = ""
    depth: int = 0
    emphasis: tuple[int, int] | None = None
    also: tuple[Spot, ...] = ()
    calculation: Calculation | None = None
    says: str = ""
    taken_from: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """The words of the claim, white space as on one line."""
        return " ".join(self.spot.text.split()) if self.spot else self.says

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Every place that says it, what is quoted first."""
        return (*([self.spot] if self.spot else []), *self.also)


@dataclass(frozen=True, slots=True)
class ShapedAnswer:
    """Claims in reading order.

    Attributes:
        verdict: the one word that answers a yes/no question.
        missing: what was asked and is not answered, each a sentence.
        more: whether the source's list goes on beyond what is shown.
    """

    layout: Layout
    claims: tuple[ShapedClaim, ...]
    verdict: Verdict | None = None
    missing: tuple[str, ...] = ()
    more: bool = False


def quoted(
    one: ScoredStatement,
    role: ClaimRole = "answer",
    *,
    mark: str = "",
    shown: Iterable[Spot] = (),
    emphasis: tuple[int, int] | None = None,
) -> list[ShapedClaim]:
    """A statement as claims: what must be shown before it, then itself.

    A sentence that stands right before it joins its quote; what stands further off is a claim of its own.

    Args:
        shown: what is on the page already, and is not repeated.
        emphasis: span in the statement's own words; where the short answer was read when None.
    """
    emphasis = emphasis or one.answer
    seen = set(shown)
    context = [each for each in _context(one) if each not in seen]
    start = one.start
    if context and one.statement.unit == "prose" and _adjoins(context[-1], one):
        start = context.pop().start
    own = stretch(one, start, one.end)
    if emphasis is not None and emphasis[1] - emphasis[0] > _MOST_SET_OFF * len(one.text):
        emphasis = None
    if emphasis is not None:
        before = one.start - start
        emphasis = squeezed(own.text, (emphasis[0] + before, emphasis[1] + before))
    depth = one.statement.item.depth if one.statement.item else 0
    return [
        *(ShapedClaim(each, one, "stem" if each.text.endswith(":") else "context") for each in context),
        ShapedClaim(own, one, role, mark, depth, emphasis),
    ]


def all_quoted(found: Iterable[ScoredStatement], role: ClaimRole = "answer") -> tuple[ShapedClaim, ...]:
    """Statements as claims in the order given; what must be shown before several of them is shown once."""
    claims: list[ShapedClaim] = []
    for one in found:
        shown = [claim.spot for claim in claims if claim.spot]
        if not told(one, shown):
            claims.extend(quoted(one, role, shown=shown))
    return tuple(claims)


def in_order(found: Sequence[ScoredStatement]) -> list[ScoredStatement]:
    """Statements as their sources have them, the source of the first one first."""
    places = {source: place for place, source in reversed(list(enumerate(one.source for one in found)))}
    return sorted(found, key=lambda one: (places[one.source], one.start))


def squeezed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """A span of a text, counted in the same text with its white space as on one line."""
    before = len(_SPACE.sub(" ", text[: span[0]].lstrip()))
    return before, before + len(" ".join(text[span[0] : span[1]].split()))


def merged(claims: Sequence[ShapedClaim], alike: Sequence[tuple[int, int]]) -> tuple[ShapedClaim, ...]:
    """Claims without those that repeat an earlier one, whose places join it.

    Args:
        alike: pairs of a place that stays and the place that repeats it.
    """
    gone = {again for _, again in alike}
    also: dict[int, list[Spot]] = {}
    for first, again in alike:
        also.setdefault(first, []).extend(claims[again].spots)
    return tuple(
        replace(claim, also=(*claim.also, *also.get(place, ())))
        for place, claim in enumerate(claims)
        if place not in gone
    )


def spot(one: ScoredStatement, sentence: Sentence) -> Spot:
    """A sentence of a statement's window as a span of its document."""
    return Spot(one.source, one.offset + sentence.start, one.offset + sentence.end, sentence.text)


def stretch(one: ScoredStatement, start: int, end: int) -> Spot:
    """A span of a statement's document, in its characters, that lies within the window."""
    return Spot(one.source, start, end, one.window[start - one.offset : end - one.offset])


def _context(one: ScoredStatement) -> Iterator[Spot]:
    for each in one.statement.context:
        yield spot(one, each)


def _adjoins(before: Spot, one: ScoredStatement) -> bool:
    """Whether nothing stands between a sentence and a statement but white space within one paragraph."""
    gap = one.window[before.end - one.offset : one.statement.start]
    return before.end <= one.start and not gap.strip() and gap.count("\n") < 2


def told(one: ScoredStatement, shown: Iterable[Spot]) -> bool:
    """Whether a statement stands within a quote that is shown."""
    return any(
        spot.source == one.source and spot.start <= one.start and one.end <= spot.end for spot in shown
    )
