"""All vectors of a store in memory, one contiguous matrix, kept up to date by what changed."""

import sqlite3
import threading

import numpy as np
from numpy.typing import NDArray


class VectorMatrix:
    """Exact nearest neighbours by cosine over the unit-norm rows of the table `vectors`.

    A change in the database reaches the matrix at the next search: rows that went are dropped, rows that
    came are read, the others stay as they are.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = -1
        self._ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._passages: NDArray[np.int64] = np.empty(0, np.int64)
        self._rows: NDArray[np.float32] = np.empty((0, 0), np.float32)

    def search(
        self, connection: sqlite3.Connection, vector: NDArray[np.float32], limit: int
    ) -> list[tuple[int, float]]:
        """Row ids of passages and cosines, best first; empty where no vector has the query's dimension."""
        with self._lock:
            self._refresh(connection)
            passages, rows = self._passages, self._rows
        if limit <= 0 or not len(rows) or rows.shape[1] != len(vector):
            return []
        scores = rows @ np.asarray(vector, np.float32)
        # No sorting of everything: only the best are wanted.
        best = np.argpartition(-scores, min(limit, len(scores)) - 1)[:limit]
        best = best[np.lexsort((passages[best], -scores[best]))]
        return [(int(passages[i]), float(scores[i])) for i in best]

    def _refresh(self, connection: sqlite3.Connection) -> None:
        # Seen from within the transaction of the search, so that ids and revision belong together.
        revision = connection.execute("SELECT value FROM facts WHERE name = 'revision'").fetchone()[0]
        if revision == self._revision:
            return
        current = np.fromiter((row[0] for row in connection.execute("SELECT id FROM vectors")), np.int64)
        kept = np.isin(self._ids, current, assume_unique=True)
        new = np.setdiff1d(current, self._ids, assume_unique=True)
        if not kept.all():
            self._ids, self._passages, self._rows = self._ids[kept], self._passages[kept], self._rows[kept]
        if len(new):
            self._append(connection, new)
        self._revision = revision

    def _append(self, connection: sqlite3.Connection, new: NDArray[np.int64]) -> None:
        sql = "SELECT id, passage, vector FROM vectors WHERE id BETWEEN ? AND ? ORDER BY id"
        wanted = set(new.tolist())
        ids: list[int] = []
        passages: list[int] = []
        blobs: list[bytes] = []
        for identity, passage, blob in connection.execute(sql, (int(new.min()), int(new.max()))):
            if identity in wanted:
                ids.append(identity)
                passages.append(passage)
                blobs.append(blob)
        rows = np.frombuffer(b"".join(blobs), "<f4").reshape(len(blobs), -1)
        self._ids = np.concatenate([self._ids, np.array(ids, np.int64)])
        self._passages = np.concatenate([self._passages, np.array(passages, np.int64)])
        self._rows = np.concatenate([self._rows, rows]) if len(self._rows) else rows
