"""From a person's words to an FTS5 expression; any text is a valid query."""

import re

from clearspan.library.words import STOPWORDS, words

MOST_WORDS = 48
"""Distinct words of a query that are searched for; the rest of a very long text is left out."""
_LONG_NUMBER = re.compile(r"\d{4,}")


def full_text_query(query: str) -> str:
    """An expression that matches passages with any of the words, stop words left out; empty without words.

    A query of nothing but stop words keeps them.
    """
    every = list(dict.fromkeys(words(query)))
    telling = [word for word in every if word not in STOPWORDS]
    return " OR ".join(phrase(word) for word in (telling or every)[:MOST_WORDS])


def phrase(word: str) -> str:
    """One word as a full-text expression: quoted, and a number also as it is grouped in thousands."""
    plain = f'"{word}"'
    if not _LONG_NUMBER.fullmatch(word):
        return plain
    return f'{plain} OR "{int(word):,}"'
