"""The form of a question: how long it is, and how alike the alternatives are that it offers."""

import re
from functools import lru_cache

import numpy as np

from clearspan.measure.estimate import Array

_ALTERNATIVE = re.compile(r"^\s*\(?(?:[A-Ja-j]|\d{1,2})[.)]\s+(\S.*)$", re.MULTILINE)
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=2**15)  # folds ask for the same questions again
def form(question: str) -> tuple[float, float, float]:
    """The logarithm of the length, the likeness of the alternatives, and whether there are any.

    The likeness is the mean Jaccard index of the words of each two alternatives: those that differ in few words are
    harder to tell apart. Without two alternatives it is 0.
    """
    length = float(np.log1p(len(question)))
    words = [set(_WORD.findall(found[1].lower())) for found in _ALTERNATIVE.finditer(question)]
    if len(words) < 2:
        return length, 0.0, 0.0
    pairs = [(one, other) for place, one in enumerate(words) for other in words[:place]]
    return length, float(np.mean([len(one & other) / max(1, len(one | other)) for one, other in pairs])), 1.0


def forms(questions: tuple[str, ...]) -> Array:
    """The form of each question, (n, 3)."""
    return np.array([form(question) for question in questions], np.float64).reshape(-1, 3)
