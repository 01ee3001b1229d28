"""Passages: a document cut into spans of a size that search and a reader can take in at once."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from clearspan.language.sentences import sentences, trim
from clearspan.library.documents import Passage

SMALLEST = 60
"""Words below which a passage looks for a neighbour to join."""
ENOUGH = 110
"""Words from which a passage is closed at the next paragraph."""
LARGEST = 200
"""Words that a passage does not exceed."""
_CHARACTERS_PER_WORD = 10  # bounds passages of scripts without spaces, and of long codes
_PARAGRAPH_END = re.compile(r"\n(?=[^\S\n]*\n)")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_SEEN = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class _Fragment:
    start: int
    end: int
    size: int


def split(
    document_id: str,
    text: str,
    headings: Sequence[tuple[int, int]] = (),
    page_starts: Sequence[int] = (),
) -> list[Passage]:
    """Cut a text at its headings and paragraphs into passages of about 60 to 200 words.

    Args:
        headings: spans of the heading lines, ascending. A passage may open with headings, but none stands
            inside it after other text.
        page_starts: offsets at which pages begin, ascending.

    Returns:
        Passages in order; each non-space character of `text` lies in exactly one of them.
    """
    passages: list[Passage] = []
    for start, end, heading in _sections(text, headings):
        for first, last in _pack(list(_pieces(text, start, end))):
            passages.append(
                Passage(
                    id=f"{document_id}:{len(passages)}",
                    document_id=document_id,
                    index=len(passages),
                    start=first,
                    end=last,
                    text=text[first:last],
                    heading=heading,
                    page=bisect_right(page_starts, first) if page_starts else None,
                )
            )
    return passages


def _sections(text: str, headings: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Spans from one heading to the next; headings with nothing between them open one section together."""
    start, name, body_from = 0, "", 0
    for first, last in headings:
        if text[body_from:first].strip():
            yield start, first, name
            start = first
        name, body_from = text[first:last].strip(), last
    if text[start:].strip():
        yield start, len(text), name


def _pieces(text: str, start: int, end: int) -> Iterator[_Fragment]:
    # By their ends: an expression for a paragraph itself would hold a hundred bytes for each of its characters.
    ends = (found.start() for found in _PARAGRAPH_END.finditer(text, start, end))
    for first, last in pairwise(chain((start,), ends, (end,))):
        first, last = trim(text, first, last)
        if first < last:
            yield from _bounded(text, first, last)


def _bounded(text: str, start: int, end: int) -> Iterator[_Fragment]:
    """A paragraph, or, where it is too large, its lines, then its sentences, then runs of its words."""
    if not _is_large(text, start, end):
        yield _Fragment(start, end, _size(text, start, end))
        return
    for line in _LINE.finditer(text, start, end):
        first, last = trim(text, *line.span())
        if _is_large(text, first, last):
            yield from _sentence_pieces(text, first, last)
        else:
            yield _Fragment(first, last, _size(text, first, last))


def _sentence_pieces(text: str, start: int, end: int) -> Iterator[_Fragment]:
    starts = [start + first for first, _ in sentences(text[start:end])]
    cuts = sorted({start, *starts, end})
    for first, last in pairwise(cuts):
        first, last = trim(text, first, last)
        while _is_large(text, first, last):
            cut = _word_cut(text, first, last)
            yield _Fragment(first, trim(text, first, cut)[1], LARGEST)
            # The end is trimmed already; trimming all the rest once a piece would take the square of its length.
            seen = _SEEN.search(text, cut, last)
            first = seen.start() if seen else last
        if last > first:
            yield _Fragment(first, last, _size(text, first, last))


def _word_cut(text: str, start: int, end: int) -> int:
    """Where the first half passage of a sentence without end stops, between words if there are any."""
    furthest = min(end - 1, start + LARGEST * _CHARACTERS_PER_WORD // 2)
    space = text.rfind(" ", start + 1, furthest)
    return space if space > start else furthest


def _pack(pieces: Sequence[_Fragment]) -> list[tuple[int, int]]:
    """Neighbouring pieces joined until a passage has enough words; a small rest joins the one before it."""
    packed: list[_Fragment] = []
    for piece in pieces:
        last = packed[-1] if packed else None
        if last and last.size < ENOUGH and last.size + piece.size <= LARGEST:
            packed[-1] = _Fragment(last.start, piece.end, last.size + piece.size)
        else:
            packed.append(piece)
    if len(packed) > 1 and packed[-1].size < SMALLEST and packed[-2].size + packed[-1].size <= LARGEST:
        rest = packed.pop()
        packed[-1] = _Fragment(packed[-1].start, rest.end, packed[-1].size + rest.size)
    return [(piece.start, piece.end) for piece in packed]


def _is_large(text: str, start: int, end: int) -> bool:
    """Whether a span is over the size of a passage; of a long one its words are not looked at."""
    return (end - start) // _CHARACTERS_PER_WORD > LARGEST or _size(text, start, end) > LARGEST


def _size(text: str, start: int, end: int) -> int:
    return max(len(text[start:end].split()), (end - start) // _CHARACTERS_PER_WORD)
