"""What the reader reads at once: a question, where a passage stands, and the sentences of the passage."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from clearspan.language.sentences import sentences

LONGEST = 256
"""Tokens of a window, special ones included."""
LONGEST_QUESTION = 48
LONGEST_PLACE = 32
"""Tokens of title and heading."""

SEPARATOR = " · "
"""Between the title of a document and the heading of a passage."""

_CLS, _SEP = 101, 102
"""Special tokens of the vocabulary that BERT and its kin share."""


@dataclass(frozen=True, slots=True)
class Body:
    """A passage as tokens, for any question.

    Attributes:
        ids: of its tokens, shape `(tokens,)`.
        starts, ends: characters of each token in the passage, shape `(tokens,)`.
        sentences: spans of its sentences in characters.
        token_spans: the same in tokens, the end exclusive; empty spans for what no token covers.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    sentences: tuple[tuple[int, int], ...]
    token_spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A question with some sentences of a passage.

    Attributes:
        ids: tokens: `[CLS] question [SEP] place [SEP] sentences [SEP]`, at most `LONGEST`.
        second: index of the first token after the question.
        offset: what to add to a token of the passage to have its index in `ids`.
        tokens: tokens of the passage that are in it, first and beyond the last.
        first: index of its first sentence among the passage's.
        spans: tokens in `ids` of each of its sentences, the end exclusive.
    """

    ids: tuple[int, ...]
    second: int
    offset: int
    tokens: tuple[int, int]
    first: int
    spans: tuple[tuple[int, int], ...]


class WindowCutter:
    """Cuts passages into windows.

    Args:
        tokenizer: of the encoder, a WordPiece of BERT's kind.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._short = lru_cache(maxsize=4096)(self._encode)

    def body(self, text: str) -> Body:
        """A passage as tokens."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        starts = np.array([start for start, _ in encoding.offsets], np.int32)
        ends = np.array([end for _, end in encoding.offsets], np.int32)
        spans = tuple(sentences(text))
        cut = tuple((bisect_right(ends, start), bisect_left(starts, end)) for start, end in spans)
        return Body(np.array(encoding.ids, np.int32), starts, ends, spans, cut)

    def of(self, question: str, place: str, body: Body) -> list[Window]:
        """Windows that hold each sentence of a passage once, in order; none for a passage without sentences.

        Args:
            place: where the passage stands: title and heading of its document.
        """
        asked = self._short(question)[:LONGEST_QUESTION]
        stands = self._short(place)[:LONGEST_PLACE]
        head = (_CLS, *asked, _SEP, *stands, _SEP)
        room = LONGEST - len(head) - 1
        return [
            _window(head, len(asked) + 2, body, first, last, room)
            for first, last in _cuts(body.token_spans, room)
        ]

    def _encode(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)


def place_of(title: str, heading: str) -> str:
    """Title and heading as the reader is told them."""
    return f"{title}{SEPARATOR}{heading}" if heading and heading != title else title


def _cuts(spans: Sequence[tuple[int, int]], room: int) -> list[tuple[int, int]]:
    """Runs of sentences, first and beyond the last, that fit into `room` tokens; one that is longer stands alone."""
    cuts: list[tuple[int, int]] = []
    first = 0
    for index, (_, end) in enumerate(spans):
        if index > first and end - spans[first][0] > room:
            cuts.append((first, index))
            first = index
    return [*cuts, (first, len(spans))] if spans else []


def _window(head: tuple[int, ...], second: int, body: Body, first: int, last: int, room: int) -> Window:
    start = body.token_spans[first][0]
    end = min(max(end for _, end in body.token_spans[first:last]), start + room)
    offset = len(head) - start
    spans = tuple(
        (min(one, end) + offset, min(two, end) + offset) for one, two in body.token_spans[first:last]
    )
    ids = (*head, *(int(each) for each in body.ids[start:end]), _SEP)
    return Window(ids, second, offset, (start, end), first, spans)
