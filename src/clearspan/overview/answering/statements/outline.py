"""A text as a writer laid it out: paragraphs, rows, and lists with the sentence that introduces each of them.

Lists come marked ('- ', '3.'), as lines or small-lettered paragraphs under a sentence that ends in a colon, or run
together into one line by whoever stored the page ('… the following: - Gas - Water'). All are read as the same thing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from clearspan.language.sentences import Paragraph, TextUnit, lines_of, prose_sentences, trim, units
from clearspan.overview.answering.statements.open_lists import ListItem, OpenLists

_INLINE_MARK = re.compile(r"(?:(?<=[.;:,!?)])|(?<=[.;:] and)|(?<=[.;:] or))\s+[-–•*]\s+(?=[^\W\d_a-z]|\d)")
# Not from the middle of a space: a search that begins anew at each blank takes the square of their number.
_DASH = re.compile(r"(?<!\s)\s+[-–•*]\s+(?=[^\W\d_a-z]|\d)")
_DASHED = re.compile(r"(?<!\s)[^\S\n]+([-–•*])[^\S\n]+(?=[^\W\d])")
_LONGEST_PHRASE = 8
"""Words of an item of a list that was run together without stops."""

_LEADING_MARK = re.compile(r"[-–•*]\s+(?=\S)")
_STEP = re.compile(r"(?:step|part|stage|phase)\s+(\d{1,3})\s*[:.–-]\s+(?=\S)", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?(\d{1,3}|[a-z])[.)]$")
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_WIDEST_WRAPPED = 110
_EVEN = 0.7
"""Share of the longest line that each line but the last has where a paragraph was wrapped by a program."""

PieceKind = Literal["prose", "item", "row", "heading"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that is laid out as one thing: a sentence, a whole item, a row or a heading.

    Attributes:
        start: in characters, behind the mark of an item.
        end: in characters.
        paragraph: number of the paragraph that it stands in.
        heading: the heading above it.
        item: where it stands in a list, for items.
        whole: whether it is a whole line or paragraph, as captions and fragments are.
    """

    kind: PieceKind
    start: int
    end: int
    paragraph: int
    heading: str = ""
    item: ListItem | None = None
    whole: bool = False


