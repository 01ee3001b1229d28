"""The form of a question: how long it is, and how alike the alternatives are that it offers."""

import re

import numpy as np

from clearspan.measure.estimate import Array

_ALTERNATIVE = re.compile(r"^\s*\(?(?:[A-Ja-j]|\d{1,2})[.)]\s+(\S.*)$", re.MULTILINE)
_WORD = re.compile(r"\w+")


def form(question: str) -> tuple[float, float, float, float]:
    """Logarithms of the lengths of the question and of its alternatives, their likeness, whether it has any.

    The likeness is the mean Jaccard index of the words of each two alternatives: those that differ in few words are
    harder to tell apart. Without two alternatives it is 0.
    """
    found = list(_ALTERNATIVE.finditer(question))
    if len(found) < 2:
        return float(np.log1p(len(question))), 0.0, 0.0, 0.0
    texts = [match[1] for match in found]
    words = [set(_WORD.findall(text.lower())) for text in texts]
    alike = [
        len(one & other) / max(1, len(one | other))
        for place, one in enumerate(words)
        for other in words[:place]
    ]
    stem = question[: found[0].start()]
    offered = np.log1p(np.mean([len(text) for text in texts]))
    return float(np.log1p(len(stem))), float(offered), float(np.mean(alike)), 1.0


def forms(questions: tuple[str, ...]) -> Array:
    """The form of each question, (n, 4)."""
    return np.array([form(question) for question in questions], np.float64).reshape(-1, 4)
