"""How telling a word is: its inverse document frequency in general English, from a table that ships.

A library's own frequencies would make the same sentence score otherwise in each library.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def rarity(words: Iterable[str]) -> dict[str, float]:
    """Weight of each stem, ln((N + 1) / (df + 1)) + 1; a stem that the table has not is as rare as its rarest."""
    table, unknown = _table()
    return {word: table.get(word, unknown) for word in words}


def weight(words: Iterable[str]) -> float:
    """Sum of the weights of stems."""
    table, unknown = _table()
    return sum(table.get(word, unknown) for word in words)


@cache
def _table() -> tuple[dict[str, float], float]:
    text = (files("clearspan.overview.proof") / "rarity.txt").read_text("utf-8")
    rows = [line.split() for line in text.splitlines()]
    return {stem: float(row[0]) for row in rows for stem in row[1:]}, float(rows[-1][0])
