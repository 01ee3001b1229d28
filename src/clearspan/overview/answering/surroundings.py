"""A document read around the sentences that may answer: a list or a pronoun may have begun a passage earlier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearspan.library.documents import Document, Passage
from clearspan.overview.answering.statements.statement import QuotableStatement, statements

_AROUND = 2
"""Passages before and after one that may answer that are read with it."""


@dataclass(frozen=True, slots=True)
class ReadAround:
    """A stretch of a document with what may be quoted of it.

    Attributes:
        passages: that it is made of, in order.
        text: of the document from the first one's begin to the last one's end.
        found: statements in it, whose offsets count in `text`.
    """

    document: Document
    passages: tuple[Passage, ...]
    text: str
    found: tuple[QuotableStatement, ...]

    @property
    def start(self) -> int:
        """Where it begins in the document, in characters."""
        return self.passages[0].start

    @property
    def end(self) -> int:
        """Where it ends in the document, in characters."""
        return self.passages[-1].end


Windows = Mapping[str, tuple[ReadAround, ...]]
"""Document id → its windows, in order and apart from each other."""


def windows(
    document: Document,
    passages: Sequence[Passage],
    wanted: Sequence[int],
    taken: Sequence[tuple[int, int]] = (),
) -> tuple[ReadAround, ...]:
    """The stretches of a document around some of its passages.

    Args:
        document: with its text.
        passages: all of the document, in order.
        wanted: indices of the passages that may answer.
        taken: spans of the document that are copied from what is not believed; nothing of them may be quoted.
    """
    near = sorted(
        {i for one in wanted for i in range(one - _AROUND, one + _AROUND + 1) if 0 <= i < len(passages)}
    )
    runs: list[list[int]] = []
    for index in near:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return tuple(_window(document, [passages[i] for i in run], taken) for run in runs)


def _window(document: Document, passages: Sequence[Passage], taken: Sequence[tuple[int, int]]) -> ReadAround:
    start, end = passages[0].start, passages[-1].end
    text = document.text[start:end]
    found = tuple(
        one
        for one in statements(text, passages[0].heading, document.title)
        if not any(start + a < last and first < start + b for a, b in one.spans for first, last in taken)
    )
    return ReadAround(document, tuple(passages), text, found)
