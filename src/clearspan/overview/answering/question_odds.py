"""What the question alone says about its answer, weighed against what the library supports; and what an error costs.

The decision is that of Chow (1970, 'On optimum recognition error and reject tradeoff'): with p the probability that a
sentence answers, showing it costs (1 − p) · cost of a wrong answer, silence costs the cost of abstaining, and the
cheaper is done. So it is shown from p = 1 − abstaining / wrong on.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from clearspan.language.words import words
from clearspan.overview.answering.answerability.model import Answerability
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import Question
from clearspan.receipts import Check

_SURE = 0.98
"""No question is held to be beyond answering more surely than this: a library may know better."""

UNKNOWABLE, FALSE_PREMISE = 0.7, 0.8
"""Probabilities from which silence is put down to the question. The model of false premises knows little of the world
(see docs/concepts/trust.md), so it must be surer."""

_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœ]")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")


def weigh(candidates: Sequence[Candidate], assessed: Answerability) -> list[Candidate]:
    """Candidates with the probability that they answer after the question has had its say; order stays.

    By Bayes' rule the odds of each are multiplied by the odds that the question can be answered, over the same odds of
    the questions that the model was trained on. The factor is at most 1: a question that reads well answers nothing.
    """
    able = min(_SURE, max(1.0 - _SURE, 1.0 - assessed.unknowable))
    factor = min(1.0, _odds(able) / _odds(1.0 - assessed.base["unknowable"]))
    if factor == 1.0:
        return list(candidates)
    detail = f"the question reads as one that nobody can answer ({assessed.unknowable:.0%})"
    check = Check(name="answerable question", score=round(1.0 - assessed.unknowable, 3), detail=detail)
    return [
        replace(one, probability=_weighed(one.probability, factor), checks=(*one.checks, check))
        for one in candidates
    ]


def is_nonsense(question: Question) -> bool:
    """Whether most of the telling words are no words of any language that is written in these letters."""
    told = [
        word
        for word in words(" ".join(question.spoken))
        if word.isascii() and word.isalpha() and len(word) > 3
    ]
    odd = [word for word in told if not _VOWELS.search(word) or _CONSONANTS.search(word)]
    return len(odd) >= 2 and len(odd) > len(told) / 2


def _weighed(probability: float, factor: float) -> float:
    return factor * probability / (factor * probability + 1.0 - probability)


def _odds(probability: float) -> float:
    return probability / (1.0 - probability)
