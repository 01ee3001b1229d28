"""The system of record: one SQLite file a library, FTS5 for words, exact vectors for meaning."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput, StorageError
from clearspan.files import own_folder
from clearspan.language.words import index_terms
from clearspan.library.documents import Document, Passage
from clearspan.library.stores.base import Embeddings
from clearspan.library.stores.connections import Connections
from clearspan.library.stores.matrix import VectorMatrix
from clearspan.library.stores.querying import full_text_query, phrase
from clearspan.receipts import Kind
from clearspan.sqlite import folder_of

Row = tuple[object, ...]

# Weights of the full-text columns title, heading and text in BM25.
_BM25 = "bm25(passages_words, 1.0, 1.0, 1.0)"
_DOCUMENT = (
    "d.id, d.locator, d.title, d.media_type, d.content_hash, d.added_at, d.url, d.publisher, d.author,"
    " d.date, d.kind, d.claimed_url, d.claimed_publisher, d.hidden, d.frame, d.left_out, d.page_starts"
)
_PASSAGE = "p.document_id, p.position, p.start, p.end, p.text, p.heading, p.page"
_MANY = 500  # values in one IN list


class SqliteStore:
    """A `Store` in one SQLite file, created when missing.

    Args:
        path: the database file; its folder must exist.
        busy_seconds: how long to wait for another process's write before `errors.Busy`.

    Raises:
        StorageError: the file is not a library, is damaged, or was written by a newer Clearspan.
        Busy: another process holds the database for longer than `busy_seconds`.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 10.0) -> None:
        self.path = path
        self._connections = Connections(path, busy_seconds)
        self._matrix = VectorMatrix()

    @classmethod
    def open(cls, address: str, name: str) -> Self:
        folder = _folder(address)
        try:
            own_folder(folder)
        except OSError as error:
            raise StorageError(
                f"The folder {folder} cannot be made: {error.strerror}.",
                do="Choose another home with CLEARSPAN_HOME, or make that folder writable.",
            ) from error
        return cls(folder / f"{name}.db")

    @classmethod
    def names(cls, address: str) -> Collection[str]:
        return {path.stem for path in _folder(address).glob("*.db")}

    def put(
        self, document: Document, passages: Sequence[Passage], embeddings: Embeddings | None = None
    ) -> None:
        if embeddings is not None and len(embeddings.rows) != len(passages):
            raise BadInput(f"{len(embeddings.rows)} vectors were given for {len(passages)} passages.")
        with self._connections.write() as connection:
            connection.execute("DELETE FROM documents WHERE locator = ?", (document.locator,))
            connection.execute(
                "INSERT INTO documents (id, locator, title, text, media_type, content_hash, added_at, url,"
                " publisher, author, date, kind, page_starts, claimed_url, claimed_publisher, hidden, frame,"
                " left_out)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                _document_values(document),
            )
            connection.executemany(
                "INSERT INTO passages (document_id, position, start, end, page, title, heading, text)"
                " VALUES (?,?,?,?,?,?,?,?)",
                (
                    (p.document_id, p.index, p.start, p.end, p.page, document.title, p.heading, p.text)
                    for p in passages
                ),
            )
            if embeddings is not None:
                _insert_vectors(connection, document.id, embeddings)

    def remove(self, document_id: str) -> bool:
        with self._connections.write() as connection:
            return connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0

    def document(self, document_id: str) -> Document | None:
        sql = f"SELECT {_DOCUMENT}, d.text FROM documents d WHERE d.id = ?"  # noqa: S608
        with self._connections.read() as connection:
            row = connection.execute(sql, (document_id,)).fetchone()
        return replace(_as_document(row[:-1]), text=str(row[-1])) if row else None

    def by_locator(self, locator: str) -> Document | None:
        sql = f"SELECT {_DOCUMENT} FROM documents d WHERE d.locator = ?"  # noqa: S608
        with self._connections.read() as connection:
            row = connection.execute(sql, (locator,)).fetchone()
        return _as_document(row) if row else None

    def documents(self, kind: Kind | None = None) -> Iterator[Document]:
        where, values = ("", ()) if kind is None else ("WHERE d.kind = ?", (kind,))
        sql = f"SELECT {_DOCUMENT} FROM documents d {where} ORDER BY d.title COLLATE NOCASE, d.id"  # noqa: S608
        with self._connections.read() as connection:
            rows = connection.execute(sql, values).fetchall()
        return map(_as_document, rows)

    def set_kind(self, document_id: str, kind: Kind) -> bool:
        with self._connections.write() as connection:
            changed = connection.execute("UPDATE documents SET kind = ? WHERE id = ?", (kind, document_id))
            return changed.rowcount > 0

    def passages(self, ids: Sequence[str]) -> Mapping[str, tuple[Passage, Document]]:
        found: dict[str, tuple[Passage, Document]] = {}
        sql = (
            f"SELECT {_PASSAGE}, {_DOCUMENT} FROM passages p JOIN documents d ON d.id = p.document_id"  # noqa: S608
            " WHERE p.document_id = ? AND p.position = ?"
        )
        with self._connections.read() as connection:
            for passage_id in ids:
                document_id, _, position = passage_id.rpartition(":")
                if not (position.isascii() and position.isdecimal() and len(position) < 18):
                    continue
                row = connection.execute(sql, (document_id, int(position))).fetchone()
                if row:
                    found[passage_id] = (_as_passage(row[:7]), _as_document(row[7:]))
        return found

    def document_passages(self, document_id: str) -> Sequence[Passage]:
        sql = f"SELECT {_PASSAGE} FROM passages p WHERE p.document_id = ? ORDER BY p.position"  # noqa: S608
        with self._connections.read() as connection:
            return [_as_passage(row) for row in connection.execute(sql, (document_id,)).fetchall()]

    def search_words(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        sql = (
            f"SELECT rowid, {_BM25} AS score FROM passages_words"  # noqa: S608
            " WHERE passages_words MATCH ? ORDER BY score LIMIT ?"
        )
        with self._connections.read() as connection:
            expression = full_text_query(query, partial(_document_frequency, connection))
            if not expression:
                return []
            rows = connection.execute(sql, (expression, limit)).fetchall()
            ids = _passage_ids(connection, [row[0] for row in rows])
        return [(ids[rowid], -float(score)) for rowid, score in rows if rowid in ids]

    def search_vectors(self, vector: NDArray[np.float32], limit: int) -> Sequence[tuple[str, float]]:
        with self._connections.read() as connection:
            found = self._matrix.search(connection, vector, limit)
            ids = _passage_ids(connection, [rowid for rowid, _ in found])
        return [(ids[rowid], score) for rowid, score in found if rowid in ids]

    def document_frequency(self, words: Sequence[str]) -> Mapping[str, int]:
        with self._connections.read() as connection:
            return {word: _document_frequency(connection, word) for word in set(words)}

    def counts(self) -> tuple[int, int]:
        sql = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"
        with self._connections.read() as connection:
            documents, passages = connection.execute(sql).fetchone()
        return int(documents), int(passages)

    def missing_vectors(self) -> Sequence[str]:
        sql = "SELECT DISTINCT document_id FROM passages WHERE id NOT IN (SELECT passage FROM vectors) ORDER BY 1"
        with self._connections.read() as connection:
            return [str(row[0]) for row in connection.execute(sql).fetchall()]

    def set_vectors(self, document_id: str, content_hash: str, embeddings: Embeddings) -> bool:
        with self._connections.write() as connection:
            sql = (
                "SELECT count(p.id) FROM documents d LEFT JOIN passages p ON p.document_id = d.id"
                " WHERE d.id = ? AND d.content_hash = ? GROUP BY d.id"
            )
            row = connection.execute(sql, (document_id, content_hash)).fetchone()
            if row is None or row[0] != len(embeddings.rows):
                return False
            _insert_vectors(connection, document_id, embeddings)
            return True

    def embedder(self) -> str | None:
        with self._connections.read() as connection:
            return _embedder(connection)

    def use_embedder(self, reference: str) -> None:
        with self._connections.write() as connection:
            if _embedder(connection) != reference:
                connection.execute("DELETE FROM vectors")
                connection.execute("REPLACE INTO facts (name, value) VALUES ('embedder', ?)", (reference,))

    def revision(self) -> int:
        with self._connections.read() as connection:
            row = connection.execute("SELECT value FROM facts WHERE name = 'revision'").fetchone()
        return int(row[0])

    def close(self) -> None:
        self._connections.close()
        self._matrix = VectorMatrix()


def _folder(address: str) -> Path:
    return folder_of(address) / "libraries"


def _embedder(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM facts WHERE name = 'embedder'").fetchone()
    return str(row[0]) if row else None


def _insert_vectors(connection: sqlite3.Connection, document_id: str, embeddings: Embeddings) -> None:
    current = _embedder(connection)
    if current is None:
        connection.execute("INSERT INTO facts VALUES ('embedder', ?)", (embeddings.embedder,))
    elif current != embeddings.embedder:
        raise BadInput(
            f"Vectors of {embeddings.embedder} cannot join this library.",
            why=f"Its vectors come from {current}.",
            do="Use that embedder, or make all vectors anew with `clearspan library embed`.",
        )
    sql = "SELECT id FROM passages WHERE document_id = ? ORDER BY position"
    ids = [int(row[0]) for row in connection.execute(sql, (document_id,)).fetchall()]
    rows = np.ascontiguousarray(embeddings.rows, dtype="<f4")
    connection.executemany(
        "REPLACE INTO vectors (passage, vector) VALUES (?, ?)",
        ((passage, row.tobytes()) for passage, row in zip(ids, rows, strict=True)),
    )


def _passage_ids(connection: sqlite3.Connection, rowids: Sequence[int]) -> dict[int, str]:
    ids: dict[int, str] = {}
    for first in range(0, len(rowids), _MANY):
        some = rowids[first : first + _MANY]
        marks = ",".join("?" * len(some))
        sql = f"SELECT id, document_id || ':' || position FROM passages WHERE id IN ({marks})"  # noqa: S608
        ids.update(connection.execute(sql, some).fetchall())
    return ids


def _document_frequency(connection: sqlite3.Connection, word: str) -> int:
    terms = index_terms(word)
    if not terms:
        return 0
    if len(terms) == 1 and not terms[0].isdigit():
        sql = "SELECT doc FROM passages_terms WHERE term = ?"
        row = connection.execute(sql, (terms[0],)).fetchone()
        return int(row[0]) if row else 0
    sql = "SELECT count(*) FROM passages_words WHERE passages_words MATCH ?"
    return int(connection.execute(sql, (phrase(word),)).fetchone()[0])


def _document_values(document: Document) -> tuple[str | None, ...]:
    return (
        document.id,
        document.locator,
        document.title,
        document.text,
        document.media_type,
        document.content_hash,
        document.added_at.isoformat(),
        document.url,
        document.publisher,
        document.author,
        document.date,
        document.kind,
        json.dumps(document.page_starts),
        document.claimed_url,
        document.claimed_publisher,
        document.hidden,
        document.frame,
        document.left_out,
    )


def _as_document(row: Row) -> Document:
    try:
        return _document_of(row)
    except ValueError as error:
        raise StorageError(
            f"The document {str(row[0])[:40]} of the library cannot be read.",
            why=f"The library's file is damaged: {str(error)[:120]}.",
            do="Run 'clearspan check store --repair', then add the document again.",
        ) from error


def _document_of(row: Row) -> Document:
    *texts, claimed_url, claimed_publisher, hidden, frame, left_out, page_starts = row
    identity, locator, title, media_type, content_hash, added_at, url, publisher, author, date, kind = texts
    return Document(
        id=str(identity),
        locator=str(locator),
        title=str(title),
        text="",
        media_type=str(media_type),
        content_hash=str(content_hash),
        added_at=datetime.fromisoformat(str(added_at)),
        url=_optional(url),
        publisher=_optional(publisher),
        author=_optional(author),
        date=_optional(date),
        kind=str(kind),  # pyright: ignore[reportArgumentType]  # the table's CHECK holds the closed set
        page_starts=tuple(json.loads(str(page_starts))),
        claimed_url=_optional(claimed_url),
        claimed_publisher=_optional(claimed_publisher),
        hidden=str(hidden),
        frame=str(frame),
        left_out=str(left_out),
    )


def _as_passage(row: Row) -> Passage:
    document_id, position, start, end, text, heading, page = row
    return Passage(
        id=f"{document_id}:{position}",
        document_id=str(document_id),
        index=int(str(position)),
        start=int(str(start)),
        end=int(str(end)),
        text=str(text),
        heading=str(heading),
        page=None if page is None else int(str(page)),
    )


def _optional(value: object) -> str | None:
    return None if value is None else str(value)
