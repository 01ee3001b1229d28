"""Which columns of a grid a question may mean: by the words of their names, and by their meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.tables.grids import Column, Grid
from clearspan.overview.answering.tables.wording import QuestionWording

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_MOST_SHOWN = 8
_MOST_MEASURED = 6
_MOST_EMBEDDED = 24


@dataclass(frozen=True, slots=True)
class Link:
    """How a question speaks of a column.

    Attributes:
        bits: tokens of the question that its name has, the heading over it counted in.
        named: share of the telling words of its name that the question has.
        focus: share of the question's focus that its name has.
        whole: cosine of its name and the question; 0 without an embedder.
        closest: greatest cosine of its name and a word of the question in its context; likewise.
    """

    bits: int
    named: float
    focus: float
    whole: float = 0.0
    closest: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionMeaning:
    """A question as the embedder reads it: the whole, and each of its tokens in its context."""

    whole: NDArray[np.float32]
    tokens: NDArray[np.float32]


def meaning_of(question: str, embedder: "Embedder | None") -> QuestionMeaning | None:
    """The question's vectors; None without an embedder."""
    if embedder is None:
        return None
    read = embedder.read([question])[0]
    return QuestionMeaning(read.vector, read.tokens)


def links_of(
    grid: Grid, wording: QuestionWording, meaning: QuestionMeaning | None, embedder: "Embedder | None"
) -> list[Link]:
    """A link for each column."""
    found = [_by_words(column, wording) for column in grid.columns]
    if meaning is None or embedder is None:
        return found
    named = [place for place, column in enumerate(grid.columns) if column.name.text][:_MOST_EMBEDDED]
    vectors = embedder.recall([grid.columns[place].name.full for place in named])
    if not named:
        return found
    whole, closest = vectors @ meaning.whole, (vectors @ meaning.tokens.T).max(axis=1)
    for place, one, other in zip(named, whole.tolist(), closest.tolist(), strict=True):
        link = found[place]
        found[place] = Link(link.bits, link.named, link.focus, one, other)
    return found


def chosen(grid: Grid, links: Sequence[Link], wording: QuestionWording) -> tuple[list[int], list[int]]:
    """Columns that may be shown, and columns that may be put in order, those that are spoken of most first."""

    def spoken(place: int) -> float:
        link = links[place]
        return 2 * wording.weight(link.bits) + link.named + link.focus + link.whole + link.closest

    order = sorted(range(len(grid.columns)), key=lambda place: -spoken(place))
    shown = [place for place in order if grid.columns[place].kind != "empty"][:_MOST_SHOWN]
    for place in {grid.label, 0} - set(shown):
        shown.append(place)
    measured = [place for place in order if grid.columns[place].measured][:_MOST_MEASURED]
    return shown, measured


def _by_words(column: Column, wording: QuestionWording) -> Link:
    own = column.name.telling_terms
    bits = wording.found(column.name.keys) & (wording.telling | wording.numbers)
    matched = sum(bool(wording.places.get(term)) for term in own)
    focus = (bits & wording.focus).bit_count() / max(1, wording.focus.bit_count())
    over = wording.found(column.above.keys) & wording.telling if column.above else 0
    return Link(bits | over, matched / max(1, len(own)), focus)
