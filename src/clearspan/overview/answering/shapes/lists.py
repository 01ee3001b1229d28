"""Lists as their sources have them: which one is asked for, and all of its items in order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from clearspan.language.words import stems
from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import (
    ShapedAnswer,
    ShapedClaim,
    all_quoted,
    merged,
    quoted,
    stretch,
)
from clearspan.receipts import ClaimRole

MOST_ITEMS = 24
"""Items that are shown of one list; of a longer one the first, and that there are more."""

_FEWEST = 2
_NEAR_BEST = 0.7
"""Share of the best list's evidence from which a list of another source joins it."""

_HEADED = 0.5
"""Share of the threshold from which an item points to its list, where what stands above it names what is asked for."""

_ALIKE = 0.75
_OPEN_ENDED = re.compile(
    r"\b(?:such\s+as|for\s+example|for\s+instance|e\.g\.|includ(?:e|es|ing)|some|among)\b[^.]*:\s*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\b(?:etc\b|and\s+(?:so\s+on|others|more|other\s+\w+)\W*$)|(?:\.\.\.|…)\W*$", re.IGNORECASE
)

ListId = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list of a source, whole as far as its window shows it.

    Attributes:
        items: its statements in order, those of lists inside it after the item that they stand in.
        evidence: how surely it is what is asked for: its best item, and the share of its items that answer; all of them
            do where what stands above it names what is asked for.
    """

    items: tuple[ScoredStatement, ...]
    evidence: float

    @property
    def top(self) -> list[ScoredStatement]:
        """The first statement of each of its own items, without those of lists inside it."""
        own = self.items[0].list_id
        places: dict[int, ScoredStatement] = {}
        for one in self.items:
            if one.list_id == own and one.statement.item is not None:
                places.setdefault(one.statement.item.place, one)
        return list(places.values())

    @property
    def open_ended(self) -> bool:
        """Whether the source says that there is more than it names."""
        introduced = [one.text for one in self.items[0].statement.context[-1:]]
        return any(map(_OPEN_ENDED.search, introduced)) or bool(_GOES_ON.search(self.items[-1].text))


def listing(given: Given) -> ShapedAnswer | None:
    """The items of the list that is asked for, and of further lists of the same; each cited, none twice.

    Sentences that answer as surely stand after them. Without a list, several sentences that answer are the items.
    """
    found = lists(given)
    if not found:
        return _sentences(given)
    best = found[0]
    shown = [one for one in found if one.evidence >= _NEAR_BEST * best.evidence and _same_matter(one, best)]
    claims: tuple[ShapedClaim, ...] = ()
    more = False
    for one in shown:
        kept = one.items[:MOST_ITEMS]
        more = more or len(one.items) > MOST_ITEMS or one.open_ended
        claims = _joined(claims, listed(kept, "item"))
    beside = [one for one in given.chosen if one.list_id is None and one.statement.unit == "prose"]
    told = {claim.spot for claim in claims}
    further = tuple(claim for claim in all_quoted(beside) if claim.spot not in told)
    return ShapedAnswer("list", (*claims, *further), more=more)


def lists(given: Given) -> list[FoundList]:
    """Lists that evidence points to, the surest first; each at least of two items."""
    groups: dict[ListId, list[ScoredStatement]] = {}
    for one in given.scored:
        if one.list_id is not None:
            groups.setdefault(one.list_id, []).append(one)
    found: list[FoundList] = []
    for own in groups.values():
        items = tuple(_with_inner(own, groups))
        points = [one.probability for one in items]
        headed = _headed(given, own[0])
        least = _HEADED * given.threshold if headed else given.threshold
        if len({one.statement.item for one in own}) < _FEWEST or max(points) < least:
            continue
        share = 1.0 if headed else sum(point >= given.threshold for point in points) / len(points)
        found.append(FoundList(items, max(points) * (0.5 + 0.5 * share)))
    found.sort(key=lambda one: one.evidence, reverse=True)
    return [one for i, one in enumerate(found) if not any(one.items[0] in other.items for other in found[:i])]


def listed(items: Sequence[ScoredStatement], role: ClaimRole) -> tuple[ShapedClaim, ...]:
    """Items as claims: the stem once, then each whole item with its mark."""
    claims: list[ShapedClaim] = []
    for group in _by_item(items):
        first, last = group[0], group[-1]
        item = first.statement.item
        mark = item.mark if item else ""
        shown = [claim.spot for claim in claims if claim.spot]
        made = quoted(first, role, mark=mark, shown=shown)
        # All sentences of a long item are one claim.
        whole = replace(made[-1], spot=stretch(first, first.start, last.end))
        claims.extend((*made[:-1], whole))
    return tuple(claims)


def _sentences(given: Given) -> ShapedAnswer | None:
    answering = given.evidence[: 2 * given.most]
    if len(answering) < _FEWEST:
        return None
    return ShapedAnswer("list", all_quoted(answering, "item"))


def is_of_what_is_asked(given: Given, one: ScoredStatement) -> bool:
    """Whether what stands above a list says, with the title, all that is asked for."""
    asked = frozenset(given.question.telling)
    return bool(asked) and asked <= _above(one) | stems(one.title)


def _headed(given: Given, first: ScoredStatement) -> bool:
    """The same, where what stands above it says more of it than the title alone."""
    asked, title = frozenset(given.question.telling), stems(first.title)
    above = _above(first) & asked
    return is_of_what_is_asked(given, first) and (above == asked or bool(above - title))


def _above(first: ScoredStatement) -> frozenset[str]:
    """Stems of the heading and of the sentences that a list stands under."""
    return stems(" ".join((first.statement.heading, *(one.text for one in first.statement.context))))


def _with_inner(
    own: Iterable[ScoredStatement], groups: dict[ListId, list[ScoredStatement]]
) -> Iterable[ScoredStatement]:
    """The statements of a list in order, each with those of the lists that stand in it."""
    own = list(own)
    inner: dict[tuple[int, int], list[list[ScoredStatement]]] = {}
    source, offset, _ = own[0].list_id or ("", 0, 0)
    for (where, begins, _), group in groups.items():
        parent = group[0].statement.item.parent if group[0].statement.item else None
        if parent is not None and (where, begins) == (source, offset):
            inner.setdefault(parent, []).append(group)
    for one in own:
        yield one
        for group in inner.get((one.statement.start, one.statement.end), ()):
            yield from _with_inner(group, groups)


def _by_item(items: Sequence[ScoredStatement]) -> list[list[ScoredStatement]]:
    groups: list[list[ScoredStatement]] = []
    for one in items:
        if groups and groups[-1][0].statement.item == one.statement.item:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _joined(claims: tuple[ShapedClaim, ...], further: tuple[ShapedClaim, ...]) -> tuple[ShapedClaim, ...]:
    """Claims of one list after those of another; an item that both have is shown once with both sources."""
    known = len(claims)
    alike: list[tuple[int, int]] = []
    for again, claim in enumerate(further, known):
        same = next((i for i, one in enumerate(claims) if _same_item(one, claim)), None)
        if same is not None:
            alike.append((same, again))
    new = [claim for place, claim in enumerate(further, known) if place not in {again for _, again in alike}]
    if not any(claim.role == "item" for claim in new):
        # Nothing is left of it but what introduced it.
        alike.extend((0, again) for again, claim in enumerate(further, known) if claim.role == "stem")
        return tuple(one for one in merged((*claims, *further), alike))
    return merged((*claims, *further), alike)


def _same_item(one: ShapedClaim, other: ShapedClaim) -> bool:
    if one.role != other.role or one.role != "item":
        return False
    mine, theirs = stems(one.shown), stems(other.shown)
    return bool(mine) and len(mine & theirs) >= _ALIKE * max(len(mine), len(theirs))


def _same_matter(one: FoundList, best: FoundList) -> bool:
    """Whether a list is of what the best one is: of the same source, where evidence decides, or under like words."""
    if one.items[0].source == best.items[0].source:
        return True
    mine, theirs = (_above(each.items[0]) for each in (one, best))
    return bool(mine & theirs) or not (mine and theirs)
