"""What is seen of two sentences that may answer together, the first leading to the second."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.language.sentences import Sentence
from clearspan.language.words import stem, words

PREDICTORS = (
    "first",
    "second",
    "bridge",
    "named",
    "both named",
    "same page",
    "covered",
    "shared",
    "opening",
    "second named",
    "back",
)
"""Of a pair, in order: log odds of the first and of the second sentence by themselves; whether the first names the page
of the second, which the question does not; whether the question names the page of the first; whether it names both;
whether they stand on one page; the share of the question's words that either says; how many names they share that the
question lacks, two at most; whether the second opens its page; whether the question names the page of the second; and
whether the second names the page of the first, which the question does not."""

_BRACKETED = re.compile(r"\(.*?\)")
_OPENING_CHARS = 400
_LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence as it is weighed in a pair.

    Attributes:
        page: what its page is known by.
        start, end: where it stands there, in characters.
        said: stems of what it says.
        words: stems of what it says in order, a space before and after each.
        title: the same of its page's title, without what stands in brackets; empty of a page without one.
        names: stems of the names that it says.
        probability: that it answers by itself.
    """

    page: str
    start: int
    end: int
    said: frozenset[str]
    words: str
    title: str
    names: frozenset[str]
    probability: float

    @classmethod
    def of(cls, page: str, title: str, start: int, sentence: Sentence, probability: float) -> "Fact":
        """Of a sentence that begins at `start` of its page, and the page's title."""
        names = frozenset[str]().union(*sentence.name_stems)
        told = _in_order(sentence.text)
        return cls(
            page,
            start,
            start + len(sentence.text),
            sentence.stems,
            told,
            _in_order(_BRACKETED.sub("", title)),
            names,
            probability,
        )

    def names_page(self, other: "Fact") -> bool:
        """Whether it says the title of another's page whole; one of a single word as a name."""
        return _says(self.words, self.names, other.title)


def pairs(question: Sentence, facts: Sequence[Fact]) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Every ordered pair of sentences, by their places, and its predictors, shape `(pairs, predictors)`.

    Two that the question names alike come once, the likelier first; two that overlap never do.

    A page is named where its title stands whole and in order: a title that gathers the question's words gains nothing.
    """
    asked = question.stems
    spoken, names = _in_order(question.text), frozenset[str]().union(*question.name_stems)
    told = [_says(spoken, names, one.title) for one in facts]
    named = _longest(told, facts)
    titles = [frozenset(one.title.split() if known else ()) for one, known in zip(facts, named, strict=True)]
    odds = [_log_odds(one.probability) for one in facts]
    found: list[tuple[int, int]] = []
    rows: list[tuple[float, ...]] = []
    for i, one in enumerate(facts):
        for j, two in enumerate(facts):
            apart = one.page != two.page
            both = apart and named[i] and named[j] and one.title != two.title
            overlap = not apart and one.start < two.end and two.start < one.end
            if overlap or (both and i > j):
                continue
            covered = asked & (one.said | two.said | titles[i] | titles[j])
            shared = (one.names - asked) & ((two.names - asked) | set(two.title.split())) if apart else ()
            found.append((i, j))
            rows.append(
                (
                    odds[i],
                    odds[j],
                    apart and one.names_page(two) and not told[j],
                    named[i],
                    both,
                    not apart,
                    len(covered) / max(1, len(asked)),
                    min(2, len(shared)),
                    two.start < _OPENING_CHARS,
                    named[j],
                    apart and two.names_page(one) and not told[i],
                )
            )
    return found, np.array(rows, np.float64).reshape(-1, len(PREDICTORS))


def _says(words: str, names: frozenset[str], title: str) -> bool:
    """Whether a text says a title whole; one of a single word, which may be any word, among its names."""
    alone = title.strip()
    return bool(alone) and title in words and (" " in alone or alone in names)


def _longest(told: Sequence[bool], facts: Sequence[Fact]) -> list[bool]:
    """Of pages that the question names: of a title within another that it names, the longer one alone."""
    titles = {one.title for one, known in zip(facts, told, strict=True) if known}
    whole = {one for one in titles if not any(one != other and one in other for other in titles)}
    return [one.title in whole for one in facts]


def _in_order(text: str) -> str:
    """Stems of a text in its order, each between spaces; empty of one without words."""
    told = [stem(word) for word in words(text)]
    return f" {' '.join(told)} " if told else ""


def _log_odds(probability: float) -> float:
    inside = min(max(probability, _LEAST), 1.0 - _LEAST)
    return float(np.log(inside / (1.0 - inside)))
