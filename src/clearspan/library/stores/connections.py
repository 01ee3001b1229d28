"""Connections to one SQLite library file: its schema, its transactions, and its errors in plain words."""

import errno
import sqlite3
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from clearspan.errors import Busy, ClearspanError, StorageError
from clearspan.language.words import TOKENIZER
from clearspan.receipts import Kind

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x436C7370  # "Clsp"
_KINDS = ", ".join(f"'{kind}'" for kind in get_args(Kind))

# Ids of passages and vectors are never used twice, so that a copy in memory knows what is new by its id.
_SCHEMA = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO facts VALUES ('revision', 0);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, locator TEXT NOT NULL UNIQUE, title TEXT NOT NULL, media_type TEXT NOT NULL,
    content_hash TEXT NOT NULL, added_at TEXT NOT NULL, url TEXT, publisher TEXT, author TEXT, date TEXT,
    kind TEXT NOT NULL CHECK (kind IN ({_KINDS})), page_starts TEXT NOT NULL, text TEXT NOT NULL
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
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""  # noqa: S608  # only constants of this program are put in


class Connections:
    """A pool of connections: readers side by side, one writer at a time."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writer = threading.Lock()
        self._closed = False
        with self._told_plainly():
            connection = self._connect()
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
        self._idle.append(connection)

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """A connection that sees one state of the database for as long as it is held."""
        with self._told_plainly(), self._borrowed() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """One transaction, committed to the disk at the end and undone on any error; revision grows by one."""
        with self._told_plainly(), self._writer, self._borrowed() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'revision'")
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

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
                raise StorageError(f"The library {self._path.name} is closed.")
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._lock:
                kept = not self._closed
                if kept:
                    self._idle.append(connection)
            if not kept:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Lay the schema in a new file; refuse a file that is not a library or is a newer one's."""
        if self._has_schema(connection):
            return
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have laid it between the look and the lock.
            if not self._has_schema(connection):
                for statement in _statements(_SCHEMA):
                    connection.execute(statement)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _has_schema(self, connection: sqlite3.Connection) -> bool:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != _APPLICATION_ID and tables:
            raise StorageError(
                f"{self._path} is not a Clearspan library.",
                why="It is a SQLite database of another program.",
                do="Name another library, or move that file away.",
            )
        if version > SCHEMA_VERSION:
            raise StorageError(
                f"The library {self._path.name} was written by a newer Clearspan.",
                why=f"Its schema has version {version}; this Clearspan knows up to {SCHEMA_VERSION}.",
                do="Update Clearspan, or name another library.",
            )
        return bool(tables)

    @contextmanager
    def _told_plainly(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise plain_error(error, self._path) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _full(self._path) from error
            raise


def plain_error(error: sqlite3.Error, path: Path) -> ClearspanError:
    """What a SQLite error means to the person whose library it is."""
    # The low byte is the primary code; above it SQLite keeps details.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(
            f"The library {path.name} is locked.",
            why="Another program has been writing to it for too long.",
            do="Wait until it has finished, then try again.",
        )
    if code == sqlite3.SQLITE_FULL:
        return _full(path)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StorageError(
            f"The library {path.name} cannot be read: {error}.",
            why="The file is damaged, or is not a library.",
            do=f"Restore {path} from a copy, or move it away and add the documents again.",
        )
    return StorageError(
        f"The library {path.name} could not be used: {error}.",
        why="The disk or the file system refused.",
        do=f"Check that {path.parent} can be written to, and has space left. Nothing was stored by halves.",
    )


def _full(path: Path) -> StorageError:
    return StorageError(
        "The disk is full.",
        why=f"The library {path.name} could not grow. What was stored before is still whole.",
        do=f"Free some space for {path.parent}, then run the same command again.",
    )


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.strip().splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
