"""What tests of the library share."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def check_whole() -> Callable[[Path], None]:
    """Assert that a library file is whole."""
    return _check_whole


def _check_whole(database: Path) -> None:
    """Every committed document is whole: passages tile its text, and the indices agree with the passages."""
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.execute("INSERT INTO passages_words (passages_words, rank) VALUES ('integrity-check', 1)")
    for identity, text in connection.execute("SELECT id, text FROM documents").fetchall():
        rows = connection.execute(
            "SELECT p.start, p.end, p.text, v.id FROM passages p LEFT JOIN vectors v ON v.passage = p.id"
            " WHERE document_id = ? ORDER BY position",
            (identity,),
        ).fetchall()
        covered = 0
        for start, end, passage, _ in rows:
            assert text[start:end] == passage
            assert not text[covered:start].strip()
            covered = end
        assert rows
        assert not text[covered:].strip()
        assert len({vector is None for *_, vector in rows}) == 1
    connection.close()
