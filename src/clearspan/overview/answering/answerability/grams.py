"""What is seen of a question: its runs of one to three words, signs and numbers by their form, and its embedding."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[?,.!-]")
_LONGEST = 3


def grams(question: str) -> frozenset[str]:
    """Runs of one to three tokens in lower case; `^` is the beginning, `0000` a year, `0` any other number."""
    tokens = ["^", *(_form(token) for token in _TOKEN.findall(question))]
    return frozenset(
        " ".join(tokens[i : i + length])
        for length in range(1, _LONGEST + 1)
        for i in range(len(tokens) - length + 1)
    )


def rows(questions: Sequence[frozenset[str]], index: Mapping[str, int]) -> NDArray[np.float32]:
    """One row a question over the known runs; rows have unit length, so that long questions do not weigh more."""
    table = np.zeros((len(questions), len(index)), np.float32)
    for row, found in zip(table, questions, strict=True):
        known = [index[gram] for gram in found if gram in index]
        if known:
            row[known] = len(known) ** -0.5
    return table


def vocabulary(questions: Iterable[frozenset[str]], at_least: int) -> dict[str, int]:
    """Column of each run that stands in at least so many questions."""
    counted: dict[str, int] = {}
    for found in questions:
        for gram in found:
            counted[gram] = counted.get(gram, 0) + 1
    return {
        gram: column for column, gram in enumerate(sorted(g for g, n in counted.items() if n >= at_least))
    }


def _form(token: str) -> str:
    if token.isdigit():
        return "0000" if len(token) == 4 else "0"
    return token.lower().replace("’", "'")
