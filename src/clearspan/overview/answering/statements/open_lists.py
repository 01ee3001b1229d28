"""The lists that are open at a place of a text, while it is read from its beginning to its end."""

import re
from dataclasses import dataclass, field

_LEADS = re.compile(
    r"\b(?:includ(?:es?|ed|ing)|are|were|following|means|causes?|contains?|involves?|such\s+as|like)$"
)
"""Ends of a sentence without a stop that goes on in the items under it."""

_SKIPPED = 2
"""Numbers that a list may leave out and go on: a step may stand in a picture."""

_DEEPEST = 8
"""Lists that stand in one another at most; who sets more of them into each other means no lists."""


@dataclass(frozen=True, slots=True)
class ListItem:
    """Where an item stands in its list.

    Attributes:
        run: number of the list within the text, from 0.
        place: of the item within the list, from 0; items of lists inside it are not counted.
        mark: its number or letter as the source writes it; empty for a bullet.
        depth: of its list, 0 for one that stands in no other.
        stem: span of the sentence that introduces the list; None where only a heading stands above it.
        parent: span of the item that the list stands in; None for an outer list.
    """

    run: int
    place: int
    mark: str = ""
    depth: int = 0
    stem: tuple[int, int] | None = None
    parent: tuple[int, int] | None = None


@dataclass(slots=True)
class _Open:
    """A list whose next item may still come."""

    run: int
    indent: int
    style: str
    place: int
    number: int
    stem: tuple[int, int] | None
    parent: tuple[int, int] | None
    last: tuple[int, int]


@dataclass(slots=True)
class OpenLists:
    """The lists that are open at a place of the text, outermost first, and the sentence that may introduce one.

    `paused` were open before another list began; their numbers may go on after it.
    """

    stack: list[_Open] = field(default_factory=list[_Open])
    paused: list[_Open] = field(default_factory=list[_Open])
    runs: int = 0
    stem: tuple[int, int] | None = None
    colon: bool = False
    broken: bool = False

    def close(self) -> None:
        self.stack.clear()
        self.paused.clear()
        self.stem = None
        self.broken = False

    def introduce(self, text: str, span: tuple[int, int]) -> None:
        """A sentence that may introduce a list: with a colon, or words that go on in the marked items under it."""
        self.colon = text[span[1] - 1] == ":"
        self.stem = span if self.colon or _LEADS.search(text, *span) else None
        self.broken = True

    def item(self, mark: str, style: str, indent: int, span: tuple[int, int]) -> ListItem:
        """The place of an item that begins here."""
        number = int(mark) if mark.isdigit() else 0
        self._leave(style, indent, number)
        if not self.stack or self._opens(style, indent):
            del self.stack[_DEEPEST - 1 :]
            parent = self.stack[-1].last if self.stack else None
            # A list inside an item is introduced by that item, unless a sentence in between does.
            stem = self.stem if self.stem != parent else None
            self.stack.append(_Open(self.runs, indent, style, -1, number - 1, stem, parent, span))
            self.runs += 1
        top = self.stack[-1]
        top.place, top.number, top.last = top.place + 1, number, span
        self.stem, self.broken = None, False
        return ListItem(top.run, top.place, mark, len(self.stack) - 1, top.stem, top.parent)

    def goes_on(self, first: str) -> bool:
        """Whether a paragraph that begins so is an item: in small letters, under a colon or another such item."""
        listing = bool(self.stack) and self.stack[-1].style == "paragraph" and not self.broken
        return first.islower() and ((self.stem is not None and self.colon) or listing)

    def _opens(self, style: str, indent: int) -> bool:
        top = self.stack[-1]
        return indent > top.indent or style != top.style

    def _leave(self, style: str, indent: int, number: int) -> None:
        """Close the lists that this item does not go on with."""
        for lists in (self.stack, self.paused if number else ()):
            for depth in reversed(range(len(lists))):
                if self._goes_on_with(lists[depth], style, indent, number):
                    self.stack = [*lists[: depth + 1]]
                    return
        if any(one.number for one in self.stack):
            self.paused = [*self.stack]
        # None of them goes on: a deeper list keeps the one that it stands in, unless text came between.
        if self.broken or self.stem is not None or style == "step":
            self.stack.clear()
        else:
            while self.stack and indent <= self.stack[-1].indent and style == self.stack[-1].style:
                self.stack.pop()

    def _goes_on_with(self, one: _Open, style: str, indent: int, number: int) -> bool:
        if style != one.style or abs(indent - one.indent) > 1:
            return False
        if number:
            return one.number < number <= one.number + 1 + _SKIPPED
        return not self.broken and self.stem is None
