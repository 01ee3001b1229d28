"""The numbers of a word processor's paragraphs, which stand in no paragraph's text."""

import re
from dataclasses import dataclass, field
from typing import Any

from clearspan.library.readers.flow import numeral
from clearspan.library.readers.office.archive import attribute, child, is_on, local

_FORMATS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _NumberLevel:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False


@dataclass(slots=True)
class _NumberedList:
    """One list of the document; lists made of one pattern count on together, unless one begins anew."""

    pattern: str
    starts: dict[int, int] = field(default_factory=dict[int, int])
    levels: dict[int, _NumberLevel] = field(default_factory=dict[int, _NumberLevel])


class ParagraphNumbers:
    """Counts through the numbered paragraphs of a document, in order.

    Args:
        root: of the part that defines its lists, if it has one.
    """

    def __init__(self, root: Any) -> None:
        self._patterns: dict[str, dict[int, _NumberLevel]] = {}
        self._lists: dict[str, _NumberedList] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        for one in () if root is None else root:
            if local(one) == "abstractNum":
                self._patterns[attribute(one, "abstractNumId")] = _levels(one)
            elif local(one) == "num":
                self._lists[attribute(one, "numId")] = _numbered_list(one)

    def next(self, list_id: str, level: int) -> str:
        """The marker of the next paragraph of a list at a level: `3.`, `2.1`, `-` for a bullet, empty for none."""
        found = self._lists.get(list_id)
        if found is None or not 0 <= level < _LEVELS:
            return "-" if list_id not in ("", "0") else ""
        levels = self._patterns.get(found.pattern, {}) | found.levels
        counts = self._counts.setdefault(found.pattern, {})
        if list_id not in self._begun:
            self._begun.add(list_id)
            for one, start in found.starts.items():
                counts[one] = start - 1
        own = levels.get(level, _NumberLevel())
        counts[level] = counts.get(level, own.start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)
        if own.form == "bullet":
            return "-"
        return "" if own.form == "none" else _marker(own, levels, counts)


def _marker(own: _NumberLevel, levels: dict[int, _NumberLevel], counts: dict[int, int]) -> str:
    def number(match: re.Match[str]) -> str:
        at = int(match.group(1)) - 1
        level = levels.get(at, _NumberLevel())
        form = "1" if own.legal else _FORMATS.get(level.form, "1")
        return numeral(counts.get(at, level.start), form)

    return re.sub(r"%([1-9])", number, own.text).strip()


def _levels(pattern: Any) -> dict[int, _NumberLevel]:
    return {_whole(attribute(one, "ilvl"), 0): _level(one) for one in pattern if local(one) == "lvl"}


def _level(one: Any) -> _NumberLevel:
    start, form, text = (child(one, name) for name in ("start", "numFmt", "lvlText"))
    return _NumberLevel(
        start=1 if start is None else _whole(attribute(start, "val"), 1),
        form="decimal" if form is None else attribute(form, "val"),
        text="" if text is None else attribute(text, "val"),
        legal=is_on(child(one, "isLgl")),
    )


def _numbered_list(one: Any) -> _NumberedList:
    pattern = child(one, "abstractNumId")
    found = _NumberedList("" if pattern is None else attribute(pattern, "val"))
    for override in one:
        if local(override) == "lvlOverride":
            level = _whole(attribute(override, "ilvl"), 0)
            begins, own = child(override, "startOverride"), child(override, "lvl")
            if begins is not None:
                found.starts[level] = _whole(attribute(begins, "val"), 1)
            if own is not None:
                found.levels[level] = _level(own)
    return found


def _whole(text: str, usual: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else usual
