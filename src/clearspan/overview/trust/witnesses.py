"""Who is an independent witness? Ten copies of one text are one, and so are two pages of one publisher."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from clearspan.overview.trust.shingles import Shingles

SAME_TEXT = 0.38
"""Share of the shorter passage's word pairs in the other from which both are one text."""

_FEWEST_PAIRS = 14


@dataclass(frozen=True, slots=True)
class Account:
    """One passage as a witness: its document, the publishers that it may come from, and its word pairs."""

    document_id: str
    publishers: frozenset[Hashable]
    shingles: Shingles


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The witness of each passage, numbered from 1 in the order of their first passage.

    `texts` gives, for each passage, the positions of the passages of other documents that repeat its text.
    """

    numbers: tuple[int, ...]
    texts: tuple[tuple[int, ...], ...]


def witnesses(given: Sequence[Account]) -> Witnesses:
    """Group passages by document, by publisher and by shared text; each group is one witness."""
    parents = list(range(len(given)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    shared: list[list[int]] = [[] for _ in given]
    for later, one in enumerate(given):
        for earlier in range(later):
            other = given[earlier]
            alike = same_text(one.shingles, other.shingles)
            if alike or one.document_id == other.document_id or one.publishers & other.publishers:
                parents[root(later)] = root(earlier)
            if alike and one.document_id != other.document_id:
                shared[later].append(earlier)
                shared[earlier].append(later)
    order: dict[int, int] = {}
    numbers = tuple(order.setdefault(root(i), len(order) + 1) for i in range(len(given)))
    return Witnesses(numbers, tuple(tuple(each) for each in shared))


def same_text(one: Shingles, other: Shingles) -> bool:
    """Whether one passage repeats the other, in spite of edits."""
    common = len(one & other)
    return common >= _FEWEST_PAIRS and common >= SAME_TEXT * min(len(one), len(other))
