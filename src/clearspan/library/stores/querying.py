"""From a person's words to an FTS5 expression; any text is a valid query."""

import re
from collections.abc import Callable

from clearspan.language.words import STOPWORDS, words

MOST_WORDS = 48
"""Distinct words of a query that are looked up; the rest of a very long text is left out."""
MOST_OCCURRENCES = 6_000
"""Passages that all words together may occur in before the commonest words are left out.

BM25 takes time for each passage that holds any of the words, and the commonest words add next to nothing to it.
"""
_LONG_NUMBER = re.compile(r"\d{4,}")


def full_text_query(query: str, frequency: Callable[[str], int]) -> str:
    """An expression that matches passages with any of the telling words; empty without words.

    Stop words are left out, unless there is nothing else. The rarest word is always kept.

    Args:
        frequency: in how many passages a word occurs.
    """
    every = list(dict.fromkeys(words(query)))
    telling = [word for word in every if word not in STOPWORDS]
    by_frequency = sorted((frequency(word), word) for word in (telling or every)[:MOST_WORDS])
    kept: list[str] = []
    occurrences = 0
    for count, word in by_frequency:
        occurrences += count
        if kept and occurrences > MOST_OCCURRENCES:
            break
        if count:
            kept.append(phrase(word))
    return " OR ".join(kept)


def phrase(word: str) -> str:
    """One word as a full-text expression: quoted, and a number also as it is grouped in thousands."""
    plain = f'"{word}"'
    if not _LONG_NUMBER.fullmatch(word):
        return plain
    return f'{plain} OR "{int(word):,}"'
