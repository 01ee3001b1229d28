"""What is not as it was written in a library's file: offsets, the index of words, vectors, lists of pages."""

import json
import sqlite3
from collections.abc import Iterator

from clearspan.sqlite import Flaw

_READ_AGAIN = (
    "UPDATE documents SET content_hash = '',"
    " page_starts = CASE WHEN json_valid(page_starts) THEN page_starts ELSE '[]' END WHERE id = ?"
)
_REVISED = (("UPDATE facts SET value = value + 1 WHERE name = 'revision'", ()),)


def examine(connection: sqlite3.Connection) -> Iterator[Flaw]:
    """The flaws of a library.

    A document whose passages do not stand in its text is read again when it is next added or synced; which of the two
    is right, the file does not tell. What is made from the passages is made anew.
    """
    for identity, title, text, page_starts in connection.execute(
        "SELECT id, title, text, page_starts FROM documents ORDER BY id"
    ).fetchall():
        if problem := _pages(page_starts, text) or _offsets(connection, identity, text):
            mend = ((_READ_AGAIN, (identity,)), *_REVISED)
            yield Flaw(
                f"{title} ({identity}): {problem}; mended, it is read again when it is next added.", mend
            )
    try:
        connection.execute("INSERT INTO passages_words (passages_words, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        rebuild = ("INSERT INTO passages_words (passages_words) VALUES ('rebuild')", ())
        yield Flaw("The index of words does not fit the passages.", (rebuild, *_REVISED))
    yield from _vectors(connection)


def _pages(page_starts: str, text: str) -> str:
    try:
        starts: object = json.loads(page_starts)
    except ValueError:
        starts = None
    if not isinstance(starts, list):
        return "its list of pages is damaged"
    numbers = [one for one in starts if isinstance(one, int)]  # pyright: ignore[reportUnknownVariableType]
    whole = len(numbers) == len(starts) and numbers == sorted(numbers)  # pyright: ignore[reportUnknownArgumentType]
    return "" if whole and all(0 <= one <= len(text) for one in numbers) else "its pages begin outside of it"


def _offsets(connection: sqlite3.Connection, identity: str, text: str) -> str:
    covered = 0
    for start, end, passage in connection.execute(
        "SELECT start, end, text FROM passages WHERE document_id = ? ORDER BY position", (identity,)
    ):
        if not covered <= start < end <= len(text) or text[start:end] != passage:
            return "a passage does not stand in its text where it says"
        if text[covered:start].strip():
            return "a part of its text is in no passage"
        covered = end
    return "a part of its text is in no passage" if text[covered:].strip() else ""


def _vectors(connection: sqlite3.Connection) -> Iterator[Flaw]:
    lost = "passage NOT IN (SELECT id FROM passages)"
    usual = "(SELECT length(vector) FROM vectors GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)"
    wrong = f"{lost} OR typeof(vector) <> 'blob' OR length(vector) % 4 OR length(vector) <> {usual}"
    (count,) = connection.execute(f"SELECT count(*) FROM vectors WHERE {wrong}").fetchone()  # noqa: S608
    if count:
        drop = (f"DELETE FROM vectors WHERE {wrong}", ())  # noqa: S608
        yield Flaw(f"{count} vectors belong to no passage, or are of another size.", (drop, *_REVISED))
