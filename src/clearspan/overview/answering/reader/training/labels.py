"""What the labels of a question come to in a passage: which sentences are marked, where the answer stands."""

import re
from collections.abc import Sequence
from typing import cast

import numpy as np

from clearspan.overview.answering.reader.kinds import KINDS, AskedFor
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.answering.reader.windows import Body, Window

UNKNOWN = -1
_BOTH = frozenset({"yes", "no"})


def spans_of(text: str, evidence: Sequence[str]) -> list[tuple[int, int]]:
    """Where the marked sentences stand in a text; those that stand elsewhere are left out."""
    found = [(text.find(each), len(each)) for each in evidence if each.strip()]
    return [(start, start + length) for start, length in found if start >= 0]


def is_marked(sentence: tuple[int, int], marks: Sequence[tuple[int, int]]) -> bool:
    """Whether half of a sentence is marked, or half of a mark is in it."""
    start, end = sentence
    for one, two in marks:
        both = min(end, two) - max(start, one)
        if both > 0 and 2 * both >= min(end - start, two - one):
            return True
    return False


def answer_span(
    text: str, answers: Sequence[str], marks: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Where the first answer stands within marked evidence."""
    for answer in answers:
        plain = answer.strip()
        if not plain or len(plain) > 120 or plain.casefold() in _BOTH:
            continue
        for match in re.finditer(re.escape(plain), text, re.IGNORECASE):
            if any(one <= match.start() and match.end() <= two for one, two in marks):
                return match.span()
    return None


def token_span(span: tuple[int, int] | None, window: Window, body: Body) -> tuple[int, int] | None:
    """First and last token of a span of the passage, as its window counts them; None where it is not all in it."""
    if span is None:
        return None
    first = int(np.searchsorted(body.ends, span[0], "right"))
    last = int(np.searchsorted(body.starts, span[1], "left")) - 1
    if not window.tokens[0] <= first <= last < window.tokens[1]:
        return None
    return first + window.offset, last + window.offset


def kind_index(question: LabelledQuestion) -> int:
    """Of what is asked for, in `KINDS`."""
    return KINDS.index(cast("AskedFor", question.kind))


def yes_label(question: LabelledQuestion) -> int:
    """1 where the answer is yes, 0 where it is no, -1 where it is neither."""
    if not question.answers or (said := question.answers[0].strip().casefold()) not in _BOTH:
        return UNKNOWN
    return int(said == "yes")


def says(text: str, answers: Sequence[str]) -> bool:
    """Whether a text holds the words of an answer that is more than yes or no."""
    lower = text.casefold()
    return any(
        plain in lower for each in answers if (plain := each.strip().casefold()) and plain not in _BOTH
    )


def telling_pieces(text: str) -> frozenset[str]:
    """Words of three letters or more, in small letters."""
    return frozenset(re.findall(r"\w{3,}", text.casefold()))
