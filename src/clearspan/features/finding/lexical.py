"""Searching a dictionary by words, without a model: in labels, in the text of examples, and in promoted tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.features.annotated import AnnotatedDictionary

_LABEL_WEIGHT = 2.0
_PROMOTED_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A feature in which the words of a query were found.

    Attributes:
        label: share of the query's words that its label has.
        examples: share of its examples that have every one of them.
        promoted: share of the words that are among the tokens it promotes.
    """

    index: int
    label: float
    examples: float
    promoted: float

    @property
    def score(self) -> float:
        """What matches are ranked by: a label says it best, then examples, then promoted tokens."""
        return _LABEL_WEIGHT * self.label + self.examples + _PROMOTED_WEIGHT * self.promoted


def search_words(annotated: AnnotatedDictionary, query: str, limit: int = 30) -> list[WordMatch]:
    """Features whose label, examples or promoted tokens have the words of a query, best first.

    Cases do not matter; a word is also found at the beginning of a longer one.

    Raises:
        BadInput: the query has no word.
        NotFound: the dictionary has no evidence.
    """
    words = list(dict.fromkeys(query.casefold().split()))
    if not any(any(sign.isalnum() for sign in word) for word in words):
        raise BadInput("There is no word to search for.", do="Type a word or two, as 'bridge'.")
    size = len(annotated)
    label = np.zeros(size)
    for index, one in annotated.labels.all().items():
        if index < size:
            said = one.text.casefold()
            label[index] = sum(_has(word, said) for word in words) / len(words)
    examples = _share_of_examples(annotated, words)
    promoted = _share_of_promoted(annotated, words)
    score = _LABEL_WEIGHT * label + examples + _PROMOTED_WEIGHT * promoted
    best = np.argsort(-score, kind="stable")[:limit].tolist()
    return [
        WordMatch(index, float(label[index]), float(examples[index]), float(promoted[index]))
        for index in best
        if score[index] > 0
    ]


def _has(word: str, text: str) -> bool:
    # Most texts do not have the word at all, which is told faster.
    return word in text and re.search(rf"(?<!\w){re.escape(word)}", text) is not None


def _share_of_examples(annotated: AnnotatedDictionary, words: Sequence[str]) -> NDArray[np.float64]:
    features, texts = annotated.evidence.example_texts
    found = np.array([all(_has(word, text) for word in words) for text in texts], bool)
    size = len(annotated)
    return np.bincount(features[found], minlength=size) / np.maximum(np.bincount(features, minlength=size), 1)


def _share_of_promoted(annotated: AnnotatedDictionary, words: Sequence[str]) -> NDArray[np.float64]:
    features, tokens = annotated.evidence.promoted_tokens
    found = np.zeros(len(annotated))
    for word in words:
        same = features[[number for number, token in enumerate(tokens) if token == word]]
        found[np.unique(same)] += 1
    return found / len(words)
