"""Connections to one SQLite library file: its schema and its transactions."""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from clearspan.errors import StorageError
from clearspan.language.words import TOKENIZER
from clearspan.library.stores.examination import examine
from clearspan.receipts import Kind
from clearspan.sqlite import Database, Schema, roll_back, transaction

_KINDS = ", ".join(f"'{kind}'" for kind in get_args(Kind))

# Ids of passages and vectors are never used twice, so that a copy in memory knows what is new by its id.
_SCRIPT = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO facts VALUES ('revision', 0);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, locator TEXT NOT NULL UNIQUE, title TEXT NOT NULL, media_type TEXT NOT NULL,
    content_hash TEXT NOT NULL, added_at TEXT NOT NULL, url TEXT, publisher TEXT, author TEXT, date TEXT,
    kind TEXT NOT NULL CHECK (kind IN ({_KINDS})), page_starts TEXT NOT NULL, text TEXT NOT NULL,
    claimed_url TEXT, claimed_publisher TEXT, hidden TEXT NOT NULL DEFAULT '', frame TEXT NOT NULL DEFAULT '',
    left_out TEXT NOT NULL DEFAULT ''
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER,
    title TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
    UNIQUE (document_id, position)
);
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    passage INTEGER NOT NULL UNIQUE REFERENCES passages (id) ON DELETE CASCADE,
    vector BLOB NOT NULL
);
CREATE VIRTUAL TABLE passages_words USING fts5(
    title, heading, text, content='passages', content_rowid='id', tokenize='{TOKENIZER}'
);
CREATE VIRTUAL TABLE passages_terms USING fts5vocab(passages_words, row);
CREATE TRIGGER passages_in AFTER INSERT ON passages BEGIN
    INSERT INTO passages_words (rowid, title, heading, text)
    VALUES (new.id, new.title, new.heading, new.text);
END;
CREATE TRIGGER passages_out AFTER DELETE ON passages BEGIN
    INSERT INTO passages_words (passages_words, rowid, title, heading, text)
    VALUES ('delete', old.id, old.title, old.heading, old.text);
END;
"""  # noqa: S608  # only constants of this program are put in

_CLAIMS = """
ALTER TABLE documents ADD COLUMN claimed_url TEXT;
ALTER TABLE documents ADD COLUMN claimed_publisher TEXT;
ALTER TABLE documents ADD COLUMN hidden TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN frame TEXT NOT NULL DEFAULT '';
UPDATE documents SET claimed_url = url, claimed_publisher = publisher, publisher = NULL,
    url = CASE WHEN locator LIKE 'http://%' OR locator LIKE 'https://%' THEN locator END
WHERE media_type = 'text/html' OR locator LIKE 'http://%' OR locator LIKE 'https://%';
UPDATE documents SET content_hash = '' WHERE media_type NOT LIKE 'text/%' OR media_type = 'text/html';
UPDATE facts SET value = value + 1 WHERE name = 'revision';
"""
"""What a page says of itself was taken for its publisher. Formats that can hide text are read again when next added."""

_LEFT_OUT = """
ALTER TABLE documents ADD COLUMN left_out TEXT NOT NULL DEFAULT '';
UPDATE documents SET content_hash = '';
UPDATE facts SET value = value + 1 WHERE name = 'revision';
"""
"""Exponents, spans of tables and struck-out text were read wrongly. Each document is read again when next added."""

SCHEMA = Schema(
    "library",
    application_id=0x436C7370,  # "Clsp" in ASCII
    version=3,
    script=_SCRIPT,
    steps={1: _CLAIMS, 2: _LEFT_OUT},
    examine=examine,
)


class Connections:
    """A pool of connections: readers side by side, one writer at a time."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._database = Database(path, SCHEMA, busy_seconds)
        self._lock = threading.Lock()
        self._writer = threading.Lock()
        self._closed = False
        with self._database.plainly():
            self._idle = [self._database.connect()]

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """A connection that sees one state of the database for as long as it is held."""
        with self._database.plainly(), self._borrowed() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                roll_back(connection)

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """One transaction, committed to the disk at the end and undone on any error; revision grows by one."""
        with self._database.plainly(), self._writer, self._borrowed() as connection, transaction(connection):
            yield connection
            connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'revision'")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _borrowed(self) -> Generator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise StorageError(f"The library {self._database.path.name} is closed.")
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._database.connect()
        try:
            yield connection
        finally:
            with self._lock:
                kept = not self._closed
                if kept:
                    self._idle.append(connection)
            if not kept:
                connection.close()
