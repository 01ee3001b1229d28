"""How clean the neighbourhoods of a vocabulary are, judged by word lists of our own, with intervals.

Every measure is a share over words, so that words can be drawn again (bootstrap, 95 %, percentiles); two
vocabularies are compared on the same words, drawn together. The pool in which neighbours are sought is the same
for both, so that a vocabulary gains nothing by having more tokens of a kind to find.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from clearspan.models.vocabularies.rows import Floats, largest, unit
from clearspan.models.vocabularies.vocabulary import Vocabulary

LISTS = ("animals", "cities", "foods", "keywords", "professions")
NEAREST = 5
RESAMPLES = 2_000

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """A mean over words, with its interval.

    Attributes:
        value: NaN where there are no words.
        low, high: 95 % of the bootstrap means lie between.
        words: how many.
    """

    value: float
    low: float
    high: float
    words: int

    @classmethod
    def of(cls, values: Values) -> "Share":
        """The mean of one value a word."""
        if not len(values):
            return cls(float("nan"), float("nan"), float("nan"), 0)
        low, high = np.percentile(values[_draws(len(values))].mean(1), [2.5, 97.5])
        return cls(float(values.mean()), float(low), float(high), len(values))


@functools.lru_cache(maxsize=4)
def _draws(words: int) -> NDArray[np.int32]:
    return np.random.default_rng(0).integers(0, words, (RESAMPLES, words), np.int32)


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of one vocabulary: a value for each word, in the order of `words`."""

    words: tuple[str, ...]
    values: Values

    def share(self, words: Callable[[str], bool] = lambda _: True) -> Share:
        """The mean over all words, or over some."""
        return Share.of(self.values[[words(word) for word in self.words]])

    def minus(self, other: "Measured", words: Callable[[str], bool] = lambda _: True) -> Share:
        """The mean difference from another vocabulary on the same words."""
        return Share.of((self.values - other.values)[[words(word) for word in self.words]])


def word_list(name: str) -> tuple[str, ...]:
    """A packaged word list; `spellings` has two words a line, British and American."""
    return tuple(
        (files("clearspan.models.vocabularies") / "words" / f"{name}.txt").read_text("utf-8").split()
    )


def categories() -> dict[str, str]:
    """The list of each word that is in one list only."""
    named = [(word, name) for name in LISTS for word in word_list(name)]
    counts: dict[str, int] = {}
    for word, _ in named:
        counts[word.lower()] = counts.get(word.lower(), 0) + 1
    return {word: name for word, name in named if counts[word.lower()] == 1}


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """What one vocabulary makes of the word lists.

    Attributes:
        pieces: into how many tokens each word falls.
        kinds: share of a word's five nearest that are of its own list; chance is about a fifth.
        cases: share of the two other ways to write a word (lower, Title, UPPER) among its two nearest.
        spellings: whether the other spelling of a word is the nearest of all.
    """

    pieces: Mapping[str, int]
    kinds: Measured
    cases: Measured
    spellings: Measured

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Neighbourhoods":
        """Measure a vocabulary."""
        kinds = categories()
        words = tuple(kinds)
        spelled = word_list("spellings")
        cased = tuple(dict.fromkeys(word.lower() for word in words if word.isalpha()))
        vectors, counts = vocabulary.vectors(words)
        own = np.array([LISTS.index(kinds[word]) for word in words])
        same = own[_nearest(unit(vectors), NEAREST)] == own[:, None]
        by_spelling, spelled_counts = vocabulary.vectors(spelled)
        mate = np.arange(len(spelled)) ^ 1
        found = _nearest(unit(by_spelling), 1)[:, 0] == mate
        return cls(
            pieces=dict(zip((*words, *spelled), (*counts, *spelled_counts), strict=True)),
            kinds=Measured(words, same.mean(1)),
            cases=Measured(cased, _cases(vocabulary, cased)),
            spellings=Measured(spelled, found.astype(np.float64)),
        )


def _cases(vocabulary: Vocabulary, words: Sequence[str]) -> Values:
    forms = [form for word in words for form in (word, word.title(), word.upper())]
    vectors, _ = vocabulary.vectors(forms)
    near = _nearest(unit(vectors), 2) // 3
    of_word = np.arange(len(forms)) // 3
    return (near == of_word[:, None]).mean(1).reshape(-1, 3).mean(1)


def _nearest(units: Floats, count: int) -> NDArray[np.int64]:
    """Places of the nearest others, shape `(rows, count)`."""
    cosines = units @ units.T
    np.fill_diagonal(cosines, -np.inf)
    return largest(cosines, count)
