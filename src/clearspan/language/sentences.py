"""Sentences of a stored text: prose by its punctuation, lists and tables by their lines."""

import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from clearspan.language.quantities import Quantity, quantities
from clearspan.language.words import stems

UnitKind = Literal["prose", "item", "row", "heading"]
_MAX_HEADING_WORDS = 14
_FULL, _HALF_FULL = 0.75, 0.5
"""Shares of the longest line of a paragraph that a line must not reach with the next word, for that to begin anew; the
lower one where it begins in lower case."""
_LONGEST_ROW = 10_000
"""Characters above which a line is no row: no table is so wide, and looking for pairs in it would fill the memory."""
_WIDEST = 160
"""Characters of a line above which nobody breaks lines where they are full."""
_NARROWEST = 40
"""The same of a line below which a text is no column: what stands under 'This includes:' is a list."""
_RAGGED, _MOSTLY = 0.15, 0.6
"""How much lines that a program broke differ in length from the usual one, as a share, and what share of them does."""
_OPENING = "“‘\"'"

# Anchored, because a search that begins anew at each space of a blank line takes the square of its length.
_LINE = re.compile(r"^[^\S\n]*\S[^\n]*", re.MULTILINE)
_BULLET = re.compile(r"\s*(?:[-*+•‣◦–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
_HASHES = re.compile(r"\s*#{1,6}\s")
_PAIR = r"[^:;\n]{1,80}: [^;\n]+"
_PAIRS = re.compile(rf"\s*{_PAIR}(?:; {_PAIR})+\s*")
_ONE_PAIR = re.compile(rf"\s*{_PAIR}\s*")
_CELLS = re.compile(r"[^\n]*\S *(?:\t| \| )\s*\S[^\n]*")
_TERMINAL = re.compile(r"[.!?;,…。！？][\"'”’)\]]*\s*$")
_OPEN_END = re.compile(
    r"[,(\[–—-]$|(?<![;,]\s)\b(?:of|the|an?|by|and|or|to|in|on|at|for|with|from|as|than|that|which|is|are|was|were|be|its?)$",
    re.IGNORECASE,
)
"""Ends of a line that cannot stand; of 'and' and 'or' not those that close an item of a list."""
_JOINING = re.compile(r"(?:is|are|was|were|has|have|had|will|would|can|could|and|or|but|which|whose|than)\b")
"""Beginnings of a line that cannot stand."""
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w’'-]+(?:\s+(?:of|de|van|von|and|the)?\s*[A-Z][\w’'-]+)*")
_OPENING_NAME = re.compile(r"^[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)+")


