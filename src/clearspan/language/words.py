"""Words: how text is cut into them, their stems, and which of them say nothing."""

import re
import sqlite3
import threading
import unicodedata
from functools import lru_cache

# Numbers with their thousands separators, decimals and attached letters; then words with inner apostrophes.
_WORD = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?[^\W_]*"
    r"|[^\W_]+(?:'[^\W\d_]+)*"
)

TOKENIZER = "porter unicode61 remove_diacritics 2"
"""The tokenizer of the full-text index, in SQLite FTS5's words."""

STOPWORDS: frozenset[str] = frozenset(
    """
    a about above after again against all also am an and any are aren't as at be because been before being
    below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down
    during each either few for from further had hadn't has hasn't have haven't having he her here hers
    herself him himself his how i if in into is isn't it its itself let me more most must my myself neither
    no nor not of off on once only or other our ours ourselves out over own please same shall she should
    shouldn't so some such tell than that the their theirs them themselves then there these they this those
    through to too under until up upon us very was wasn't we were weren't what when where whether which
    while who whom whose why will with won't would wouldn't yet you your yours yourself yourselves
    """.split()
)


def words(text: str) -> list[str]:
    """Lower-case words in order, possessive endings dropped, numbers whole: `4,200` is `4200`."""
    plain = unicodedata.normalize("NFC", text).replace("’", "'").lower()
    return [_bare(match.group()) for match in _WORD.finditer(plain)]


def stem(word: str) -> str:
    """The stem of a word as the full-text index has it.

    SQLite's own tokenizer is asked, since implementations of Porter's stemmer differ in detail (`archaeology`).
    A word that the index cuts in several (`don't`, `1.5`) comes back as its stems with spaces between them.
    """
    return " ".join(index_terms(word))


def stems(text: str) -> frozenset[str]:
    """The stems of a text's words, stop words left out."""
    return frozenset(stems_in_order(text))


def stems_in_order(text: str) -> list[str]:
    """The stem of each of a text's words, stop words left out."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]


@lru_cache(maxsize=50_000)
def index_terms(text: str) -> tuple[str, ...]:
    """The terms under which the full-text index files a short text, in order."""
    with _tokenizer_lock:
        connection = _tokenizer()
        connection.execute("DELETE FROM scratch")
        connection.execute("INSERT INTO scratch VALUES (?)", (text,))
        rows = connection.execute("SELECT term FROM terms ORDER BY offset").fetchall()
    return tuple(str(term) for (term,) in rows)


_tokenizer_lock = threading.Lock()


@lru_cache(maxsize=1)
def _tokenizer() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    connection.execute(f"CREATE VIRTUAL TABLE scratch USING fts5(text, tokenize='{TOKENIZER}')")
    connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(scratch, instance)")
    return connection


def _bare(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    return word.removesuffix("'s")
