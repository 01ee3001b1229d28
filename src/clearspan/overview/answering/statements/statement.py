"""Statements: what may be quoted of a text, each with the exact spans that must be shown with it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from clearspan.language.sentences import Sentence, UnitKind, prose_sentences
from clearspan.overview.answering.statements.open_lists import ListItem
from clearspan.overview.answering.statements.outline import Piece, outline
from clearspan.overview.answering.statements.quotable import is_item, is_menu, is_statement
from clearspan.overview.answering.statements.referents import referents

_LONG_ITEM = 320
"""Characters of an item beyond which its sentences are statements of their own."""


@dataclass(frozen=True, slots=True)
class QuotableStatement:
    """A sentence, an item of a list or a row, as it can be quoted so that it is understood alone.

    Attributes:
        sentence: its words and where they stand in the text; the mark of an item is not among them.
        unit: prose, item or row.
        context: what must be shown before it, in reading order: the sentence that names what its pronoun stands
            for, the stem of its list, the items that its list stands in. Exact spans of the same text.
        heading: what it stands under; shown as context, never quoted.
        paragraph: number of its paragraph in the text.
        item: its place in a list; several sentences of a long item share one.
    """

    sentence: Sentence
    unit: UnitKind
    context: tuple[Sentence, ...] = ()
    heading: str = ""
    paragraph: int = 0
    item: ListItem | None = None

    @property
    def start(self) -> int:
        """Where it begins in the text, in characters."""
        return self.sentence.start

    @property
    def end(self) -> int:
        """Where it ends in the text, in characters."""
        return self.sentence.end

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """All that is shown of the text, in reading order."""
        return tuple((one.start, one.end) for one in (*self.context, self.sentence))


@lru_cache(maxsize=512)
def statements(text: str, heading: str = "", title: str = "") -> tuple[QuotableStatement, ...]:
    """What of a text may be quoted, in order.

    Args:
        text: a passage, better with its neighbours, where a list or a pronoun may have begun.
        heading: what the text stands under, where it begins without one of its own.
        title: of the document; a line that only repeats it, or the heading, says nothing.
    """
    pieces = outline(text)
    menus = _menus(text, pieces)
    places = {(piece.start, piece.end): place for place, piece in enumerate(pieces)}
    repeated = {one.casefold() for one in (heading, title) if one}
    found: list[QuotableStatement] = []
    for index, piece in enumerate(pieces):
        own = text[piece.start : piece.end]
        if piece.kind == "heading" or own.strip(" .").casefold() in repeated:
            continue
        if piece.item is not None and piece.item.run in menus:
            continue
        above = piece.heading or heading
        found.extend(_statements(text, pieces, places, index, above))
    return tuple(found)


def _statements(
    text: str, pieces: Sequence[Piece], places: Mapping[tuple[int, int], int], index: int, heading: str
) -> Iterator[QuotableStatement]:
    piece = pieces[index]
    own = text[piece.start : piece.end]
    if piece.kind == "row":
        yield QuotableStatement(_sentence(text, piece), "row", (), heading, piece.paragraph)
    elif piece.item is None:
        if is_statement(own, whole=piece.whole):
            context = tuple(_sentence(text, one) for one in referents(text, pieces, index))
            yield QuotableStatement(_sentence(text, piece), "prose", context, heading, piece.paragraph)
    elif is_item(own) or len(own) > _LONG_ITEM:
        context = _introduction(text, pieces, places, piece.item)
        for number, sentence in enumerate(_of_item(text, piece)):
            # A later sentence of an item is about what the item begins with.
            before = (*context, _of_item(text, piece)[0]) if number else context
            yield QuotableStatement(sentence, "item", before, heading, piece.paragraph, piece.item)


def _of_item(text: str, piece: Piece) -> tuple[Sentence, ...]:
    if piece.end - piece.start <= _LONG_ITEM:
        return (_sentence(text, piece),)
    return tuple(Sentence(text[a:b], a) for a, b in prose_sentences(text, piece.start, piece.end))


def _introduction(
    text: str, pieces: Sequence[Piece], places: Mapping[tuple[int, int], int], item: ListItem
) -> tuple[Sentence, ...]:
    """What introduces an item: the items its list stands in with their own stems, then the stem of its list."""
    found: list[Sentence] = []
    if item.parent is not None:
        parent = pieces[places[item.parent]]
        above = _introduction(text, pieces, places, parent.item) if parent.item else ()
        found.extend((*above, _sentence(text, parent)))
    if item.stem is not None:
        place = places[item.stem]
        found.extend(_sentence(text, one) for one in referents(text, pieces, place))
        found.append(_sentence(text, pieces[place]))
    return tuple(dict.fromkeys(found))


def _menus(text: str, pieces: Sequence[Piece]) -> frozenset[int]:
    """Numbers of the lists that are navigation."""
    items: dict[int, list[str]] = defaultdict(list)
    introduced: set[int] = set()
    for piece in pieces:
        if piece.item is not None:
            items[piece.item.run].append(text[piece.start : piece.end])
            if piece.item.stem or piece.item.parent or piece.heading:
                introduced.add(piece.item.run)
    return frozenset(run for run, own in items.items() if is_menu(own, introduced=run in introduced))


def _sentence(text: str, piece: Piece) -> Sentence:
    return Sentence(text[piece.start : piece.end], piece.start)