@dataclass(frozen=True)
class Sentence:
    """A sentence, read once: each part is worked out when it is first asked for, and then kept.

    Attributes:
        text: as it stands in the text that it was cut from.
        start: where it stands in that text, in characters.
    """

    text: str
    start: int = 0

    @property
    def end(self) -> int:
        """Where it ends in the text that it was cut from."""
        return self.start + len(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of its telling words."""
        return stems(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its quantities in order; their offsets count from the start of the sentence."""
        return quantities(self.text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its names: words in a run that begin with a capital, but for a lone one that opens it."""
        return (*_OPENING_NAME.findall(self.text), *_NAME.findall(self.text))

    @cached_property
    def name_stems(self) -> tuple[frozenset[str], ...]:
        """Stems of each of its names."""
        return tuple(map(stems, self.names))


@dataclass(frozen=True, slots=True)
class TextUnit:
    """A part of a text that no sentence crosses: a paragraph, an item of a list, a row of a table or a heading.

    Attributes:
        opens: where its first line begins, in characters; what stands before `start` is the mark of an item.
        start: where its words begin.
        end: where they end.
    """

    kind: UnitKind
    opens: int
    start: int
    end: int


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences in order, white space trimmed.

    A list item is cut within its line only and loses its marker; a table row is one sentence; headings are
    left out.
    """
    found: list[tuple[int, int]] = []
    for unit in units(text):
        if unit.kind == "row":
            found.append(trim(text, unit.start, unit.end))
        elif unit.kind != "heading":
            for start, end in _stretches(text, unit):
                found.extend(prose_sentences(text, start, end))
    return found


@lru_cache(maxsize=2048)
def read_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text in order; what was read of them is kept for the texts that were read last."""
    return tuple(Sentence(text[start:end], start) for start, end in sentences(text))


def headings(text: str) -> list[tuple[int, int]]:
    """Spans of the lines that read as headings: alone, short, unpunctuated, and with something after them."""
    return [trim(text, unit.start, unit.end) for unit in units(text) if unit.kind == "heading"]


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends; of nothing else an empty one is left, at `end`."""
    inside = text[start:end]
    left = len(inside) - len(inside.lstrip())
    return start + left, start + left + len(inside.strip())


def prose_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a stretch of prose, white space trimmed, none without a letter or a digit."""
    for first, last in _boundaries(text[start:end]):
        first, last = trim(text, start + first, start + last)
        if any(character.isalnum() for character in text[first:last]):
            yield first, last


def _boundaries(prose: str) -> list[tuple[int, int]]:
    # sentencex is compiled and carries no types: its values are given theirs here.
    sentencex = importlib.import_module("sentencex")
    found: list[dict[str, int]] = sentencex.get_sentence_boundaries("en", prose)
    return [(boundary["start_index"], boundary["end_index"]) for boundary in found]


def units(text: str) -> Iterator[TextUnit]:
    """The units of a text in order."""
    blocks = list(_blocks(text))
    for position, lines in enumerate(blocks):
        followed = position + 1 < len(blocks)
        if len(lines) == 1 and followed and _is_heading(text[lines[0][0] : lines[0][1]]):
            yield TextUnit("heading", lines[0][0], *lines[0])
        else:
            yield from _units_of_block(text, lines)


def _blocks(text: str) -> Iterator[list[tuple[int, int]]]:
    """Runs of lines without a blank line between them."""
    block: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        if block and text.count("\n", block[-1][1], match.start()) > 1:
            yield block
            block = []
        block.append(match.span())
    if block:
        yield block


def _units_of_block(text: str, lines: list[tuple[int, int]]) -> Iterator[TextUnit]:
    current: TextUnit | None = None
    broken, before = Paragraph.of([end - start for start, end in lines]), ""
    for start, end in lines:
        line, last = text[start:end], before
        before = line
        if _HASHES.match(line):
            unit = TextUnit("heading", start, start, end)
        elif _is_row(line):
            unit = TextUnit("row", start, start, end)
        elif marker := _BULLET.match(line):
            unit = TextUnit("item", start, start + marker.end(), end)
        elif current is not None and (
            current.kind == "prose" or (current.kind == "item" and _continues(broken, last, line))
        ):
            current = replace(current, end=end)
            continue
        else:
            unit = TextUnit("prose", start, start, end)
        if current is not None:
            yield current
        current = unit
    if current is not None:
        yield current


def _continues(broken: "Paragraph", last: str, line: str) -> bool:
    """Whether a line belongs to the item above it: set in, or its sentence goes on there."""
    return line[0].isspace() or ((broken.wrapped or not line[0].isupper()) and broken.goes_on(last, line))


def _stretches(text: str, unit: TextUnit) -> Iterator[tuple[int, int]]:
    """The runs of lines of a paragraph or an item that go on with each other."""
    lines = list(lines_of(text, unit.start, unit.end))
    broken = Paragraph.of([end - start for start, end in lines])
    begin, listing = unit.start, False
    for (first, last), (start, end) in pairwise(lines):
        before = text[first:last]
        listing = listing or (broken.width < _NARROWEST and before.rstrip().endswith(":"))
        if listing or not broken.goes_on(before, text[start:end]):
            yield begin, last
            begin = start
    yield begin, unit.end


def lines_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the lines of a stretch that are not blank."""
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if text[start:stop].strip():
            yield start, stop
        start = stop + 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """How the lines of a paragraph are broken.

    Attributes:
        width: characters of its longest line.
        wrapped: whether a program broke them, as nearly all but the last are about equally long.
    """

    width: int
    wrapped: bool

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "Paragraph":
        """Of the characters of its lines."""
        body = sorted(lengths[:-1])
        if not body:
            return cls(max(lengths, default=0), False)
        # One line that could not be broken, as an address, may be longer than all others.
        usual = body[len(body) // 2]
        even = sum(abs(one - usual) <= _RAGGED * usual for one in body)
        wrapped = len(body) > 1 and _NARROWEST <= usual <= _WIDEST and even >= _MOSTLY * len(body)
        return cls(max(lengths), wrapped)

    def goes_on(self, before: str, line: str) -> bool:
        """Whether a line goes on with the one before it; else whoever wrote it began anew there.

        It does where the lines were broken by a program, where the one before was full, and where its words need it.
        """
        before, first = before.rstrip(), line.split(maxsplit=1)[0]
        if not before:
            return False
        introduced = before.endswith(":")
        if self.wrapped and not introduced:
            return True
        if introduced and self.width < _NARROWEST:
            return False
        if _OPEN_END.search(before) or (not introduced and _JOINING.match(line.lstrip())):
            return True
        if self.width > _WIDEST:
            return False
        if not introduced and not first.lstrip(_OPENING)[:1].isalpha():
            return True
        share = _HALF_FULL if first[0].islower() and not introduced else _FULL
        return len(before) + 1 + len(first) > share * self.width


def _is_row(line: str) -> bool:
    if len(line) > _LONGEST_ROW:
        return False
    if _PAIRS.fullmatch(line) or _CELLS.fullmatch(line):
        return True
    short = len(line.split()) <= _MAX_HEADING_WORDS
    return short and bool(_ONE_PAIR.fullmatch(line)) and not _TERMINAL.search(line)


def _is_heading(line: str) -> bool:
    if _HASHES.match(line):
        return True
    stripped = line.strip()
    if _TERMINAL.search(stripped) or _BULLET.match(stripped) or _is_row(stripped):
        return False
    if stripped.endswith(":") or len(stripped.split()) > _MAX_HEADING_WORDS:
        return False
    return any(character.isalpha() for character in stripped) and not stripped[0].islower()
