"""What the question alone says of its answer: from when on silence is put down to it, and whether it is one at all.

Short of that it is not weighed against what the library supports: on held-out questions the reader tells better without
it what is answered there.
"""

import math
import re
from collections.abc import Sequence

from clearspan.language.words import words
from clearspan.overview.answering.answerability.model import Answerability
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import Question

_PLAINLY = 0.98
"""Probability that a sentence needs to answer what nobody can know, by its wording: a library may know better."""

UNKNOWABLE, FALSE_PREMISE = 0.7, 0.8
"""Probabilities from which silence is put down to the question. The model of false premises knows little of the world
(see docs/concepts/trust.md), so it must be surer."""

_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœ]")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")


def least(
    assessed: Answerability, candidates: Sequence[Candidate], answered: float, threshold: float
) -> float:
    """Probability from which a sentence is shown.

    That of the second best, where only the best two together answer surely enough; more than any sentence has where
    they do not; and more than usual where the question reads as one beyond answering.

    Args:
        answered: probability that one of the best two answers.
        threshold: of that probability.
    """
    if assessed.unknowable >= UNKNOWABLE:
        return max(threshold, _PLAINLY)
    if answered < threshold:
        return math.inf
    believed = [one.probability for one in candidates if one.believed][:2]
    # A sentence that answers surely enough alone needs no second one that probably does not.
    return min(believed) if believed and max(believed) < threshold else threshold


def is_nonsense(question: Question) -> bool:
    """Whether most of the telling words are no words of any language that is written in these letters."""
    told = [
        word
        for word in words(" ".join(question.spoken))
        if word.isascii() and word.isalpha() and len(word) > 3
    ]
    odd = [word for word in told if not _VOWELS.search(word) or _CONSONANTS.search(word)]
    return len(odd) >= 2 and len(odd) > len(told) / 2