def outline(text: str) -> tuple[Piece, ...]:
    """The pieces of a text in order."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    lists, heading = OpenLists(), ""
    for paragraph, unit in enumerate(units(text)):
        if unit.kind == "heading":
            start, end = trim(text, unit.start, unit.end)
            heading = text[start:end].strip("# \t")
            lists.close()
            yield Piece("heading", start, end, paragraph, heading)
            continue
        for piece in _parts(text, unit, lists):
            yield replace(piece, paragraph=paragraph, heading=heading)


def _parts(text: str, unit: TextUnit, lists: OpenLists) -> Iterator[Piece]:
    """The pieces of one unit, their lists known and their headings not."""
    if unit.kind == "prose" and len(cut := _at_steps(text, unit)) > 1:
        for one in cut:
            yield from _parts(text, one, lists)
        return
    mark, indent = text[unit.opens : unit.start], _indent(text, unit.opens)
    step = _STEP.match(text, unit.start, unit.end)
    if unit.kind == "item" or step:
        number = step[1] if step else _number(mark)
        start = step.end() if step else unit.start
        style = "step" if step else _style(mark.strip())
        spans = (
            _inline(text, start, unit.end)
            if step
            else _within_item(text, start, unit.end, mark.strip(), lists)
        )
        for index, span in enumerate(spans):
            # What was run together into the line of a numbered item is a list inside it.
            own = (number, style, indent) if index == 0 or not number else ("", "-", indent + 1)
            yield Piece("item", *span, 0, item=lists.item(*own, span))
        return
    if unit.kind == "row":
        lists.broken = True
        yield Piece("row", *trim(text, unit.start, unit.end), 0)
        return
    for lines in _by_stems(text, unit):
        yield from _prose(text, lines, lists)


def _prose(text: str, lines: list[tuple[int, int]], lists: OpenLists) -> Iterator[Piece]:
    """A paragraph, or a sentence that ends in a colon with the lines under it."""
    first, *under = lines
    if not under and lists.goes_on(text[first[0]]):
        yield Piece("item", *first, 0, item=lists.item("", "paragraph", 0, first), whole=True)
        return
    for piece in _run_together(text, first, lists):
        if piece.kind == "prose":
            lists.introduce(text, (piece.start, piece.end))
        yield piece
    for span in under:
        yield Piece("item", *span, 0, item=lists.item("", "line", 0, span), whole=True)


def _run_together(text: str, span: tuple[int, int], lists: OpenLists) -> Iterator[Piece]:
    head, *items = _inline(text, *span)
    sentences = list(prose_sentences(text, *head))
    alone = len(sentences) == 1 and not items
    last: tuple[int, int] | None = None
    for one in sentences:
        last = one
        opening = _LEADING_MARK.match(text, *one)
        if opening and opening.end() < one[1]:
            inner, last = (opening.end(), one[1]), None
            yield Piece("item", *inner, 0, item=lists.item("", "-", 0, inner), whole=alone)
        else:
            yield Piece("prose", *one, 0, whole=alone)
    if items and last is not None:
        lists.introduce(text, last)
    for one in items:
        yield Piece("item", *one, 0, item=lists.item("", "-", 0, one))


def _by_stems(text: str, unit: TextUnit) -> Iterator[list[tuple[int, int]]]:
    """The lines of a paragraph: each group is one stretch of prose, then the lines that a colon in it introduces."""
    lines = [trim(text, *span) for span in lines_of(text, unit.start, unit.end)]
    if len(lines) == 1 or _wrapped(lines):
        yield [trim(text, unit.start, unit.end)]
        return
    broken = Paragraph.of([end - start for start, end in lines])
    group: list[tuple[int, int]] = []
    last, phrases = lines[0], True
    for line, following in pairwise([*lines, None]):
        if line is None:
            break
        listing = bool(group) and text[group[0][1] - 1] == ":"
        first_item = len(group) == 1
        if group and listing and (first_item or not _ends_list(text, phrases, line, following)):
            group.append(line)
            phrases = phrases and not _ended(text, line)
        elif group and not listing and broken.goes_on(text[slice(*last)], text[slice(*line)]):
            group[0] = (group[0][0], line[1])
        else:
            if group:
                yield group
            group, phrases = [line], True
        last = line
    if group:
        yield group


def _at_steps(text: str, unit: TextUnit) -> list[TextUnit]:
    """A paragraph, cut before each of its lines that begins with 'Step 2:' or the like."""
    starts = [start for start, end in lines_of(text, unit.start, unit.end) if _STEP.match(text, start, end)]
    edges = sorted({unit.start, *starts, unit.end})
    return [replace(unit, opens=start, start=start, end=end) for start, end in pairwise(edges)]


def _ended(text: str, line: tuple[int, int]) -> bool:
    return bool(_ENDED.search(text[line[0] : line[1]]))


def _ends_list(text: str, phrases: bool, line: tuple[int, int], following: tuple[int, int] | None) -> bool:
    """Whether a line no longer belongs to the list that is above it: another stem, or a sentence after mere phrases.

    Args:
        phrases: whether none of the items above it ends as a sentence does.
    """
    own = text[line[0] : line[1]]
    if own.endswith(":"):
        # 'for example:' inside an item is no new list, where the lines after it go on in small letters.
        return own[0].isupper() or following is None
    return phrases and own[0].isupper() and _ended(text, line)


def _wrapped(lines: list[tuple[int, int]]) -> bool:
    """Whether a program broke the lines at a margin: all but the last are about as long as the longest."""
    widths = [end - start for start, end in lines]
    longest = max(widths)
    return (
        longest <= _WIDEST_WRAPPED and min(widths[:-1]) >= _EVEN * longest and longest > _WIDEST_WRAPPED // 3
    )


def _inline(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between bullets that stand inside a line; the first is what comes before them."""
    edges = [start]
    at = start
    while match := _INLINE_MARK.search(text, at, end):
        edges.extend(match.span())
        at = match.end()
        if text[match.start() - 1] == ":":
            # A colon says that a list follows, so that its items need no stops to be told apart.
            edges.extend(edge for dash in _DASH.finditer(text, at, end) for edge in dash.span())
            break
    return [span for span in _trimmed(text, [*edges, end]) if span[0] < span[1]]


def _within_item(text: str, start: int, end: int, mark: str, lists: OpenLists) -> list[tuple[int, int]]:
    """The stretches of an item between bullets of its own kind, where a page ran on a list that it had introduced."""
    if lists.stem is not None and mark in ("-", "–", "•", "*"):
        found = [one for one in _DASHED.finditer(text, start, end) if one[1] == mark]
        edges = [start, *(edge for one in found for edge in one.span()), end]
        parts = list(_trimmed(text, edges))
        if len(found) > 1 and all(len(text[one:two].split()) <= _LONGEST_PHRASE for one, two in parts):
            return parts
    return _inline(text, start, end)


def _trimmed(text: str, edges: list[int]) -> Iterable[tuple[int, int]]:
    return (trim(text, first, last) for first, last in zip(edges[::2], edges[1::2], strict=True))


def _indent(text: str, opens: int) -> int:
    line = text[opens : opens + 80]
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _number(mark: str) -> str:
    found = _NUMBERED.search(mark.strip())
    return found[1] if found else ""


def _style(mark: str) -> str:
    found = _NUMBERED.search(mark)
    if not found:
        return mark[:1]
    return ("1" if found[1].isdigit() else "a") + mark[-1]
